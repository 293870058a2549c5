"""The recorder when its manager is killed, and when its disk is full."""

import json
import signal

import harness


class Beside(harness.Case):
    """A manager beside a reaper, so that it can be killed."""

    folder = __file__
    init = "reaper"
    journal = "/run/logs"

    def setUp(self):
        self.begin_manager()

    def tearDown(self):
        self.machine.run("pkill", "-KILL", "-f", "ticks.py")  # of this machine's processes alone
        self.machine.run("rm", "-f", "/run/tick")
        self.ok(self.machine.mitori("exit"))
        harness.wait_until(lambda: not self.named("mitori-record"), "the recorder has ended with its manager")

    def begin_manager(self):
        self.machine.start("mitori", "manager", "--journal-dir", self.journal)
        harness.wait_until(lambda: self.machine.mitori("is-system-running").returncode == 0, "it is ready")

    def named(self, name):
        return [p for p in self.machine.processes() if p.name == name and p.state != "Z"]

    def manager(self):
        """The one whose parent is not a manager: that one is its spawner."""
        managers = [p for p in self.machine.processes() if p.command.startswith("mitori manager")]
        pids = {p.pid for p in managers}
        return next(p for p in managers if p.parent not in pids)

    def tick(self, text):
        harness.wait_until(lambda: self.machine.exists("/run/tick"), "it listens")
        self.ok(self.machine.run("sh", "-c", f"echo {text} >/run/tick"))

    def recorder(self):
        recorder, = self.named("mitori-record")
        return recorder.pid

    def messages(self, *matches):
        answer = self.machine.run("journalctl", "-D", self.journal, "--no-pager", "-o", "json", *matches)
        return [json.loads(line)["MESSAGE"] for line in self.ok(answer).splitlines()]

    def wait_for_messages(self, *wanted):
        harness.wait_until(lambda: self.messages("_SYSTEMD_UNIT=ticks.service")[-len(wanted):] == list(wanted),
                           f"the journal ends with {wanted}")


class KilledManager(Beside):
    def test_the_recorder_lives_on_and_the_next_manager_finds_it(self):
        self.ok(self.machine.mitori("start", "ticks.service"))
        self.tick("one")
        self.wait_for_messages("one")
        recorder = self.recorder()
        self.machine.kill(self.manager().pid)
        harness.wait_until(lambda: not [p for p in self.machine.processes() if p.command.startswith("mitori manager")],
                           "the manager is gone")
        # No SIGPIPE, and nothing is lost while nobody manages.
        self.tick("two")
        self.wait_for_messages("one", "two")
        self.begin_manager()
        self.assertIn("found the recorder of an earlier manager", self.machine.log())
        self.assertEqual(self.recorder(), recorder)

    def test_without_a_stream_the_recorder_goes_with_its_manager(self):
        self.machine.kill(self.manager().pid)
        harness.wait_until(lambda: not self.named("mitori-record"), "the recorder has ended")
        self.begin_manager()


