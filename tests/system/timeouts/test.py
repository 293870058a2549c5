"""Every clock of a service: when it is over, the service is ended as its unit says, and the result is `timeout`."""

import harness


class Timeouts(harness.Case):
    folder = __file__

    def assertStartTimesOut(self, unit):
        answer = self.machine.mitori("start", unit)
        self.assertEqual(answer.returncode, 1)
        self.assertIn(f"Job for {unit} failed because a timeout was exceeded.", answer.stderr)
        self.machine.wait_for(unit, ActiveState="failed", Result="timeout")
        self.assertNobodyLeft(unit)

    def test_start_that_is_never_ready(self):
        self.assertStartTimesOut("start.service")
        self.assertEqual(self.machine.show("start.service", "ExecMainStatus"), "15")
        self.assertIn("State 'start' timed out.", self.machine.log())

    def test_start_pre_that_hangs(self):
        self.assertStartTimesOut("start-pre.service")

    def test_start_is_aborted_where_the_unit_says_so(self):
        self.assertStartTimesOut("start-abort.service")
        self.assertEqual(self.machine.show("start-abort.service", "ExecMainStatus"), "6")

    def test_oneshot_that_takes_too_long(self):
        self.assertStartTimesOut("oneshot.service")

    def test_stop_goes_on_to_sigterm_and_sigkill(self):
        self.start("stop.service")
        harness.wait_until(lambda: self.machine.exists("/run/stop.deaf"), "it is deaf")
        self.stop("stop.service")
        self.machine.wait_for("stop.service", ActiveState="failed", Result="timeout", ExecMainStatus="9")
        self.assertNobodyLeft("stop.service")

    def test_stop_post_that_hangs_is_ended_too(self):
        self.start("stop-post.service")
        self.stop("stop-post.service")
        self.machine.wait_for("stop-post.service", ActiveState="failed", Result="timeout")
        self.assertNobodyLeft("stop-post.service")

    def test_without_sigkill_the_process_is_left_and_said_to_be(self):
        self.start("no-kill.service")
        harness.wait_until(lambda: self.machine.exists("/run/no-kill.deaf"), "it is deaf")
        self.stop("no-kill.service")
        self.assertState("no-kill.service", "failed", "failed")
        left = self.machine.processes_of("no-kill.service")
        self.assertEqual(sorted(p.name for p in left if p.name != "sleep"), ["sh"])
        for process in left:
            self.machine.kill(process.pid)

    def test_runtime_is_over(self):
        self.start("runtime.service")
        self.machine.wait_for("runtime.service", ActiveState="failed", Result="timeout")
        self.assertNobodyLeft("runtime.service")

    def test_runtime_counts_as_a_failure_for_restart(self):
        self.start("runtime-restart.service")
        self.machine.wait_for("runtime-restart.service", ActiveState="failed", Result="start-limit-hit")
        self.assertEqual(self.machine.show("runtime-restart.service", "NRestarts"), "3")
        self.assertNobodyLeft("runtime-restart.service")

    def test_reload_that_hangs_fails_and_the_service_goes_on(self):
        self.start("reload.service")
        main = self.machine.main_pid("reload.service")
        self.assertEqual(self.machine.mitori("reload", "reload.service").returncode, 1)
        self.assertState("reload.service", "active", "running")
        self.assertEqual(self.machine.main_pid("reload.service"), main)
        self.assertEqual([p.pid for p in self.machine.processes_of("reload.service")], [main])


if __name__ == "__main__":
    harness.main()
