"""Plans that hang in the middle, and a spawner that is killed: everything else goes on at once."""

import harness


class Hanging(harness.Case):
    folder = __file__

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.run("mkfifo", "/run/nobody-writes")

    def spawner(self):
        """The manager's helper: the child of process 1 that runs the same program and belongs to no unit."""
        found = [p for p in self.machine.processes() if p.parent == 1 and p.state != "Z" and ".service" not in p.group
                 and p.name != "mitori-record"]
        self.assertEqual(len(found), 1, found)
        return found[0].pid

    def assertOthersGoOn(self):
        names = [f"quick@{number}.service" for number in range(20)]
        self.start(*names)
        for name in names:
            self.assertState(name, "active", "running")
        self.stop(*names)
        self.assertNobodyLeft(*names)

    def hang(self, *units):
        self.ok(self.machine.mitori("start", "--no-block", *units))
        for unit in units:
            self.machine.wait_for(unit, SubState="start")
            harness.wait_until(lambda: self.machine.processes_of(unit), f"{unit} has its process")

    def assertStops(self, *units):
        self.stop(*units)
        for unit in units:
            self.assertNotEqual(self.machine.show(unit, "ActiveState"), "activating")
        self.assertNobodyLeft(*units)

    def test_a_fifo_without_a_writer_delays_nobody_else(self):
        self.hang("fifo.service")
        self.assertOthersGoOn()
        self.assertState("fifo.service", "activating", "start")
        self.assertStops("fifo.service")

    def test_a_file_server_that_does_not_answer_delays_nobody_else(self):
        if not self.machine.exists("/dev/fuse"):
            self.skipTest("this kernel has no FUSE")
        self.start("server.service")
        hung = [f"hung@{number}.service" for number in range(5)] + ["hung-folder.service", "hung-file.service"]
        self.hang(*hung)
        self.assertOthersGoOn()
        self.assertIn("hung@1.service", self.ok(self.machine.mitori("list-units")))
        self.machine.mitori("status", "hung@1.service", "hung-folder.service", "hung-file.service")
        self.ok(self.machine.mitori("daemon-reload"))
        for unit in hung:
            self.assertState(unit, "activating", "start")
        self.assertStops(*hung)
        self.stop("server.service")

    def test_a_killed_spawner_is_replaced(self):
        before = self.spawner()
        self.start("quick@alive.service")
        main = self.machine.main_pid("quick@alive.service")
        self.machine.kill(before)
        harness.wait_until(lambda: self.spawner_or_none() not in (None, before), "there is a new spawner")
        self.assertOthersGoOn()
        self.assertEqual(self.machine.main_pid("quick@alive.service"), main)
        self.stop("quick@alive.service")
        self.assertNobodyLeft("quick@alive.service")

    def spawner_or_none(self):
        try:
            return self.spawner()
        except AssertionError:
            return None

    def test_a_spawner_killed_with_plans_in_flight_costs_only_these(self):
        self.hang("fifo.service")
        self.machine.kill(self.spawner())
        self.assertOthersGoOn()
        self.assertStops("fifo.service")
        self.assertOthersGoOn()

    def test_a_spawner_killed_again_and_again_leaves_no_job_open(self):
        names = [f"quick@kill{number}.service" for number in range(40)]
        self.ok(self.machine.mitori("start", "--no-block", *names))
        for _ in range(5):
            spawner = self.spawner_or_none()
            if spawner:
                self.machine.run("kill", "-9", str(spawner))
        harness.wait_until(lambda: "No jobs" in self.machine.mitori("list-jobs").stdout, "every job has an end")
        for name in names:
            active = self.machine.show(name, "ActiveState")
            self.assertIn(active, ("active", "failed"))
            self.assertEqual(len(self.machine.processes_of(name)), 1 if active == "active" else 0, name)
        self.stop(*names)
        self.assertNobodyLeft(*names)


if __name__ == "__main__":
    harness.main()
