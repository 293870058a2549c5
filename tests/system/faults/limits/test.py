"""No descriptors left, no processes left: who comes too late is told why, the others and the manager go on."""

import harness


class NoDescriptorsLeft(harness.Case):
    folder = __file__
    limits = ("--nofile=64:64",)

    def test_late_comers_fail_and_the_manager_goes_on(self):
        names = [f"many@{number}.service" for number in range(60)]
        answer = self.machine.mitori("start", *names)
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("Too many open files", self.machine.log())
        states = [self.machine.show(name, "ActiveState") for name in names]
        self.assertGreater(states.count("active"), 5)
        self.assertLess(states.count("active"), len(names) - 5)
        self.assertLessEqual(set(states), {"active", "failed", "inactive"})
        self.assertIn("active", self.ok(self.machine.mitori("list-units", "many@*")))
        self.stop(*names)
        self.assertNobodyLeft(*names)
        self.ok(self.machine.mitori("reset-failed"))
        late = next(name for name, state in zip(names, states) if state != "active")
        self.start(late)
        self.assertState(late, "active", "running")


class NoProcessesLeft(harness.Case):
    folder = __file__
    init = "reaper"

    def test_late_comers_fail_and_the_manager_goes_on(self):
        how = {"user": "tester"}
        self.machine.start("mitori", "manager", "--user", **how, limits=("--nproc=20",),
                           env={"SYSTEMD_UNIT_PATH": "/etc/systemd/system"})
        harness.wait_until(lambda: self.machine.mitori("is-system-running", **how).returncode == 0, "it is ready")
        names = [f"many@{number}.service" for number in range(40)]
        answer = self.machine.mitori("start", *names, **how)
        self.assertEqual(answer.returncode, 1)
        self.assertIn("Resource temporarily unavailable", self.machine.log())
        states = [self.machine.show(name, "ActiveState", **how) for name in names]
        self.assertGreater(states.count("active"), 5)
        self.assertGreater(states.count("failed"), 5)
        self.ok(self.machine.mitori("stop", *names, **how))
        self.assertEqual([p for p in self.machine.processes() if p.name == "sleep"], [])
        self.ok(self.machine.mitori("reset-failed", **how))
        self.ok(self.machine.mitori("start", "many@again.service", **how))
        self.assertEqual(self.machine.show("many@again.service", "ActiveState", **how), "active")


if __name__ == "__main__":
    harness.main()
