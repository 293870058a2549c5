"""Services that will not end, multiply, or run away: stop leaves none of their processes, and nobody is a zombie."""

import signal

import harness


class Ending(harness.Case):
    folder = __file__

    def test_one_that_ignores_sigterm_is_killed_when_its_time_is_over(self):
        self.start("deaf.service")
        harness.wait_until(lambda: self.machine.exists("/run/deaf"), "it is deaf")
        self.stop("deaf.service")
        seen = self.machine.show("deaf.service", "ActiveState", "Result", "ExecMainCode", "ExecMainStatus")
        self.assertEqual((seen["ActiveState"], seen["Result"]), ("failed", "timeout"))
        self.assertEqual((seen["ExecMainCode"], seen["ExecMainStatus"]), ("2", "9"))
        self.assertNobodyLeft("deaf.service")
        self.assertIn("State 'stop-sigterm' timed out.", self.machine.log())

    def test_one_that_always_forks_on_is_caught(self):
        self.start("runner.service")
        first = self.machine.processes_of("runner.service")
        harness.wait_until(lambda: {p.pid for p in self.machine.processes_of("runner.service")}.isdisjoint(
            p.pid for p in first), "it has run on")
        self.stop("runner.service")
        self.assertNobodyLeft("runner.service")

    def test_a_storm_of_forks_is_over_with_its_service(self):
        self.start("storm.service")
        harness.wait_until(lambda: len(self.machine.processes_of("storm.service")) > 100, "it storms")
        self.stop("storm.service")
        self.assertNobodyLeft("storm.service")

    def test_who_forks_away_belongs_to_the_unit_all_the_same(self):
        self.start("away.service")
        parents = lambda: [p.parent for p in self.machine.processes_of("away.service")]  # noqa: E731
        harness.wait_until(lambda: parents() == [1, 1], "two have run away, and are process 1's")
        self.assertRegex(self.ok(self.machine.mitori("status", "away.service")), r"─\d+ sleep 1000\n +└─\d+ sleep 1000")
        self.stop("away.service")
        self.assertNobodyLeft("away.service")

    def test_kill_mode_process_leaves_the_others_alone(self):
        self.start("kept.service")
        harness.wait_until(lambda: len(self.machine.processes_of("kept.service")) == 2, "both run")
        self.stop("kept.service")
        self.assertState("kept.service", "inactive", "dead")
        left, = self.machine.processes_of("kept.service")
        self.assertEqual(left.command, "sleep 1001")
        self.machine.kill(left.pid)
        harness.wait_until(lambda: not self.machine.processes_of("kept.service"), "it has ended and was reaped")

    def test_orphans_do_not_become_zombies(self):
        self.start("orphans.service")
        harness.wait_until(lambda: not self.machine.zombies(), "all are reaped")
        self.assertState("orphans.service", "inactive", "dead")

    def test_a_stopped_process_can_be_stopped(self):
        self.start("stopped.service")
        self.machine.kill(self.machine.main_pid("stopped.service"), signal.SIGSTOP)
        self.stop("stopped.service")
        self.assertState("stopped.service", "inactive", "dead")

    def test_kill_reaches_whom_it_names(self):
        self.start("kept.service")
        harness.wait_until(lambda: len(self.machine.processes_of("kept.service")) == 2, "both run")
        self.ok(self.machine.mitori("kill", "--kill-whom=main", "--signal=SIGUSR1", "kept.service"))
        self.machine.wait_for("kept.service", Result="signal", ExecMainStatus=str(int(signal.SIGUSR1)))
        left, = self.machine.processes_of("kept.service")
        self.ok(self.machine.mitori("kill", "--signal=KILL", "kept.service"))
        harness.wait_until(lambda: not self.machine.processes_of("kept.service"), "all are killed")


if __name__ == "__main__":
    harness.main()
