"""`mitori up` with a Procfile: foreman's behaviour, on the manager that everything else runs on."""

import json
import os
import pathlib
import pty
import signal
import subprocess
import time

import harness

APP = pathlib.Path(__file__).parent / "app"


class Run:
    """One `up` in the machine, whose output is read as it comes."""

    def __init__(self, case, *words, folder="/srv/app", env=None, stdout=subprocess.PIPE):
        inside = ["sh", "-c", 'cd "$0" && echo "pid $$" >&2 && exec "$@"', folder, "mitori", "up", *words]
        self.process = subprocess.Popen(case.machine.command(*inside, env=env, user=case.user), env=harness.ENVIRONMENT,
                                        stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE)
        self.pid = int(self.process.stderr.readline().split()[1])
        self.machine = case.machine
        self.seen = b""
        if stdout == subprocess.PIPE:
            os.set_blocking(self.process.stdout.fileno(), False)
        case.addCleanup(self.end)

    def text(self):
        self.seen += self.process.stdout.read() or b""
        return self.seen.decode(errors="replace")

    def wait_for(self, words):
        harness.wait_until(lambda: words in self.text(), f"up says {words!r}; it said {self.seen!r}")

    def signal(self, number):
        self.machine.kill(self.pid, number)

    def wait(self):
        """The exit status and everything that it said."""
        harness.wait_until(lambda: self.text() is not None and self.process.poll() is not None, "up ends")
        text = self.text()
        self.errors = self.process.stderr.read().decode()
        return self.process.returncode, text

    def end(self):
        while self.process.poll() is None:
            self.machine.run("kill", "-TERM", str(self.pid))
            if self.process.stdout:
                self.text()
            time.sleep(0.05)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


class UpCase(harness.Case):
    folder = __file__
    init = "reaper"
    user = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("Procfile", ".env"):
            cls.machine.write(f"/srv/app/{name}", (APP / name).read_text())

    def procfile(self, text, name="Procfile.test"):
        self.machine.write(f"/srv/app/{name}", text)
        return name

    def up(self, *words, **how):
        return Run(self, *words, **how)

    def run_to_its_end(self, text, *words, **how):
        return self.up("-f", self.procfile(text), "--no-timestamp", *words, **how).wait()

    def assertNobodyLeft(self):
        self.assertEqual([p for p in self.machine.processes() if p.name in ("sleep", "mitori") and p.state != "Z"], [])


