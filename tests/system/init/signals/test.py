"""Which signals reach the command, and as what: each signal through mitori-init under each name and through the peer of
that name, as process 1 and as an ordinary process."""

import os
import pathlib
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import sides  # noqa: E402  (the folder of all cases of mitori-init)

RECORDER = ["/usr/bin/env", "python3", "-S", str(pathlib.Path(__file__).with_name("recorder.py"))]
ALL = [n for n in range(1, 64) if n not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, 32, 33)]
MARK = 64  # forwarded by every program, and after all others that wait with it


class Running:
    """A program with a command that records signals, or with any other."""

    def __init__(self, case, path, *options, first=False, command=RECORDER, env=None, words="ready"):
        before = sides.FIRST if first else []
        self.first = first
        self.process = subprocess.Popen([*before, path, *options, "--", *command], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**sides.ENVIRONMENT, **(env or {})})
        case.addCleanup(self.end)
        self.rest = b""
        if words:
            self.wait_for_line(words)
        self.pid = sides.wait_until(lambda: sides.children_of(self.process.pid), "process 1")[0] if first else self.process.pid
        self.child = sides.wait_until(lambda: sides.children_of(self.pid), "the command")[0]
        self.handle = os.pidfd_open(self.child)

    def line(self):
        end = time.monotonic() + sides.harness.LIMIT
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            more = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not more:
                raise AssertionError(f"no more lines; had {self.rest}")
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        return line.decode()

    def wait_for_line(self, wanted):
        while self.line() != wanted:
            pass

    def kill(self, number):
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def comes_of(self, number):
        """What a signal to the init does: what the command gets, and that the two stop; or how the init ends."""
        self.kill(number)
        self.kill(MARK)
        got = []
        while (seen := self.next_event()) != MARK:
            got.append(seen)
            if seen == "stops":
                # Whoever is continued may run before SIGCONT is there for it to see: another mark.
                self.kill(signal.SIGCONT)
                self.wait_for_mark(got)
                self.kill(MARK)
            if isinstance(seen, str) and seen.startswith("ends"):
                return seen
        return sorted(map(str, got))

    def wait_for_mark(self, got):
        while (seen := int(self.line())) != MARK:
            got.append(seen)

    def next_event(self):
        """The next signal that the command has got, or a word on what has become of the init."""
        end = time.monotonic() + sides.harness.LIMIT
        while time.monotonic() < end:
            if self.rest or select.select([self.process.stdout], [], [], 0.02)[0]:
                return int(self.line())
            state = sides.state_of(self.pid)
            if state in ("", "Z"):
                return f"ends by {self.status()}"
            # The kernel stops no process 1 that asks to be.
            if state == "T" or (self.first and sides.state_of(self.child) == "T"):
                return "stops"
        raise AssertionError("neither has the command got a signal nor has the init stopped or ended")

    def status(self):
        return self.process.wait(sides.harness.LIMIT)

    def end(self):
        """The command first: an init that has ended has left it behind."""
        if hasattr(self, "handle"):
            try:
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.close(self.handle)
            del self.handle
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def end_pid(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Signals(sides.Case):
    def effects(self, path, *options, first=False, signals=ALL):
        """Signal by signal; a program that one has ended is started again."""
        found, running = {}, None
        for number in signals:
            running = running or Running(self, path, *options, first=first)
            found[number] = running.comes_of(number)
            if isinstance(found[number], str):
                running.end()
                running = None
        if running:
            running.end()
        return found

    def test_each_signal_as_each_peer_has_it(self):
        rows = [("tini", ["-s"]), ("tini", ["-s", "-g"]), ("catatonit", []), ("catatonit", ["-g"]), ("dumb-init", ["-c"]),
                ("dumb-init", []), ("dumb-init", ["-r", "15:2", "-r", "1:0", "-r", "20:3"])]
        for name, options in rows:
            for first in (False, True):
                with self.subTest(name=name, options=options, first=first):
                    ours = self.effects(self.ours[name], *options, first=first)
                    theirs = self.effects(self.peer[name], *options, first=first)
                    self.assertEqual(ours, theirs)

    def test_each_signal_through_our_own_name(self):
        """All are forwarded, also those that nobody else does: 128 and more would otherwise be ours."""
        for options in ([], ["-g"]):
            for first in (False, True):
                with self.subTest(options=options, first=first):
                    found = self.effects(self.ours["mitori-init"], *options, first=first)
                    self.assertEqual(found, {number: [str(number)] for number in ALL})

    def test_rewrites_by_name_and_number(self):
        found = self.effects(self.ours["mitori-init"], "-r", "TERM:INT", "-r", "1:0", "-r", "RTMIN:USR2", "-r", "ABRT:34",
                             signals=(1, 2, 6, 15, 34, 35))
        self.assertEqual(found, {1: [], 2: ["2"], 6: ["34"], 15: ["2"], 34: ["12"], 35: ["35"]})

    # -- groups

    def sleeper_after_term(self, path, *options):
        """The child of a shell, when the init has got SIGTERM and has ended."""
        running = Running(self, path, *options, command=["sh", "-c", "sleep 1000 & echo $!; wait"], words="")
        sleeper = int(running.line())
        self.addCleanup(end_pid, sleeper)
        running.kill(signal.SIGTERM)
        self.assertEqual(running.process.wait(sides.harness.LIMIT), 143)
        return sleeper

    def test_the_group_gets_the_signal_where_asked(self):
        for name, options in (("tini", ["-sg"]), ("catatonit", ["-g"]), ("dumb-init", []), ("mitori-init", ["-g"]),
                              ("mitori-init", ["-E"]), ("mitori-init", ["-S"])):
            for side in (self.ours, self.peer):
                if name in side:
                    with self.subTest(path=side[name], options=options):
                        sleeper = self.sleeper_after_term(side[name], *options)
                        sides.wait_until(lambda: sides.state_of(sleeper) in ("", "Z"), "the whole group has ended")

    def test_only_the_command_gets_it_otherwise(self):
        for name, options in (("tini", ["-s"]), ("catatonit", []), ("dumb-init", ["-c"]), ("mitori-init", [])):
            for side in (self.ours, self.peer):
                if name in side:
                    with self.subTest(path=side[name], options=options):
                        sleeper = self.sleeper_after_term(side[name], *options)
                        sides.wait_until(lambda: sides.state_of(sleeper) == "S", "it sleeps on")

    # -- stopped commands

    def test_a_stopped_command_goes_on_when_the_init_is_told_so(self):
        for name, path in self.programs():
            for first in (False, True):
                with self.subTest(path=path, first=first):
                    running = Running(self, path, *(["-s"] if name == "tini" else []), first=first)
                    os.kill(running.child, signal.SIGSTOP)
                    sides.wait_until(lambda: sides.state_of(running.child) == "T", "it has stopped")
                    sides.wait_until(lambda: sides.state_of(running.pid) == "S", "the init goes on waiting")
                    running.kill(signal.SIGCONT)
                    self.assertEqual(running.line(), str(int(signal.SIGCONT)))
                    running.end()

    def test_what_is_sent_to_a_stopped_command_waits_for_it(self):
        for name, path in self.programs():
            with self.subTest(path=path):
                running = Running(self, path, *(["-s"] if name == "tini" else []))
                os.kill(running.child, signal.SIGSTOP)
                sides.wait_until(lambda: sides.state_of(running.child) == "T", "it has stopped")
                running.kill(signal.SIGUSR2)
                running.kill(signal.SIGCONT)
                self.assertEqual({running.line(), running.line()}, {"12", "18"})
                running.end()

    # -- our own life

    def test_the_parents_death_is_told(self):
        for path, options in ((self.ours["tini"], ["-s", "-p", "SIGUSR2"]), (self.peer["tini"], ["-s", "-p", "SIGUSR2"]),
                              (self.ours["mitori-init"], ["-p", "USR2"])):
            with self.subTest(path=path):
                shell = subprocess.Popen(["sh", "-c", '"$@" & wait', "sh", path, *options, "--", *RECORDER],
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
                self.assertEqual(shell.stdout.readline(), b"ready\n")
                init = sides.children_of(shell.pid)[0]
                command = sides.children_of(init)[0]
                shell.kill()
                shell.wait()
                self.assertEqual(shell.stdout.readline(), b"12\n")
                os.kill(command, signal.SIGKILL)
                shell.stdout.close()

    def test_a_pause_ends_by_two_signals_only(self):
        for path in (self.ours["catatonit"], self.peer["catatonit"], self.ours["mitori-init"]):
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(path=path, number=number):
                    process = subprocess.Popen([path, "-P"], stdin=subprocess.DEVNULL)
                    self.addCleanup(process.wait)
                    self.addCleanup(process.kill)
                    sides.wait_until(lambda: sides.state_of(process.pid) == "S", "it waits")
                    for other in (signal.SIGHUP, signal.SIGUSR1, signal.SIGTSTP, signal.SIGQUIT):
                        process.send_signal(other)
                    process.send_signal(number)
                    self.assertEqual(process.wait(sides.harness.LIMIT), 0)

    def test_a_pause_reaps_what_comes_to_it(self):
        """Process 1 of a namespace, into which a shell leaves an orphan."""
        process = subprocess.Popen([*sides.FIRST, self.ours["mitori-init"], "--pause"], stdin=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        first = sides.wait_until(lambda: sides.children_of(process.pid), "process 1")[0]
        enter = ["nsenter", "-t", str(first), "-p", "--", "sh", "-c", "(sleep 0.1 & exec true) & sleep 0.05"]
        subprocess.run(enter, check=True, stdin=subprocess.DEVNULL)
        sides.wait_until(lambda: not sides.children_of(first), "the orphan is gone")
        os.kill(first, signal.SIGTERM)
        self.assertEqual(process.wait(sides.harness.LIMIT), 0)

    def test_signals_arrive_where_newer_calls_are_forbidden(self):
        newer = ["424", "436"]  # pidfd_send_signal, close_range
        forbids = str(pathlib.Path(__file__).parents[1] / "forbids.py")
        for options in ([], ["-g"]):
            with self.subTest(options=options):
                init = [self.ours["mitori-init"], *options, "--", *RECORDER]
                running = Running(self, sys.executable, forbids, *newer, command=init)
                for number in (1, 2, 15, 34):
                    self.assertEqual(running.comes_of(number), [str(number)])

    def test_words_that_nobody_reads_are_no_signal_for_the_command(self):
        """We write to a pipe whose reader has gone, and SIGPIPE is ours alone."""
        reader, writer = os.pipe()
        process = subprocess.Popen([self.ours["mitori-init"], "-vvv", "--", *RECORDER], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=writer)
        self.addCleanup(process.kill)
        os.close(writer)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        os.close(reader)
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.stdout.readline(), b"1\n")
        process.send_signal(signal.SIGUSR2)
        self.assertEqual(process.stdout.readline(), b"12\n")
        os.kill(sides.children_of(process.pid)[0], signal.SIGKILL)
        self.assertEqual(process.wait(sides.harness.LIMIT), 137)
        process.stdout.close()


if __name__ == "__main__":
    sides.main()
