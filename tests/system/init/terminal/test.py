"""The terminal: whose ^C and ^Z it is, who stops with whom, and what is left in the foreground. A small shell with job
control, made of this process's child, is what starts the inits."""

import fcntl
import os
import pathlib
import pty
import select
import signal
import struct
import sys
import termios
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import sides  # noqa: E402  (the folder of all cases of mitori-init)

SAYS_SIGNALS = r"""
import os, signal, sys
def say(number, _):
    os.write(1, b"got %d\n" % number)
    if number == signal.SIGTERM: os._exit(0)
for number in map(int, sys.argv[1:]): signal.signal(number, say)
os.write(1, b"front %d\n" % (os.tcgetpgrp(0) == os.getpgrp()))
while True: signal.pause()
"""


class Shell:
    """A session leader with a terminal of its own, which starts one job in a group of its own, in front or behind."""

    def __init__(self, case, words, front=True, first=False):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            self.lead(words, front, first)
        case.addCleanup(self.end)
        self.seen = b""
        self.job = int(self.wait_for("job ").split()[0])

    @staticmethod
    def lead(words, front, first):
        """The child's side: SIGUSR1 is `fg`, SIGUSR2 is `bg`; says what its job does."""
        try:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            wake, woken = os.pipe()
            job = os.fork()
            if job == 0:
                os.setpgid(0, 0)
                os.close(woken)
                os.read(wake, 1)
                for number in (signal.SIGTTOU, signal.SIGPIPE):
                    signal.signal(number, signal.SIG_DFL)
                os.execve(words[0], words, sides.ENVIRONMENT)
            os.setpgid(job, job)
            if front:
                os.tcsetpgrp(0, job)
            signal.signal(signal.SIGUSR1, lambda *_: (os.tcsetpgrp(0, job), os.kill(-job, signal.SIGCONT)))
            signal.signal(signal.SIGUSR2, lambda *_: os.kill(-job, signal.SIGCONT))
            os.write(1, b"job %d\n" % job)
            os.close(woken)
            while True:
                _, status = os.waitpid(job, os.WUNTRACED)
                if os.WIFSTOPPED(status):
                    os.tcsetpgrp(0, os.getpgrp())
                    os.write(1, b"stopped by %d\n" % os.WSTOPSIG(status))
                    continue
                front_now = os.tcgetpgrp(0)
                os.tcsetpgrp(0, os.getpgrp())
                os.write(1, b"ended with %d, front %s\n" % (os.waitstatus_to_exitcode(status),
                                                           b"job" if front_now == job else b"other"))
                signal.pause()
        finally:
            os._exit(99)

    def wait_for(self, words):
        """The rest of the line that these words begin or are part of."""
        words = words.encode()
        end = time.monotonic() + sides.harness.LIMIT
        while words not in self.seen or b"\n" not in self.seen.partition(words)[2]:
            if not select.select([self.terminal], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"no {words}; saw {self.seen}")
            self.seen += os.read(self.terminal, 4096)
        line, _, self.seen = self.seen.partition(words)[2].partition(b"\n")
        return line.decode().strip()

    def type(self, keys):
        os.write(self.terminal, keys)

    def front(self):
        return struct.unpack("i", fcntl.ioctl(self.terminal, termios.TIOCGPGRP, b"\0" * 4))[0]

    def command(self):
        return sides.wait_until(lambda: sides.children_of(self.job), "the command")[0]

    def end(self):
        for pid in (*sides.children_of(self.job), self.job, self.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def says_signals(*numbers):
    return ["/usr/bin/env", "python3", "-S", "-c", SAYS_SIGNALS, *map(str, map(int, numbers))]


class Terminal(sides.Case):
    def grouped(self):
        """The programs that put the command into a group of its own, with what they need beside the defaults."""
        for side in (self.ours, self.peer):
            for name, options in (("mitori-init", []), ("tini", ["-s"]), ("catatonit", [])):
                if name in side:
                    yield [side[name], *options, "--"]

    def test_the_command_is_in_front_and_alone_gets_what_is_typed(self):
        for init in self.grouped():
            with self.subTest(init=init):
                shell = Shell(self, [*init, *says_signals(signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)])
                self.assertEqual(shell.wait_for("front "), "1")
                self.assertEqual(shell.front(), shell.command())
                shell.type(b"\x03")
                self.assertEqual(shell.wait_for("got "), "2")
                shell.type(b"\x1c")
                self.assertEqual(shell.wait_for("got "), "3")
                os.kill(shell.job, signal.SIGTERM)
                self.assertEqual(shell.wait_for("got "), "15")
                self.assertTrue(shell.wait_for("ended with ").startswith("0"))

    def test_the_window_size_is_told_to_the_command_once(self):
        for init in self.grouped():
            with self.subTest(init=init):
                shell = Shell(self, [*init, *says_signals(signal.SIGWINCH, signal.SIGINT)])
                shell.wait_for("front ")
                fcntl.ioctl(shell.terminal, termios.TIOCSWINSZ, struct.pack("4H", 30, 100, 0, 0))
                self.assertEqual(shell.wait_for("got "), "28")
                shell.type(b"\x03")
                self.assertEqual(shell.wait_for("got "), "2")

    def test_a_command_that_the_terminal_stops_stops_the_job(self):
        """The peers go on waiting, and leave their shell without a terminal."""
        for name in ("mitori-init", "tini", "catatonit"):
            with self.subTest(name=name):
                shell = Shell(self, [self.ours[name], *(["-s"] if name == "tini" else []), "--",
                                     *says_signals(signal.SIGCONT, signal.SIGINT)])
                shell.wait_for("front ")
                command = shell.command()
                shell.type(b"\x1a")
                self.assertEqual(shell.wait_for("stopped by "), str(int(signal.SIGTSTP)))
                self.assertEqual((sides.state_of(command), sides.state_of(shell.job)), ("T", "T"))
                self.assertEqual(shell.front(), shell.pid)
                os.kill(shell.pid, signal.SIGUSR1)  # fg
                self.assertEqual(shell.wait_for("got "), "18")
                sides.wait_until(lambda: shell.front() == command, "the command is in front again")
                shell.type(b"\x1a")  # a second time is as the first
                self.assertEqual(shell.wait_for("stopped by "), "20")
                os.kill(shell.pid, signal.SIGUSR2)  # bg
                self.assertEqual(shell.wait_for("got "), "18")
                self.assertEqual(shell.front(), shell.pid)
                os.kill(shell.pid, signal.SIGUSR1)  # fg, of what runs
                sides.wait_until(lambda: shell.front() == command, "the command is in front again")
                shell.type(b"\x03")
                self.assertEqual(shell.wait_for("got 2"), "")

    def test_reading_from_behind_stops_the_job(self):
        reads = ["/bin/sh", "-c", "echo begins; read line; echo read $line"]
        shell = Shell(self, [self.ours["mitori-init"], "--", *reads], front=False)
        shell.wait_for("begins")
        shell.wait_for("stopped by ")
        self.assertEqual(sides.state_of(shell.command()), "T")
        self.assertEqual(shell.front(), shell.pid)
        os.kill(shell.pid, signal.SIGUSR1)
        sides.wait_until(lambda: shell.front() == shell.command(), "the command is in front")
        shell.type(b"hello\n")
        self.assertEqual(shell.wait_for("read "), "hello")

    def test_a_job_behind_does_not_take_the_terminal(self):
        for name in ("mitori-init", "tini", "catatonit"):
            with self.subTest(name=name):
                shell = Shell(self, [self.ours[name], *(["-s"] if name == "tini" else []), "--", *says_signals()], front=False)
                self.assertEqual(shell.wait_for("front "), "0")
                self.assertEqual(shell.front(), shell.pid)

    def test_the_terminal_is_given_back(self):
        for name in ("mitori-init", "tini", "catatonit"):
            with self.subTest(name=name):
                shell = Shell(self, [self.ours[name], *(["-s"] if name == "tini" else []), "--", "/bin/sh", "-c", "exit 5"])
                self.assertEqual(shell.wait_for("ended with "), "5, front job")

    def test_the_terminal_is_found_where_standard_input_is_not_it(self):
        inner = [self.ours["mitori-init"], "--", "/bin/sh", "-c", "read line </dev/tty; echo read $line"]
        shell = Shell(self, ["/bin/sh", "-c", 'exec "$@" </dev/null', "sh", *inner])
        sides.wait_until(lambda: shell.front() == shell.command(), "the command is in front")
        shell.type(b"hello\n")
        self.assertEqual(shell.wait_for("read "), "hello")

    def test_in_our_own_group_the_command_gets_what_is_typed_once(self):
        shell = Shell(self, [self.ours["mitori-init"], "--single-child", *says_signals(signal.SIGINT, signal.SIGUSR1)])
        self.assertEqual(shell.wait_for("front "), "1")
        for _ in range(5):
            shell.type(b"\x03")
            shell.wait_for("got 2")
            os.kill(shell.job, signal.SIGUSR1)
            self.assertEqual(shell.wait_for("got "), "10")

    def test_the_peers_have_the_faults_that_we_say_they_have(self):
        """mitori-init(1) lists them; a peer that has mended one is to be followed there."""
        for name, options in (("tini", ["-s"]), ("catatonit", [])):
            with self.subTest(name=name):
                behind = Shell(self, [self.peer[name], *options, "--", *says_signals()], front=False)
                self.assertEqual(behind.wait_for("front "), "1")
        shell = Shell(self, [self.peer["tini"], "-s", "--", *says_signals()])
        shell.wait_for("front ")
        shell.type(b"\x1a")
        sides.wait_until(lambda: sides.state_of(shell.command()) == "T", "the command has stopped")
        sides.wait_until(lambda: sides.state_of(shell.job) == "S", "tini sleeps on, between two looks")
        self.assertEqual(shell.front(), shell.command())

    def test_dumb_init_stops_with_its_session(self):
        """The terminal is the shell's session's, so ^Z reaches the init itself; then the whole session stops."""
        for side in (self.ours, self.peer):
            with self.subTest(path=side["dumb-init"]):
                command = ["/usr/bin/env", "python3", "-S", "-c", "import signal, os\n"
                           "signal.signal(signal.SIGCONT, lambda *_: os.write(1, b'goes on\\n'))\n"
                           "os.write(1, b'runs\\n')\nwhile True: signal.pause()"]
                shell = Shell(self, [side["dumb-init"], *command])
                shell.wait_for("runs")
                shell.type(b"\x1a")
                self.assertEqual(shell.wait_for("stopped by "), str(int(signal.SIGSTOP)))
                sides.wait_until(lambda: sides.state_of(shell.command()) == "T", "the command has stopped, too")
                os.kill(shell.pid, signal.SIGUSR1)
                shell.wait_for("goes on")
                sides.wait_until(lambda: sides.state_of(shell.job) == "S", "the init waits again")

    def test_a_session_leader_hands_its_terminal_to_the_new_session(self):
        """As process 1 of a container with a terminal is: ^C reaches the command's session only."""
        for init in ([self.ours["dumb-init"]], [self.peer["dumb-init"]], [self.ours["mitori-init"], "--session"]):
            with self.subTest(init=init):
                pid, terminal = pty.fork()
                if pid == 0:
                    os.execve(init[0], [*init, *says_signals(signal.SIGINT, signal.SIGHUP, signal.SIGTERM)], sides.ENVIRONMENT)
                leader = object.__new__(Shell)
                leader.pid = leader.job = pid
                leader.terminal, leader.seen = terminal, b""
                self.addCleanup(leader.end)
                self.assertEqual(leader.wait_for("front "), "1")
                leader.type(b"\x03")
                self.assertEqual(leader.wait_for("got "), "2")  # and not the SIGHUP of the change of hands
                os.kill(pid, signal.SIGTERM)
                self.assertEqual(leader.wait_for("got "), "15")


if __name__ == "__main__":
    sides.main()