class Up(UpCase):
    def test_each_process_has_its_port_its_name_and_the_environment(self):
        run = self.up("--no-timestamp")
        run.wait_for("hello")
        self.assertIn("web.1    | port 5000, I am web.1, hello # you from /srv/app\n", run.text())
        run.signal(signal.SIGINT)
        status, text = run.wait()
        self.assertEqual(status, 0, text)
        self.assertIn("system   | SIGINT received, starting shutdown\n"
                      "system   | sending SIGTERM to all processes\n", text)
        self.assertIn("worker.1 | terminated by SIGTERM\n", text)
        self.assertNobodyLeft()

    def test_a_time_stands_before_each_line(self):
        status, text = self.up("-f", self.procfile("a: echo hello\n")).wait()
        self.assertEqual(status, 0)
        for line in text.splitlines():
            self.assertRegex(line, r"^\d\d:\d\d:\d\d (a\.1   |system) \| ")

    def test_a_formation_says_how_many(self):
        text = "a: echo I am $PS at $PORT; sleep 1000\nb: echo I am $PS at $PORT; sleep 1000\n"
        run = self.up("-f", self.procfile(text), "--no-timestamp", "a=2", "-m", "b=1", "--port", "7000")
        for words in ("I am a.1 at 7000", "I am a.2 at 7001", "I am b.1 at 7100"):
            run.wait_for(words)
        run.signal(signal.SIGTERM)
        self.assertEqual(run.wait()[0], 0)
        run = self.up("-f", "Procfile.test", "--no-timestamp", "b")
        run.wait_for("I am b.1 at 5100")
        run.signal(signal.SIGTERM)
        self.assertNotIn("a.1", run.wait()[1])

    def test_the_first_failure_stops_all_and_is_the_exit_status(self):
        status, text = self.run_to_its_end("a: sleep 1000\nb: exit 3\n")
        self.assertEqual(status, 3, text)
        self.assertIn("b.1    | exited with code 3\nsystem | sending SIGTERM to all processes\n", text)
        self.assertIn("a.1    | terminated by SIGTERM\n", text)
        self.assertNobodyLeft()

    def test_an_end_without_a_failure_stops_all_too(self):
        status, text = self.run_to_its_end("a: sleep 1000\nb: true\n")
        self.assertEqual(status, 0, text)
        self.assertIn("a.1    | terminated by SIGTERM\n", text)

    def test_a_signal_is_128_and_its_number(self):
        self.assertEqual(self.run_to_its_end("a: sleep 1000\nb: kill -KILL $$\n")[0], 128 + 9)

    def test_keep_going_waits_for_all_of_them(self):
        text = "a: true\nb: sleep 0.2; exit 4\nc: sleep 0.4; exit 5\n"
        status, said = self.run_to_its_end(text, "--keep-going")
        self.assertEqual(status, 4, said)
        for end in ("a.1    | exited with code 0", "b.1    | exited with code 4", "c.1    | exited with code 5"):
            self.assertIn(end, said)
        self.assertNotIn("SIGTERM", said)

    def test_a_command_that_is_not_there_is_127_as_in_a_shell(self):
        status, text = self.run_to_its_end("a: no-such-command\n")
        self.assertEqual(status, 127, text)
        self.assertIn("not found", text)

    def test_a_second_signal_kills_at_once(self):
        name = self.procfile("a: trap '' TERM; echo ready; while :; do sleep 0.1; done\n")
        run = self.up("-f", name, "--timeout", "1000")
        run.wait_for("ready")
        run.signal(signal.SIGINT)
        run.wait_for("sending SIGTERM")
        run.signal(signal.SIGINT)
        status, text = run.wait()
        self.assertEqual(status, 0)
        self.assertIn("terminated by SIGKILL", text)
        self.assertNobodyLeft()

    def test_the_timeout_kills_who_does_not_listen(self):
        name = self.procfile("a: trap '' TERM; echo ready; while :; do sleep 0.1; done\n")
        run = self.up("-f", name, "-t", "0.3")
        run.wait_for("ready")
        run.signal(signal.SIGINT)
        self.assertIn("terminated by SIGKILL", run.wait()[1])

    def test_no_line_is_torn_or_lost(self):
        line, count = "x" * 300, 3000
        text = "".join(f"{name}: yes {line}{name} | head -n {count}\n" for name in "abc")
        status, said = self.run_to_its_end(text, "--keep-going")
        self.assertEqual(status, 0)
        for name in "abc":
            self.assertEqual(said.count(f"{name}.1    | {line}{name}\n"), count)
        self.assertEqual(len(said.splitlines()), 3 * count + 6)

    def test_last_words_come_before_the_end_is_told(self):
        status, text = self.run_to_its_end("a: printf 'no end of line'; exit 2\n")
        self.assertEqual(status, 2)
        self.assertIn("a.1    | no end of line\na.1    | exited with code 2\n", text)

    def test_raw_is_byte_for_byte(self):
        run = self.up("-f", self.procfile(r"a: printf 'a\0b\377\r\n\n\033[2Jx'" + "\n"), "--output", "raw")
        status, _ = run.wait()
        self.assertEqual((status, run.seen), (0, b"a\0b\xff\r\n\n\033[2Jx"))
        self.assertIn("mitori: a.1: exited with code 0", run.errors)

    def test_json_is_an_object_a_line(self):
        _, text = self.up("-f", self.procfile("a: echo hello; echo '<3>not a level'\n"), "-o", "json").wait()
        entries = [json.loads(line) for line in text.splitlines()]
        said = [entry for entry in entries if entry["MESSAGE"] == "hello"]
        self.assertEqual([(e["SYSLOG_IDENTIFIER"], e["_SYSTEMD_UNIT"]) for e in said], [("a.1", "a.1.service")])
        self.assertEqual([e["PRIORITY"] for e in entries if e["MESSAGE"] == "<3>not a level"], ["6"])

    def test_what_a_service_writes_cannot_drive_the_terminal(self):
        _, text = self.run_to_its_end(r"a: printf '\033[2J\033[31mred\n'" + "\n")
        self.assertIn("a.1    | \\x1b[2J\033[31mred\033[0m\n", text)

    def test_colours_are_for_terminals_and_not_where_they_are_forbidden(self):
        name = self.procfile("a: echo hello\n")
        for env, words, coloured in ((None, (), False), (None, ("--color",), True),
                                     ({"NO_COLOR": "1"}, ("--color",), False)):
            _, text = self.up("-f", name, *words, env=env).wait()
            self.assertEqual("\033[36m" in text, coloured, (env, words, text))
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        run = self.up("-f", name, stdout=theirs)
        os.close(theirs)
        seen = b""
        while b"exited" not in seen:
            seen += os.read(ours, 4096)
        self.assertIn(b"\033[36m", seen)
        run.process.wait(timeout=harness.LIMIT)

    def test_unit_files_on_a_terminal_are_a_table_that_leaves_its_last_state_behind(self):
        self.machine.write("/srv/live/short.service", "[Service]\nExecStart=/bin/sh -c 'echo hello; exit 6'\n")
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        run = self.up("/srv/live", stdout=theirs)
        os.close(theirs)
        seen = b""
        try:
            while chunk := os.read(ours, 4096):
                seen += chunk
        except OSError:
            pass  # nobody has the other end open any more
        self.assertEqual(run.process.wait(timeout=harness.LIMIT), 6)
        enter, leave = b"\033[?1049h", b"\033[?1049l"
        self.assertIn(enter, seen)
        left = seen[seen.index(leave):]
        self.assertRegex(left, rb"short\.service.*failed")
        self.assertRegex(left, rb"short +\| hello")

    def test_a_reader_that_stands_still_stops_the_writer_and_not_up(self):
        name = self.procfile("a: echo begin; yes\nb: sleep 1000\n")
        reads, writes = os.pipe()
        self.addCleanup(os.close, reads)
        run = self.up("-f", name, "--no-timestamp", stdout=writes)
        os.close(writes)
        harness.wait_until(lambda: [p for p in self.machine.processes() if p.name == "yes" and p.state == "S"],
                           "yes waits for its reader")
        run.signal(signal.SIGINT)
        self.assertEqual(run.process.wait(timeout=harness.LIMIT), 0)
        self.assertNobodyLeft()

    def test_bad_lines_are_named_with_their_place_and_nothing_starts(self):
        run = self.up("-f", self.procfile("web: echo hello\nno type\n"))
        status, text = run.wait()
        self.assertEqual((status, text), (125, ""))
        self.assertIn("Procfile.test:2:1: error: no process type (NAME: COMMAND)", run.errors)
        self.machine.write("/srv/app/bad.env", 'A=1\nB="open\n')
        run = self.up("-e", "bad.env")
        self.assertEqual(run.wait(), (125, ""))
        self.assertIn("bad.env:2:3: error: this quote is not closed", run.errors)
        run = self.up("wrker=2")
        self.assertEqual(run.wait(), (125, ""))
        self.assertIn('no process type "wrker"; did you mean worker?', run.errors)
        run = self.up(folder="/srv")
        self.assertEqual(run.wait(), (125, ""))
        self.assertIn("Procfile: No such file or directory", run.errors)

    def test_no_shell_stays_behind_a_simple_command(self):
        run = self.up("-f", self.procfile("a: sleep 1000\nb: cd / && sleep 1000\n"))
        harness.wait_until(lambda: len([p for p in self.machine.processes() if p.name == "sleep"]) == 2, "both run")
        self.assertEqual([p for p in self.machine.processes() if p.name == "sh"], [])
        run.signal(signal.SIGTERM)
        run.wait()

    def test_unit_files_and_a_procfile_run_together_in_order(self):
        self.machine.write("/srv/units/db.service", "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/sh -c "
                           "'echo preparing; sleep 0.2; echo is up; systemd-notify --ready || echo no notify; "
                           "exec sleep 1000'\n")
        self.machine.write("/srv/units/seed.service", "[Unit]\nAfter=db.service web.1.service\n[Service]\nType=oneshot\n"
                           "ExecStart=/bin/echo seeded\n")
        self.machine.write("/srv/units/web.1.service.d/order.conf", "[Unit]\nAfter=db.service\n")
        run = self.up("-f", self.procfile("web: echo web runs; exec sleep 1000\n"), "--no-timestamp", "../units")
        for words in ("web runs", "seeded"):
            run.wait_for(words)
        said = run.text()
        self.assertLess(said.index("| is up"), said.index("started with pid"), said)
        run.signal(signal.SIGINT)
        self.assertEqual(run.wait()[0], 0)
        self.assertNobodyLeft()

    def test_the_same_manager_answers_clients(self):
        run = self.up("--runtime-dir", "/run/up-test", "--no-timestamp")
        run.wait_for("hello")
        shown = self.ok(self.machine.mitori("--runtime-dir", "/run/up-test", "show", "web.1", "-p", "SourcePath"))
        self.assertEqual(shown.strip(), "SourcePath=/srv/app/Procfile")
        self.ok(self.machine.mitori("--runtime-dir", "/run/up-test", "stop", "worker.1"))
        run.wait_for("worker.1 | terminated by SIGTERM")
        self.assertIsNone(run.process.poll(), "a stop that somebody asked for ends nothing else")
        run.signal(signal.SIGTERM)
        self.assertEqual(run.wait()[0], 0)


class UpOfAUser(UpCase):
    """Without control groups and without privilege."""

    groups = "none"
    user = "tester"

    def test_a_stop_reaches_grandchildren_that_have_left(self):
        name = self.procfile("a: setsid sleep 1000 & echo ready; sleep 1000; true\nb: sleep 1000\n")
        run = self.up("-f", name, "--no-timestamp")
        run.wait_for("a.1    | ready")
        harness.wait_until(lambda: len([p for p in self.machine.processes() if p.name == "sleep"]) == 3, "all run")
        run.signal(signal.SIGINT)
        self.assertEqual(run.wait()[0], 0)
        self.assertNobodyLeft()

    def test_the_first_failure_is_the_exit_status(self):
        status, text = self.run_to_its_end("a: sleep 1000\nb: echo $USER at $PORT; exit 7\n")
        self.assertEqual(status, 7, text)
        self.assertIn("b.1    | tester at 5100\n", text)
        self.assertNobodyLeft()


if __name__ == "__main__":
    harness.main()