class FullDisk(Beside):
    """One disk, one sentence when it is full and one when it is over, however many units lose lines."""

    journal = "/run/small"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.run("mkdir", cls.journal)
        mounted = cls.machine.run("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", cls.journal)
        assert mounted.returncode == 0, mounted.stderr

    def test_costs_lines_that_are_counted_and_no_service(self):
        self.ok(self.machine.mitori("start", "ticks.service"))
        self.tick("before")
        self.wait_for_messages("before")
        self.machine.run("dd", "if=/dev/zero", f"of={self.journal}/fill", "bs=64k")
        # What the journal has allocated already takes some lines more.
        count = 40000
        self.machine.write("/run/lines", "".join(f"line {number:06} {'x' * 987}\n" for number in range(count)))
        self.ok(self.machine.run("sh", "-c", "cat /run/lines >/run/tick", limit=120))
        harness.wait_until(lambda: "No space left on device" in self.machine.log(), "it is said")
        self.assertEqual(self.machine.show("ticks.service", "SubState"), "running")
        self.machine.run("rm", f"{self.journal}/fill")
        self.tick("after")
        harness.wait_until(lambda: "after" in self.messages("_SYSTEMD_UNIT=ticks.service"), "it goes on")
        told = [text for text in self.messages("UNIT=ticks.service") if "could not be written" in text]
        self.assertTrue(told)
        for text in told:
            self.assertRegex(text, r"ticks.service: \d+ lines could not be written: No space left on device")
        self.assertToldOnce(sum(int(text.split()[1]) for text in told))
        verified = self.machine.run("journalctl", "-D", self.journal, "--verify", limit=120)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)


    def assertToldOnce(self, least):
        log = self.machine.log()
        self.assertEqual(log.count("lines cannot be written to the journal"), 1, log)
        harness.wait_until(lambda: "lines are written to the journal again" in self.machine.log(), "it is over")
        over, = (text for text in self.messages() if text.startswith("lines are written to the journal again"))
        lost = int(over.split(": ")[1].split()[0])
        self.assertGreaterEqual(lost, least)
        # Each unit has its share, under its name.
        shares = [text for text in self.messages() if "lines could not be written: " in text]
        self.assertEqual(sum(int(text.split(": ")[1].split()[0]) for text in shares), lost)


class NoDescriptors(Beside):
    """The recorder alone has none left: the manager keeps what it may not have."""

    def limit(self, soft, hard):
        self.ok(self.machine.run("prlimit", f"--pid={self.recorder()}", f"--nofile={soft}:{hard}"))

    def rotate(self):
        self.machine.kill(self.recorder(), signal.SIGUSR2)

    def archived(self):
        return [path.name for path in (self.machine.root / self.journal.lstrip("/")).glob("system@*")]

    def test_three_hundred_services_wait_for_a_hundred_places_and_lose_nothing(self):
        self.limit(128, 128)
        names = [f"talks@{number}.service" for number in range(300)]
        self.ok(self.machine.mitori("start", *names, limit=120))
        self.assertEqual({self.machine.show(name, "ActiveState") for name in names}, {"active"})
        told = [line for line in self.machine.log().splitlines() if "they wait" in line]
        self.assertEqual(len(told), 1, told)
        self.assertRegex(told[0], r"no descriptor is left for further streams \((8|9)\d are open\): they wait")
        self.assertIn(told[0].removeprefix("mitori: "), self.messages())
        # What it needs for itself is still there: the journal goes on in another file.
        self.rotate()
        harness.wait_until(self.archived, "there is another file")
        heard = [text for text in self.messages("_COMM=sh") if text.startswith("one of")]
        self.assertLess(len(heard), 100)
        self.ok(self.machine.mitori("stop", *names, limit=120))
        wanted = sorted(f"{word} of {number}" for word in ("one", "two") for number in range(300))
        harness.wait_until(lambda: sorted(text for text in self.messages()
                                          if text.startswith(("one of", "two of"))) == wanted, "all lines are there")

    def test_a_journal_that_cannot_be_opened_costs_lines_that_are_counted(self):
        self.ok(self.machine.mitori("start", "ticks.service"))
        self.tick("before")
        self.wait_for_messages("before")
        self.limit(4, 1024)
        self.rotate()
        harness.wait_until(lambda: "no new journal file: " in self.machine.log(), "it is said")
        for number in range(5):
            self.tick(f"lost-{number}")
        harness.wait_until(lambda: "lines cannot be written to the journal" in self.machine.log(), "it is said")
        self.assertState("ticks.service", "active", "running")
        self.limit(1024, 1024)
        self.tick("after")
        harness.wait_until(lambda: "after" in self.messages("_SYSTEMD_UNIT=ticks.service"), "it goes on")
        lost = 5 - sum("lost-" in text for text in self.messages("_SYSTEMD_UNIT=ticks.service"))
        self.assertGreater(lost, 0)
        told = [text for text in self.messages("UNIT=ticks.service") if "could not be written" in text]
        self.assertEqual(self.machine.log().count("lines cannot be written to the journal"), 1)
        self.assertEqual(told, [f"ticks.service: {lost} lines could not be written: Too many open files"])


if __name__ == "__main__":
    harness.main()
