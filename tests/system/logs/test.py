"""Reading the log of a machine: mitori logs, the same by journalctl's name, and the last lines of status; beside the
unmodified journalctl and systemctl, which read the same files."""

import os
import subprocess

import harness


class Logs(harness.Case):
    folder = __file__

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.run("ln", "-s", "/usr/local/bin/mitori", "/usr/local/bin/journalctl")

    def setUp(self):
        self.ok(self.machine.mitori("reset-failed"))  # the start limit is for people, not for tests in a row
        self.start("talk.service")
        self.start("once.service")
        harness.wait_until(lambda: "something is wrong" in self.logs("-u", "talk", "-o", "cat"), "all lines are in")

    def logs(self, *words):
        return self.machine.mitori("logs", *words).stdout

    def both(self, *words):
        """What we say by journalctl's name, and what journalctl says."""
        ours = self.machine.run("/usr/local/bin/journalctl", "--no-pager", *words)
        theirs = self.machine.run("/usr/bin/journalctl", "--no-pager", *words)
        self.assertEqual(ours.returncode, theirs.returncode, ours.stderr + theirs.stderr)
        return ours.stdout, theirs.stdout

    def test_a_services_lines_are_there_in_their_order(self):
        lines = self.logs("-u", "talk", "-o", "cat", "_TRANSPORT=stdout").splitlines()
        last = lines[-21:]
        self.assertEqual(last, [f"line {i}" for i in range(1, 21)] + ["something is wrong"])

    def test_journalctl_shows_the_same(self):
        for words in (["-u", "talk"], ["-u", "talk", "-n", "5", "-o", "short-precise"], ["-p", "err"],
                      ["-u", "talk", "-o", "export"], ["-o", "verbose", "-n", "3"], ["-u", "once", "-r"],
                      ["-b", "-u", "talk", "-g", "line 1"]):
            with self.subTest(words=words):
                ours, theirs = self.both(*words)
                self.assertEqual(ours, theirs)
                self.assertTrue(ours.strip())

    def test_priorities_come_from_the_prefix_of_a_line(self):
        self.assertEqual(self.logs("-u", "talk", "-p", "err", "-o", "cat", "-n", "1"), "something is wrong\n")

    def test_status_ends_with_the_last_lines(self):
        lines = self.ok(self.machine.mitori("status", "talk")).rstrip("\n").split("\n")
        self.assertEqual(lines[-11], "")
        self.assertRegex(lines[-1], r"^\w{3} \d\d \d\d:\d\d:\d\d \S+ sh\[\d+\]: something is wrong$")
        self.assertTrue(lines[-2].endswith(": line 20"), lines[-2])

    def test_status_shows_the_lines_that_systemctl_shows(self):
        for words in (["talk"], ["-n", "3", "talk"], ["-n", "0", "talk"], ["-n", "2", "-o", "cat", "talk"],
                      ["-n", "4", "-o", "short-monotonic", "talk"]):
            with self.subTest(words=words):
                def tail(answer):
                    return answer.stdout.partition("\n\n")[2]

                self.assertEqual(tail(self.machine.mitori("status", *words)),
                                 tail(self.machine.systemctl("status", *words)))

    def test_status_shows_nothing_from_before_the_last_start(self):
        self.ok(self.machine.mitori("restart", "talk"))
        count = self.ok(self.machine.mitori("status", "-n", "1000", "-o", "cat", "talk")).count("something is wrong")
        self.assertLessEqual(count, 1)

    def test_following_shows_what_comes(self):
        follower = subprocess.Popen(self.machine.command("mitori", "logs", "-f", "-n", "0", "-o", "cat", "-u", "once"),
                                    env=harness.ENVIRONMENT, stdout=subprocess.PIPE)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.stdout.close)
        self.addCleanup(follower.kill)
        os.set_blocking(follower.stdout.fileno(), False)
        seen = b""

        def said():
            nonlocal seen
            self.machine.mitori("reset-failed")
            self.machine.mitori("start", "once.service")
            seen += follower.stdout.read() or b""
            return b"said and gone" in seen

        harness.wait_until(said, "the follower shows a line")

    def test_a_reader_that_leaves_ends_it_quietly(self):
        answer = self.machine.run("sh", "-c", "mitori logs --no-pager | head -n 1; true")
        self.assertEqual(answer.stderr, "")
        self.assertEqual(len(answer.stdout.splitlines()), 1)


if __name__ == "__main__":
    harness.main()
