"""The notify socket: who may speak on it, and what follows when nobody does."""

import signal

import harness


class Notify(harness.Case):
    folder = __file__

    def test_ready_makes_it_active_and_its_status_is_shown(self):
        self.start("main.service")
        self.assertState("main.service", "active", "running")
        self.assertEqual(self.machine.show("main.service", "StatusText"), "all is well")
        self.stop("main.service")

    def test_a_short_lived_helper_may_speak_for_its_unit(self):
        self.start("ready.service")
        self.assertEqual(self.machine.show("ready.service", "StatusText"), "serving")
        self.stop("ready.service")

    def test_a_stranger_speaks_only_for_himself(self):
        self.ok(self.machine.mitori("start", "--no-block", "waiting.service"))
        self.machine.wait_for("waiting.service", SubState="start")
        self.machine.mitori("start", "stranger.service")
        self.assertState("waiting.service", "activating", "start")
        self.assertEqual(self.machine.show("waiting.service", "StatusText"), "")
        outside = self.machine.run("systemd-notify", "--ready", env={"NOTIFY_SOCKET": "/run/mitori/notify"})
        self.assertEqual(outside.returncode, 0, outside.stderr)
        self.assertState("waiting.service", "activating", "start")
        self.stop("waiting.service")
        self.assertNobodyLeft("waiting.service")

    def test_a_child_is_refused_where_only_the_main_process_may_speak(self):
        self.assertEqual(self.machine.mitori("start", "child.service").returncode, 1)
        self.assertEqual(self.machine.show("child.service", "Result"), "timeout")
        self.assertRegex(self.machine.log(), r"child\.service: Got notification message from PID \d+, but reception is")
        self.assertNobodyLeft("child.service")

    def test_an_end_before_ready_is_a_breach_of_protocol(self):
        self.assertEqual(self.machine.mitori("start", "early.service").returncode, 1)
        self.assertEqual(self.machine.show("early.service", "Result"), "protocol")

    def test_a_silent_watchdog_aborts_the_service(self):
        self.start("silent.service")
        self.machine.wait_for("silent.service", ActiveState="failed", Result="watchdog",
                              ExecMainStatus=str(int(signal.SIGABRT)))
        self.assertIn("Watchdog timeout (limit 300ms)!", self.machine.log())
        self.assertNobodyLeft("silent.service")

    def test_a_watchdog_that_is_fed_stays_quiet(self):
        self.start("pinging.service")
        pings = lambda: int((self.machine.show("pinging.service", "StatusText").split() or [0, 0])[1])
        harness.wait_until(lambda: pings() > 8, "it has lived twice as long as its watchdog waits")
        self.assertState("pinging.service", "active", "running")
        self.stop("pinging.service")


if __name__ == "__main__":
    harness.main()
