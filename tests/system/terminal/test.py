"""`mitori logs` on a terminal, beside journalctl on a terminal of the same size: colours, widths, pagers."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

import harness

LEVELS = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
COLUMNS, ROWS = 80, 24
# A pager that can be told apart, and one that changes nothing.
MARKED = "sed -u s/^/PAGED:/"


class Terminal:
    """A command with a terminal of its own; what it shows is read until it ends or shows what is waited for."""

    def __init__(self, machine, words, env):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.fd = ours
        env = {name: value for name, value in env.items() if value is not None}
        self.process = subprocess.Popen(machine.command(*words), stdin=theirs, stdout=theirs, stderr=theirs, env=env,
                                        preexec_fn=lambda: self.take(theirs))
        os.close(theirs)
        self.shown = b""

    @staticmethod
    def take(terminal):
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    def read(self):
        """Some more; false at the end."""
        try:
            if select.select([self.fd], [], [], 0.05)[0]:
                text = os.read(self.fd, 65536)
                self.shown += text
                return bool(text)
        except OSError:  # EIO: nobody has it open any more
            return False
        return True

    def read_until(self, condition, what):
        end = time.monotonic() + harness.LIMIT
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"still not: {what}; shown: {self.shown[-2000:]!r}")
            self.read()

    def finish(self):
        end = time.monotonic() + harness.LIMIT
        while self.read():
            if time.monotonic() > end:
                self.process.kill()
                raise AssertionError(f"does not end; shown: {self.shown[-2000:]!r}")
        status = self.process.wait(harness.LIMIT)
        os.close(self.fd)
        return status, self.shown.replace(b"\r\n", b"\n").decode(errors="replace")


class Logs(harness.Case):
    folder = __file__
    manager_options = ("--console", "none")
    journal = "/run/mitori/journal"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for level in LEVELS:
            cls.say(level, f"this is {level}")
        cls.say("info", "long " + "0123456789" * 30)
        cls.say("err", "long and red " + "0123456789" * 30)
        cls.say("info", "Grüße, " + "äöü" * 60)
        harness.wait_until(lambda: "Grüße" in cls.show("journalctl"), "all is in the journal")

    @classmethod
    def say(cls, level, text):
        answer = cls.machine.run("systemd-cat", "-t", "talker", "-p", level, "echo", text)
        assert answer.returncode == 0, answer.stderr

    @classmethod
    def show(cls, program):
        return cls.machine.run(program, "-D", cls.journal, "--no-pager", "-t", "talker", "-o", "cat").stdout

    def on_terminal(self, program, *words, **env):
        env = {"PATH": harness.ENVIRONMENT["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC", **env}
        return Terminal(self.machine, [*program, "-D", self.journal, "-t", "talker", *words], env)

    def assertSame(self, *words, **env):
        """What ours showed."""
        status, theirs = self.on_terminal(("journalctl",), *words, **env).finish()
        mine_status, mine = self.on_terminal(("mitori", "logs"), *words, **env).finish()
        self.assertEqual(mine, theirs, (words, env))
        self.assertEqual(mine_status, status)
        return mine

    def test_colours_are_journalctls(self):
        shown = self.assertSame("--no-pager")
        for level in ("err", "warning", "notice"):
            self.assertRegex(shown, rf"\x1b\[[0-9;]+mthis is {level}\x1b\[0m")
        self.assertRegex(shown, r"\]: this is info\n")
        for term in ("linux", "dumb", "vt100", None):
            self.assertSame("--no-pager", TERM=term)
        self.assertSame("--no-pager", "-o", "verbose")
        self.assertSame("--no-pager", "-o", "cat")
        for pattern in ("is err", "this", "is is w"):
            self.assertSame("--no-pager", "-g", pattern)

    def test_no_colour_where_none_is_wanted(self):
        for env in ({"NO_COLOR": "1"}, {"SYSTEMD_COLORS": "0"}):
            self.assertNotIn("\x1b", self.assertSame("--no-pager", **env))

    def test_lines_are_cut_at_the_width_or_whole(self):
        cut = self.assertSame("--no-pager", "--no-full", NO_COLOR="1")
        self.assertTrue(all(len(line) <= COLUMNS for line in cut.splitlines()), cut)
        self.assertIn("…", cut)
        for word in ("-l", "--full", "-a"):
            whole = self.assertSame("--no-pager", word)
            self.assertIn("0123456789" * 30, whole)
        self.assertSame("--no-pager", "--no-full")  # in colour

    def test_the_pager_is_what_the_environment_says(self):
        for env in ({"PAGER": MARKED}, {"SYSTEMD_PAGER": MARKED}, {"SYSTEMD_PAGER": MARKED, "PAGER": "false"}):
            shown = self.assertSame(SYSTEMD_PAGERSECURE="0", **env)
            self.assertEqual(shown.count("PAGED:"), len(shown.splitlines()))
        for env in ({"SYSTEMD_PAGER": "", "PAGER": MARKED}, {"PAGER": "cat"}, {"SYSTEMD_PAGER": "cat"}):
            self.assertNotIn("PAGED:", self.assertSame(SYSTEMD_PAGERSECURE="0", **env))
        self.assertNotIn("PAGED:", self.assertSame("--no-pager", PAGER=MARKED))
        # Ours alone, before all others.
        words = {"SYSTEMD_PAGERSECURE": "0", "SYSTEMD_PAGER": "cat", "MITORI_PAGER": MARKED}
        status, shown = self.on_terminal(("mitori", "logs"), **words).finish()
        self.assertEqual((status, shown.count("PAGED:")), (0, len(shown.splitlines())))

    def test_a_pager_that_is_left_early_ends_it_quietly(self):
        much = "".join(f"line {number} of many\n" for number in range(50000))
        self.ok(self.machine.run("systemd-cat", "-t", "many", "cat", stdin=much))
        harness.wait_until(lambda: "line 49999 " in self.machine.run(
            "journalctl", "-D", self.journal, "-t", "many", "-n", "1", "-o", "cat", "--no-pager").stdout
            or "Suppressed" in self.machine.run("journalctl", "-D", self.journal, "--no-pager", "-n", "20").stdout,
            "they are in the journal")
        terminal = self.on_terminal(("mitori", "logs"), "-t", "many", SYSTEMD_PAGER="less", SYSTEMD_LESS="SXMK")
        terminal.read_until(lambda: b"line 10 of many" in terminal.shown, "less shows the first page")
        os.write(terminal.fd, b"q")
        status, shown = terminal.finish()
        self.assertEqual(status, 0)
        self.assertNotIn("mitori:", shown)
        self.assertNotIn("roken pipe", shown)

    def test_a_pager_that_cannot_be_started_is_passed_over(self):
        terminal = self.on_terminal(("mitori", "logs"), SYSTEMD_PAGERSECURE="0", PAGER="/no/such/pager")
        terminal.read_until(lambda: b"this is err" in terminal.shown, "less shows it")
        os.write(terminal.fd, b"q")
        self.assertEqual(terminal.finish()[0], 0)


if __name__ == "__main__":
    harness.main()
