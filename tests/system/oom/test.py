"""Bounds of units where the controllers are bound to cgroup v1, and what is said when memory runs out. The same with
cgroup v2 is in tests/vm."""

import unittest

import harness

CONTROLLERS = ("cpu", "memory", "pids")


class Bounds(harness.Case):
    folder = __file__
    groups = "controllers:" + ",".join(CONTROLLERS)

    @classmethod
    def setUpClass(cls):
        missing = [name for name in CONTROLLERS if not harness.controller_directory(name)]
        if missing:
            raise unittest.SkipTest(f"no cgroup v1 here that could be written for: {' '.join(missing)}")
        super().setUpClass()

    def bound(self, controller, unit, file):
        folder, = [path for path in (self.machine.root / "sys/fs/cgroup" / controller).iterdir() if unit in path.name]
        return (folder / file).read_text().strip()

    def test_the_main_process_that_takes_too_much_is_said_to_have_been_killed_for_it(self):
        self.machine.mitori("start", "main.service")
        self.machine.wait_for("main.service", ActiveState="failed", Result="oom-kill")
        self.assertIn("main.service: A process of this unit has been killed by the OOM killer.", self.machine.log())
        self.assertRegex(self.machine.mitori("status", "main.service").stdout, r"Result: oom-kill|result 'oom-kill'")

    def test_one_process_that_takes_too_much_stops_the_unit(self):
        self.machine.mitori("start", "worker.service")
        self.machine.wait_for("worker.service", ActiveState="failed", Result="oom-kill")
        self.assertNobodyLeft("worker.service")

    def test_the_others_go_on_if_they_are_to(self):
        self.machine.mitori("start", "continue.service")
        said = "continue.service: A process of this unit has been killed by the OOM killer."
        harness.wait_until(lambda: said in self.machine.log(), "it is said")
        self.assertEqual(self.machine.show("continue.service", "ActiveState"), "active")
        self.stop("continue.service")

    def test_the_others_are_killed_at_once_if_they_are_to(self):
        self.machine.mitori("start", "kill.service")
        self.machine.wait_for("kill.service", ActiveState="failed", Result="oom-kill")
        self.assertFalse(self.machine.exists("/run/asked"), "ExecStop= was run")

    def test_no_more_processes_come_to_be_than_may(self):
        answer = self.machine.mitori("start", "crowd.service")
        self.assertNotEqual(answer.returncode, 0)
        self.assertRegex(self.machine.log(), r"(?i)cannot fork|resource temporarily unavailable")

    def test_the_share_of_the_cpu_is_kept(self):
        self.start("busy.service")
        self.assertEqual(self.bound("cpu", "busy.service", "cpu.cfs_quota_us"), "20000")
        throttled = lambda: int(self.bound("cpu", "busy.service", "cpu.stat").split()[3]) > 5  # noqa: E731
        harness.wait_until(throttled, "the kernel has ended its turn in some periods")
        self.stop("busy.service")

    def test_what_is_in_force_is_shown_and_gone_with_the_unit(self):
        self.start("busy.service")
        self.assertEqual(self.machine.show("busy.service", "CPUQuotaPerSecUSec"), "200ms")
        self.stop("busy.service")
        left = [path for name in CONTROLLERS for path in (self.machine.root / "sys/fs/cgroup" / name).iterdir()
                if path.is_dir() and "busy" in path.name]
        self.assertEqual(left, [])


if __name__ == "__main__":
    harness.main()
