"""`mitori record --host` beside whatever manages the machine: alone, by the best source, until it is told to end."""

import pathlib
import sys

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import recording

IDENTIFIER = "0123456789abcdef" * 4


class Host(harness.Case):
    folder = __file__
    init = "reaper"

    def recorder(self, *options, **how):
        recorder = recording.Recorder(self.machine, *options, **how)
        self.addCleanup(lambda: recorder.process.poll() is None and recorder.end())
        self.assertIn("recording into", recorder.said)
        return recorder

    def test_takes_the_best_source_and_says_which(self):
        recorder = self.recorder()
        self.assertIn(f"recording into {recording.LEDGER} by BPF: ", recorder.said)
        self.assertNotIn("No BPF", recorder.said)
        self.assertEqual(recorder.end(), 0)

    def test_is_the_only_one_that_writes_its_ledger(self):
        self.recorder()
        second = self.machine.mitori("record", "--host", "--ledger", recording.LEDGER)
        self.assertEqual(second.returncode, 1)
        self.assertIn("another mitori record --host already writes", second.stderr)

    def test_writes_what_it_knows_when_it_is_told_to_end(self):
        recorder = self.recorder()
        self.machine.run("sh", "-c", "exit 77")
        self.assertEqual(recorder.end(), 0)
        self.assertEqual(len(recording.deaths(self.machine, "status = 77 AND comm = 'sh'")), 1)

    def test_names_units_and_containers_by_their_groups(self):
        recorder = self.recorder()
        for group in ("system.slice/shop.service", f"docker/{IDENTIFIER}", "user.slice/user-1.slice"):
            self.ok(self.machine.run("sh", "-c", f"mkdir -p /sys/fs/cgroup/{group} && echo $$ >/sys/fs/cgroup/{group}/cgroup.procs"
                                                 " && exec sleep 0.01"))
        self.assertEqual(recorder.end(), 0)
        seen = {d["cgroup"]: d["unit"] for d in recording.deaths(self.machine, "comm = 'sleep'")}
        self.assertEqual(seen, {"/system.slice/shop.service": "shop.service",
                                f"/docker/{IDENTIFIER}": "docker-0123456789ab",
                                "/user.slice/user-1.slice": None})

    def test_continues_a_ledger(self):
        for status in (71, 72):
            recorder = self.recorder()
            self.machine.run("sh", "-c", f"exit {status}")
            self.assertEqual(recorder.end(), 0)
        self.assertEqual([d["status"] for d in recording.deaths(self.machine, "status IN (71, 72)")], [71, 72])

    def follows(self, recorder, pid):
        folder = self.machine.root / "proc" / str(recorder.pid()) / "fdinfo"
        return any(f"\nPid:\t{pid}\n" in info.read_text() for info in folder.iterdir())

    def test_does_what_it_can_as_an_ordinary_user_and_says_why_not_more(self):
        place = "/run/user/42042/host.sqlite"
        recorder = self.recorder("--ledger", place, user="tester")
        self.assertIn("No BPF: ", recorder.said)
        self.assertIn("No process connector: it answers only in the machine's first", recorder.said)
        self.assertIn("by pidfds: ", recorder.said)
        self.machine.start("sleep", "1234")
        sleeper = harness.wait_until(
            lambda: next((p.pid for p in self.machine.processes() if p.command == "sleep 1234"), None), "it sleeps")
        harness.wait_until(lambda: self.follows(recorder, sleeper), "a look has found it")
        self.machine.kill(sleeper)
        harness.wait_until(lambda: not self.follows(recorder, sleeper), "its end is told")
        self.assertEqual(recorder.end(), 0)
        death, = recording.deaths(self.machine, "pid = ?", sleeper, place=place)
        self.assertEqual((death["comm"], death["command_line"], death["executable"], death["uid"], death["cause"]),
                         ("sleep", "sleep 1234", None, 0, "unknown"))
        self.assertRegex(death["unknown"], "^its program: only its own user may look at it; .*; BPF would")
        if death["kind"] != "unknown":  # before Linux 6.15
            self.assertEqual((death["kind"], death["status"]), ("killed", 9))

    def test_refuses_what_it_does_not_know(self):
        for words in (["--source", "rumours"], ["--what"], ["something"]):
            answer = self.machine.mitori("record", "--host", *words)
            self.assertEqual((answer.returncode, answer.stdout), (125, ""), words)
            self.assertTrue(answer.stderr.startswith("mitori record --host: "), answer.stderr)


if __name__ == "__main__":
    harness.main()
