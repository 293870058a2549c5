"""Forking services and their PID files: late, never, of another's process, or of a daemon that is gone."""

import harness


class Forking(harness.Case):
    folder = __file__

    def test_a_late_file_is_waited_for(self):
        self.ok(self.machine.mitori("start", "--no-block", "late.service"))
        harness.wait_until(lambda: self.machine.exists("/run/late.go"), "its daemon waits")
        self.machine.wait_for("late.service", SubState="start", ControlPID="0")
        self.machine.run("sh", "-c", "echo go >/run/late.go")
        self.machine.wait_for("late.service", SubState="running")
        main = self.machine.main_pid("late.service")
        self.assertEqual(self.machine.read("/run/late.pid").strip(), str(main))
        self.stop("late.service")
        self.assertNobodyLeft("late.service")

    def test_no_process_and_no_file_is_a_breach_of_protocol(self):
        answer = self.machine.mitori("start", "gone.service")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("because the service did not take the steps required by its unit configuration", answer.stderr)
        self.assertEqual(self.machine.show("gone.service", "Result"), "protocol")
        self.assertIn("No process is left and there is no PID file /run/gone.pid", self.machine.log())

    def test_a_daemon_that_ends_before_it_wrote_its_file(self):
        self.ok(self.machine.mitori("start", "--no-block", "gone-later.service"))
        harness.wait_until(lambda: self.machine.exists("/run/gone.go"), "its daemon waits")
        self.machine.wait_for("gone-later.service", SubState="start", ControlPID="0")
        self.machine.run("sh", "-c", "echo go >/run/gone.go")
        self.machine.wait_for("gone-later.service", ActiveState="failed", Result="protocol")
        self.assertNobodyLeft("gone-later.service")

    def test_a_file_that_never_comes_is_a_timeout(self):
        self.assertEqual(self.machine.mitori("start", "never.service").returncode, 1)
        self.assertEqual(self.machine.show("never.service", "Result"), "timeout")
        self.assertNobodyLeft("never.service")

    def test_the_process_of_another_unit_is_refused(self):
        self.start("victim.service")
        victim = self.machine.main_pid("victim.service")
        self.machine.write("/run/victim.pid", f"{victim}\n")
        self.assertEqual(self.machine.mitori("start", "foreign.service").returncode, 1)
        self.assertIn(f"process {victim} does not belong to foreign.service", self.machine.log())
        self.assertEqual(self.machine.main_pid("victim.service"), victim)
        self.assertState("victim.service", "active", "running")
        self.assertNobodyLeft("foreign.service")
        self.stop("victim.service")

    def test_a_file_without_a_number_is_said_to_be_one(self):
        self.assertEqual(self.machine.mitori("start", "junk.service").returncode, 1)
        self.assertIn("PID file /run/junk.pid holds no process id", self.machine.log())
        self.assertNobodyLeft("junk.service")

    def test_a_command_that_fails_takes_its_daemon_along(self):
        self.assertEqual(self.machine.mitori("start", "failing.service").returncode, 1)
        self.assertEqual(self.machine.show("failing.service", "Result"), "exit-code")
        self.assertNobodyLeft("failing.service")


if __name__ == "__main__":
    harness.main()
