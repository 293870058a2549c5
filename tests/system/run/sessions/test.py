"""`mitori run --new-session` beside util-linux's `setsid --wait`: session, group and terminal of the command, its end, and
what a signal does. Where we differ, it is by intent, and a test says so."""

import os
import pathlib
import pty
import select
import shutil
import signal
import subprocess
import unittest

import harness

SETSID = ["setsid", "--fork", "--wait"]
OURS = [harness.MITORI, "run", "--new-session", "--limit", "core=0", "--"]
BOTH = {"setsid": SETSID, "ours": OURS}
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
DEADLY = [n for n in range(1, 65) if n not in (17, 18, 19, 20, 21, 22, 23, 28, 32, 33)]
# Who it is in numbers that differ from run to run, made the same: is it the leader, has it a terminal?
WHO = ("set -- $(ps -o pgid=,sid=,tty= -p $$); "
       '[ $1 = $$ ]; echo leads its group: $?; [ $2 = $$ ]; echo leads its session: $?; echo terminal: $3; '
       "(: </dev/tty) 2>/dev/null; echo can open it: $?; tty >/dev/null; echo input is one: $?")


def run(*words, **how):
    return subprocess.run(words, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=harness.LIMIT * 2, **how)


class OnTerminal:
    """A command that leads a session with a terminal of its own."""

    def __init__(self, case, *words):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(words[0], words, ENVIRONMENT)
        self.said = ""
        case.addCleanup(self.close)

    def close(self):
        os.close(self.terminal)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read(self):
        """What is there now is added to `said`; False at the end."""
        if not select.select([self.terminal], [], [], 0.02)[0]:
            return True
        try:
            text = os.read(self.terminal, 4096).decode()
        except OSError:  # EIO: nobody has it open any more
            return False
        self.said += text.replace("\r\n", "\n")
        return bool(text)

    def wait_for(self, words):
        harness.wait_until(lambda: self.read() and words in self.said or words in self.said, f"{words!r} is said")

    def status(self):
        """As a shell has it."""
        harness.wait_until(lambda: not self.read() or os.waitid(
            os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT), "it ends")
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return code if code >= 0 else 128 - code


def session_of(pid):
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return int(stat[stat.rindex(")") + 2 :].split()[3])


def lives(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Sessions(unittest.TestCase):
    maxDiff = None

    def end_with_its_group(self, pid):
        """Who is kept keeps the group, which nobody is left to remove."""
        own, its = (pathlib.Path(f"/proc/{who}/cgroup").read_text().splitlines() for who in ("self", pid))
        os.kill(pid, signal.SIGKILL)
        harness.wait_until(lambda: not lives(pid), "it has ended")
        group = next((line[3:] for line in its if line.startswith("0::") and line not in own), None)
        if group:
            top = harness.own_group_directory().joinpath(os.path.relpath(group, own[-1][3:]))
            harness.wait_until(lambda: self.removed(top) and self.removed(top.parent), f"{top} can be removed")

    @staticmethod
    def removed(folder):
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return False
        return True

    @classmethod
    def setUpClass(cls):
        missing = [name for name in ("setsid", "ps", "tty") if not shutil.which(name)]
        if missing or not harness.MITORI:
            raise unittest.SkipTest(f"missing: {' '.join(missing) or 'MITORI'}")

    def test_the_command_leads_a_session_and_has_no_terminal(self):
        answers = {}
        for name, words in BOTH.items():
            screen = OnTerminal(self, *words, "sh", "-c", WHO)
            answers[name] = (screen.status(), screen.said)
        self.assertEqual(answers["ours"], answers["setsid"])
        self.assertEqual(answers["ours"][1].splitlines(), [
            "leads its group: 0", "leads its session: 0", "terminal: ?", "can open it: 2", "input is one: 0"])

    def test_without_a_terminal_likewise(self):
        ours, theirs = (run(*words, "sh", "-c", WHO) for words in (OURS, SETSID))
        self.assertEqual((ours.returncode, ours.stdout), (theirs.returncode, theirs.stdout))
        self.assertIn("leads its session: 0\nterminal: ?\n", ours.stdout)

    def test_each_exit_status_is_the_commands_own(self):
        script = 'i=0; while [ $i -lt 256 ]; do "$@" sh -c "exit $i"; echo $?; i=$((i + 1)); done'
        for name, words in BOTH.items():
            with self.subTest(name):
                self.assertEqual(run("sh", "-c", script, "sh", *words).stdout.split(), [str(n) for n in range(256)])

    def test_what_cannot_be_executed(self):
        for command, status in (("/proc/nonexistent/x", 127), ("no-such-command", 127), ("/tmp", 126), ("/etc/passwd", 126)):
            for name, words in BOTH.items():
                with self.subTest(name, command=command):
                    self.assertEqual(run(*words, command).returncode, status)

    def test_by_intent_a_signal_is_128_and_its_number(self):
        """setsid answers with the number alone, which an exit could have, too: as 15 for `exit 15` and for SIGTERM."""
        script = 'for i in %s; do "$@" sh -c "kill -$i \\$\\$"; echo $?; done' % " ".join(map(str, DEADLY))
        limited = f"ulimit -c 0; {script}"
        self.assertEqual(run("sh", "-c", limited, "sh", *OURS).stdout.split(), [str(128 + n) for n in DEADLY])
        self.assertEqual(run("sh", "-c", limited, "sh", *SETSID).stdout.split(), [str(n) for n in DEADLY])

    def test_by_intent_a_signal_to_us_reaches_the_command(self):
        """setsid ends and leaves its command running: here that goes for an interrupt from the terminal, and for
        SIGTERM."""
        script = 'trap "echo got it; exit 7" INT TERM; echo I am $$; while :; do sleep 0.05; done'
        for end in (lambda screen: screen.type("\x03"), lambda screen: os.kill(screen.pid, signal.SIGTERM)):
            for name, words in BOTH.items():
                screen = OnTerminal(self, *words, "sh", "-c", script)
                screen.wait_for("\n")
                pid = int(screen.said.split("I am ")[1].split()[0])
                self.assertEqual(session_of(pid), pid)
                end(screen)
                with self.subTest(name):
                    if name == "ours":
                        screen.wait_for("got it")
                        self.assertEqual(screen.status(), 7)
                        self.assertFalse(lives(pid))
                    else:
                        harness.wait_until(lambda: not lives(screen.pid), "setsid has ended")
                        self.assertTrue(lives(pid))
                        os.kill(pid, signal.SIGKILL)
                        self.assertIn(screen.status(), (128 + signal.SIGINT, 128 + signal.SIGTERM))

    def test_by_intent_nothing_is_left(self):
        """What the command leaves behind goes on by setsid; ours ends it, unless it is told to --keep it."""
        script = "sleep 1000 >/dev/null 2>&1 & echo $!"
        for words, stays in ((SETSID, True), (OURS, False), ([*OURS[:-1], "--keep", "--"], True)):
            pid = int(run(*words, "sh", "-c", script).stdout)
            with self.subTest(words=words):
                self.assertEqual(lives(pid), stays)
            if lives(pid):
                self.end_with_its_group(pid)


if __name__ == "__main__":
    harness.main()
