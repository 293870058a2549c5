"""The manager is killed. The next one in the same runtime folder says what it finds, and does with it as it is told."""

import signal

import harness

UNITS = ("plain.service", "family.service", "kept.service")


class Leftovers(harness.Case):
    folder = __file__
    init = "reaper"

    def manager(self, *options):
        """Starts a manager and waits for its answer; its pid as the machine counts."""
        before = {p.pid for p in self.managers()}
        self.machine.start("mitori", "manager", "--system", *options)
        harness.wait_until(lambda: self.machine.mitori("is-system-running").returncode in (0, 1) and self.answers(),
                           "the manager answers")
        return next(p.pid for p in self.managers() if p.pid not in before)

    def managers(self):
        return [p for p in self.machine.processes() if p.command.startswith("mitori manager") and p.state != "Z"]

    def answers(self):
        return self.machine.mitori("show", "--property=Version").returncode == 0

    def kill_manager(self):
        for process in self.managers():
            if self.machine.run("kill", "-9", str(process.pid)).returncode == 0:
                harness.wait_until(lambda pid=process.pid: pid not in [p.pid for p in self.managers()], "it is gone")

    def sleepers(self):
        return sorted(p.command for p in self.machine.processes() if p.command.startswith("sleep") and p.state != "Z")

    def setUp(self):
        self.log_begin = len(self.machine.log())
        self.manager()

    def tearDown(self):
        self.machine.mitori("exit")
        harness.wait_until(lambda: not self.managers(), "the manager has ended")
        for process in self.machine.processes():
            if process.command.startswith("sleep") and process.state != "Z":
                self.machine.run("kill", "-9", str(process.pid))

    def said(self):
        return self.machine.log()[self.log_begin:]


class Cases:
    """For both ways of knowing whose a process is."""

    def assertSleepers(self, commands):
        """A service is up when its process is born, which is before its exec."""
        harness.wait_until(lambda: self.sleepers() == commands, f"these sleep: {commands}")

    def test_they_are_ended_unless_told_otherwise(self):
        self.start(*UNITS)
        main = self.machine.main_pid("family.service")
        self.kill_manager()
        self.assertSleepers(["sleep 4242", "sleep 4343", "sleep infinity"])
        self.manager()
        harness.wait_until(lambda: not self.sleepers(), "what was left is ended")
        self.machine.wait_for("family.service", ActiveState="inactive")
        self.assertRegex(self.said(), rf"family.service: Left over from the last manager, ending it: .*{main} \(sleep 4343\)")
        self.assertRegex(self.said(), r"family.service: Left over.* \(sleep 4242\)")
        harness.wait_until(lambda: self.machine.exists("/run/family-stopped"), "ExecStopPost= has run")
        self.start("family.service")
        self.assertState("family.service", "active", "running")
        self.assertNotEqual(self.machine.main_pid("family.service"), main)

    def test_a_start_waits_for_their_end(self):
        self.start("plain.service")
        main = self.machine.main_pid("plain.service")
        self.kill_manager()
        self.manager("--unit", "plain.service")
        self.machine.wait_for("plain.service", ActiveState="active", SubState="running")
        self.assertNotEqual(self.machine.main_pid("plain.service"), main)
        self.assertSleepers(["sleep infinity"])

    def test_they_are_adopted_where_that_is_wanted(self):
        self.start(*UNITS)
        before = {unit: self.machine.show(unit, "MainPID", "InvocationID") for unit in UNITS}
        self.kill_manager()
        self.manager("--leftovers", "adopt")
        self.assertState("plain.service", "active", "running")
        self.assertState("kept.service", "active", "exited")
        for unit in ("plain.service", "family.service"):
            self.assertEqual(self.machine.show(unit, "MainPID", "InvocationID"), before[unit])
        self.assertSleepers(["sleep 4242", "sleep 4343", "sleep infinity"])
        self.stop("family.service")
        self.assertSleepers(["sleep infinity"])
        self.machine.kill(self.machine.main_pid("plain.service"), signal.SIGTERM)
        self.machine.wait_for("plain.service", ActiveState="inactive")

    def test_they_are_left_alone_where_that_is_wanted(self):
        self.start("plain.service")
        self.assertSleepers(["sleep infinity"])
        self.kill_manager()
        self.manager("--leftovers", "leave")
        self.assertState("plain.service", "inactive", "dead")
        self.assertSleepers(["sleep infinity"])
        self.assertIn("Left over from the last manager, leaving it", self.said())

    def test_what_was_not_up_yet_is_ended_even_where_others_are_adopted(self):
        self.ok(self.machine.mitori("start", "--no-block", "starting.service"))
        harness.wait_until(lambda: self.sleepers() == ["sleep 4444"], "its first command runs")
        self.kill_manager()
        self.manager("--leftovers", "adopt")
        harness.wait_until(lambda: not self.sleepers(), "it is ended")
        self.machine.wait_for("starting.service", ActiveState="inactive")

    def test_nothing_is_found_after_an_orderly_end(self):
        self.start(*UNITS)
        self.ok(self.machine.mitori("exit"))
        harness.wait_until(lambda: not self.managers(), "the manager has ended")
        self.manager()
        self.assertNotIn("Left over", self.said())
        self.assertEqual(self.ok(self.machine.run("ls", "/run/mitori/units")), "")


class ByGroup(Cases, Leftovers):
    groups = "unified"


class ByInvocation(Cases, Leftovers):
    groups = "none"


del Leftovers

if __name__ == "__main__":
    harness.main()
