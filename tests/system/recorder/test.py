"""The recorder: a process of its own that may die at any moment, also in a flood, without costing a line."""

import json
import pathlib
import signal
import subprocess
import sys

import harness

LINE = 100  # bytes of each line of the flood
PIPE = 256 << 10  # what the recorder lets a flooding service have of a pipe
WANTED = 100_000  # lines a second


class Recorder(harness.Case):
    folder = __file__
    manager_options = ("--console", "none")

    def recorders(self):
        return [p for p in self.machine.processes() if p.name == "mitori-record" and p.state != "Z"]

    def recorder(self):
        return harness.wait_until(self.recorders, "there is a recorder")[0]

    def entries(self, *matches):
        """What journalctl shows of the machine's journal, by its own reader."""
        answer = self.machine.run("journalctl", "-D", self.journal(), "--no-pager", "-o", "json", *matches)
        return [json.loads(line) for line in self.ok(answer).splitlines()]

    def journal(self):
        return str(pathlib.Path("/run/mitori") / (self.machine.root / "run/mitori/journal").readlink())

    def messages(self, *matches):
        return [entry["MESSAGE"] for entry in self.entries(*matches)]

    def lines(self, unit):
        answer = self.machine.run("journalctl", "-D", self.journal(), "--no-pager", "-o", "cat",
                                  f"_SYSTEMD_UNIT={unit}", limit=120)
        return self.ok(answer).splitlines()

    def verify(self):
        answer = self.machine.run("journalctl", "-D", self.journal(), "--verify", limit=120)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def assertFlood(self, unit, count):
        got = self.lines(unit)
        numbers = [int(line[:8]) for line in got]
        self.assertEqual(len(numbers), count)
        self.assertEqual(numbers, list(range(count)))
        self.assertEqual({len(line) for line in got}, {99})

    def test_a_flood_outlives_ten_recorders(self):
        # The flood itself kills them, so that each is killed in its middle, however busy the machine is. How fast it
        # was just then is said, and judged by nobody: that is the machine's.
        count, kills = 600_000, 10
        unit = f"flood@{count}:{kills}.service"
        self.ok(self.machine.mitori("start", "--no-block", unit))
        self.machine.wait_for(unit, limit=120, ActiveState="inactive", Result="success")
        clock = [line.split() for line in self.machine.read("/run/flood.clock").splitlines()]
        blocks = [(int(written), float(moment)) for kind, written, moment in clock if kind == "block"]
        killed_at = [int(written) for kind, written, _ in clock if kind == "kill"]
        self.assertEqual(len(killed_at), kills)
        for earlier, later in zip([0, *killed_at], [*killed_at, count * LINE]):
            self.assertGreater(later - earlier, 10 * PIPE)  # a recorder has taken them: they fit into no pipe
        self.assertEqual(self.machine.log().count("the recorder has ended; starting it again"), kills)
        self.assertFlood(unit, count)
        self.verify()
        self.say_rates(blocks, killed_at)

    def say_rates(self, blocks, killed_at):
        """Lines a second by the flood's own clock, each time in the last 2 MB before the kill."""
        rates = []
        for at in killed_at:
            first, *_, last = [(written, moment) for written, moment in blocks if at - 2_000_000 <= written <= at]
            rates.append((last[0] - first[0]) / LINE / (last[1] - first[1]))
        print(f"lines/s when the recorder was killed: {', '.join(f'{rate:,.0f}' for rate in rates)}", file=sys.stderr)
        if min(rates) < WANTED:
            print(f"(a flood is {WANTED:,} lines/s: this machine was too busy)", file=sys.stderr)

    def test_what_is_written_while_the_recorder_hangs_comes_later(self):
        recorder = self.recorder()
        self.machine.kill(recorder.pid, signal.SIGSTOP)
        unit = "flood@300.service"
        self.ok(self.machine.mitori("start", "--no-block", unit))
        # Its death is told although nobody takes its last words: the manager waits two seconds for them.
        self.machine.wait_for(unit, ActiveState="inactive", SubState="dead")
        self.assertIn("last words in time", self.machine.log())
        self.machine.kill(recorder.pid, signal.SIGCONT)
        harness.wait_until(lambda: len(self.lines(unit)) == 300, "all its lines are there")

    def test_a_service_may_close_its_stdout(self):
        self.start("closes.service")
        self.addCleanup(self.stop, "closes.service")
        harness.wait_until(lambda: self.messages("_SYSTEMD_UNIT=closes.service") == ["before"], "it has spoken")
        self.assertState("closes.service", "active", "running")

    def test_last_words_are_there_when_the_death_is_told_and_a_grandchild_is_heard_later(self):
        self.machine.mitori("start", "leaves.service")
        self.machine.wait_for("leaves.service", ActiveState="failed")
        self.assertEqual(self.messages("_SYSTEMD_UNIT=leaves.service"), ["last words"])
        self.machine.write("/run/go-on", "")
        harness.wait_until(lambda: "from the grandchild" in self.messages("_SYSTEMD_UNIT=leaves.service"),
                           "the grandchild is heard")

    def test_a_user_may_open_stdout_again(self):
        self.start("reopens.service")
        first, name = self.messages("_SYSTEMD_UNIT=reopens.service")
        self.assertEqual(first, "reopened")
        self.assertRegex(name, r"^\d+:\d+$")

    def test_the_real_journalctl_shows_a_unit_with_what_the_manager_says_of_it(self):
        self.machine.mitori("start", "leaves.service")
        self.machine.wait_for("leaves.service", ActiveState="failed")
        answer = self.machine.run("journalctl", "-D", self.journal(), "--no-pager", "-u", "leaves.service")
        self.assertRegex(self.ok(answer), r"machine sh\[\d+\]: last words")
        self.assertRegex(answer.stdout, r"machine mitori\[1\]: .*status=3")

    def test_logger_and_systemd_cat_reach_the_journal(self):
        self.ok(self.machine.run("logger", "-t", "tag", "-p", "user.err", "through dev log"))
        self.ok(self.machine.run("logger", "--journald", stdin="MESSAGE=natively\nPRIORITY=4\nSOME_FIELD=x\n"))
        self.ok(self.machine.run("sh", "-c", "echo by cat | systemd-cat -t catty -p notice"))
        harness.wait_until(lambda: self.messages("SYSLOG_IDENTIFIER=catty") == ["by cat"], "systemd-cat is there")
        entry, = harness.wait_until(lambda: self.entries("SYSLOG_IDENTIFIER=tag"), "logger is there")
        self.assertEqual((entry["MESSAGE"], entry["PRIORITY"], entry["SYSLOG_FACILITY"], entry["_TRANSPORT"]),
                         ("through dev log", "3", "1", "syslog"))
        self.assertEqual(entry["_UID"], "0")
        entry, = harness.wait_until(lambda: self.entries("SOME_FIELD=x"), "the native message is there")
        self.assertEqual((entry["MESSAGE"], entry["_TRANSPORT"]), ("natively", "journal"))

    def test_a_journal_that_is_cut_off_by_somebody_is_put_aside(self):
        folder = self.machine.root / self.journal().lstrip("/")
        self.ok(self.machine.run("logger", "before it is cut off"))
        self.ok(self.machine.mitori("logs", "--sync"))
        with open(folder / "system.journal", "r+b") as journal:
            journal.truncate(4096)
        self.ok(self.machine.run("logger", "after it was cut off"))
        self.ok(self.machine.mitori("logs", "--sync"))
        self.assertIn("was not closed, or is damaged: put aside", self.machine.log())
        answer = self.machine.run("journalctl", "--file", f"{self.journal()}/system.journal", "-o", "cat", "-q")
        self.assertIn("after it was cut off", self.ok(answer))
        for path in folder.glob("*~"):
            path.unlink()
        self.verify()

    def test_whoever_asks_waits_until_it_is_done(self):
        folder = self.machine.root / self.journal().lstrip("/")
        archived = lambda: sorted(path.name for path in folder.glob("system@*.journal"))
        for number in range(5):
            before = archived()
            self.ok(self.machine.run("logger", f"before rotation {number}"))
            self.ok(self.machine.mitori("logs", "--sync"))
            self.assertIn(f"before rotation {number}", self.messages("SYSLOG_IDENTIFIER=root"))
            self.ok(self.machine.mitori("logs", "--rotate"))
            self.assertEqual(len(archived()), len(before) + 1)
        answer = self.machine.mitori("logs", "--rotate", "--vacuum-files=1")
        self.assertRegex(self.ok(answer) + answer.stderr, r"Vacuuming done, freed .* of archived journals from")
        self.assertEqual(archived(), [])
        self.verify()

    def test_who_asks_where_no_recorder_runs_is_told(self):
        for option in ("--sync", "--rotate"):
            answer = self.machine.mitori("logs", "--runtime-dir", "/run/nobody", option)
            self.assertEqual(answer.returncode, 1)
            self.assertIn("no recorder runs for /run/nobody", answer.stderr)

    def test_the_recorder_does_nothing_while_nobody_speaks(self):
        recorder = self.recorder()
        folder = self.machine.root / f"proc/{recorder.pid}"

        def switches():
            status = (folder / "status").read_text()
            return sum(int(line.split()[1]) for line in status.splitlines() if "ctxt_switches" in line)

        def quiet():
            before = switches()
            subprocess.run(["sleep", "1"], check=True)  # outside: an end inside is something to record
            return switches() == before

        harness.wait_until(quiet, "it is quiet for a second")


if __name__ == "__main__":
    harness.main()
