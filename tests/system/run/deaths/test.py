"""The ends of what `mitori run` runs go into the ledger where there is one, and none is made for them."""

import json

import harness

# An orphan that has become what it is to be.
LEAVES = "sleep 1000 & until grep -q sleep /proc/$!/comm; do :; done; exit "


class Deaths(harness.Case):
    folder = __file__
    init = "reaper"

    def setUp(self):
        self.machine.run("rm", "-rf", "/var/lib/mitori")

    def make_ledger(self):
        """One that nobody writes at the moment."""
        recorder = self.record("--source", "pidfd")
        self.end(recorder)

    def record(self, *options):
        before = self.machine.log().count("recording into")
        recorder = self.machine.start("mitori", "record", "--host", *options)
        harness.wait_until(lambda: self.machine.log().count("recording into") > before, "it records")
        return recorder

    def recorders(self):
        return [p.pid for p in self.machine.processes() if p.name == "mitori-host"]

    def end(self, recorder):
        for pid in self.recorders():
            self.machine.kill(pid, 15)
        recorder.wait(harness.LIMIT)

    def deaths(self):
        """What those who waited tell: the recorder may have seen others."""
        told = json.loads(self.ok(self.machine.mitori("deaths", "-o", "json")))
        return [death for death in told if "wait" in death["sources"]]

    def test_none_is_made(self):
        self.ok(self.machine.mitori("run", "--", "true"))
        self.assertFalse(self.machine.exists("/var/lib/mitori"))

    def test_the_command_is_recorded_with_what_it_was(self):
        self.make_ledger()
        answer = self.machine.mitori("run", "--", "sh", "-c", "exit 5")
        self.assertEqual((answer.returncode, answer.stderr), (5, ""))
        death, = self.deaths()
        self.assertEqual((death["comm"], death["status"], death["cause"], death["uid"]), ("sh", 5, "itself", 0))
        self.assertEqual((death["command_line"], death["parent_command"]), ("sh -c exit 5", "mitori"))
        self.assertEqual(death["sources"], ["wait"])
        self.assertGreater(death["start_ticks"], 0)
        self.assertIn("exited with code 5", self.ok(self.machine.mitori("why", str(death["pid"]))))

    def test_a_timeout_is_our_doing(self):
        self.make_ledger()
        self.assertEqual(self.machine.mitori("run", "--timeout", "100ms", "--", "sleep", "1000").returncode, 124)
        death, = self.deaths()
        self.assertEqual((death["signal"], death["cause"], death["sender_command"]), ("SIGTERM", "manager", "mitori"))
        self.assertEqual(death["request"], "mitori run, when its --timeout of 100ms was over")

    def test_a_strangers_signal_is_unknown(self):
        self.make_ledger()
        self.machine.mitori("run", "--", "sh", "-c", "kill -9 $$")
        death, = self.deaths()
        self.assertEqual((death["signal"], death["cause"]), ("SIGKILL", "unknown"))
        self.assertIn("wait(2) does not tell who sent the signal", death["unknown"])

    def test_what_it_leaves_behind_is_recorded(self):
        self.make_ledger()
        self.ok(self.machine.mitori("run", "--", "sh", "-c", LEAVES + "0"))
        orphan, command = sorted(self.deaths(), key=lambda death: death["comm"], reverse=True)
        self.assertEqual((command["comm"], command["status"]), ("sh", 0))
        self.assertEqual((orphan["comm"], orphan["cause"], orphan["request"]),
                         ("sleep", "manager", "mitori run, when the command was over"))

    def test_beside_a_recorder_each_is_one_record(self):
        recorder = self.record()
        self.machine.mitori("run", "--", "sh", "-c", LEAVES + "6")
        self.end(recorder)
        ours = self.deaths()
        self.assertEqual(sorted(death["comm"] for death in ours), ["sh", "sleep"])
        self.assertEqual([death["sources"] for death in ours], [["wait", "bpf"]] * 2)
        told = json.loads(self.ok(self.machine.mitori("deaths", "-o", "json", "--no-pager")))
        pids = [death["pid"] for death in told]
        self.assertEqual([pids.count(death["pid"]) for death in ours], [1, 1])

    def test_who_may_not_write_it_runs_all_the_same(self):
        self.make_ledger()
        answer = self.machine.mitori("run", "--", "true", user="tester")
        self.assertEqual((answer.returncode, answer.stdout, answer.stderr), (0, "", ""))
        self.assertEqual(self.deaths(), [])


if __name__ == "__main__":
    harness.main()
