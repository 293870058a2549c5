"""`mitori top` in tmux, as people use it: screens of three sizes, keys and the mouse, signals with their confirmation,
and the terminal as it was before whenever it ends. Processes are those of a machine of its own."""

import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile

import harness

SCREENS = pathlib.Path(__file__).resolve().parent / "screens"
COLOUR = re.compile(r"\x1b\[(?:[0-9]+;)*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|[34]8;)[0-9;]*m")


class Window:
    """A tmux server of its own with one window: a bash with job control and a prompt of one character."""

    def __init__(self, case, columns=80, rows=24):
        self.case = case
        self.folder = tempfile.mkdtemp(prefix="mitori-tmux-")
        case.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.socket = os.path.join(self.folder, "socket")
        self.environment = {"PATH": harness.ENVIRONMENT["PATH"], "LANG": "C.UTF-8", "TERM": "screen-256color",
                            "HOME": self.folder, "TZ": "UTC"}
        config = os.path.join(self.folder, "config")
        pathlib.Path(config).write_text("set -g default-terminal screen-256color\nset -g escape-time 0\n")
        self.tmux("-f", config, "new-session", "-d", "-x", str(columns), "-y", str(rows),
                  "bash --norc --noprofile -i")
        case.addCleanup(self.tmux, "kill-server")
        self.wait_for("bash-")
        self.line("PS1='% '")
        self.wait_for("\n%")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-u", "-S", self.socket, *words], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=harness.LIMIT)

    def type(self, *keys):
        self.tmux("send-keys", *keys)

    def write(self, text):
        self.tmux("send-keys", "-l", text)

    def line(self, text):
        self.write(text)
        self.type("Enter")

    def mouse(self, button, column, row):
        """A press, as terminals of this kind tell of it; the first column and row are 0."""
        for what in (button, 3) if button < 64 else (button,):  # a wheel is not let go
            self.tmux("send-keys", "-H", "1b", "5b", "4d", *(f"{32 + n:x}" for n in (what, column + 1, row + 1)))

    def text(self, *how):
        return self.tmux("capture-pane", "-p", *how).stdout

    def wait_until(self, holds, what):
        try:
            harness.wait_until(holds, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; there is:\n{self.text()}") from None

    def wait_for(self, *words, absent=()):
        def there():
            text = self.text()
            return all(word in text for word in words) and not any(word in text for word in absent)

        self.wait_until(there, f"{words!r} on the screen, without {absent!r}")

    def top(self, *options, env=None, user=None):
        """Starts it, and waits for the second picture, which has the manager's units."""
        words = self.case.machine.command("mitori", "top", *options, env={"TZ": "UTC", **(env or {})}, user=user)
        # The prompt that comes back must not be taken for one that was there before.
        self.line("clear; " + shlex.join(words) + "; echo sta''tus $?")
        self.wait_for("COMMAND")


class Top(harness.Case):
    folder = __file__

    @classmethod
    def setUpClass(cls):
        if not shutil.which("tmux"):
            raise harness.unittest.SkipTest("missing: tmux")
        super().setUpClass()
        cls.machine.mitori("start", "broken")
        cls.machine.wait_for("broken.service", ActiveState="failed")

    def setUp(self):
        self.start("family", "again", "talker")
        self.window = Window(self)

    def tearDown(self):
        self.stop("family", "again", "talker")

    def pid_of(self, word):
        """Of the one process whose last argument that is."""
        found = [p.pid for p in self.machine.processes()
                 if pathlib.Path(f"{self.machine.root}/proc/{p.pid}/cmdline").read_bytes().endswith(f"\0{word}\0".encode())]
        self.assertEqual(len(found), 1, word)
        return found[0]

    def is_alive(self, word):
        return any(f"\0{word}\0".encode() in path.read_bytes() for path in self.command_lines())

    def command_lines(self):
        return [path for p in self.machine.processes()
                if (path := pathlib.Path(f"{self.machine.root}/proc/{p.pid}/cmdline")).exists()]

    # -- what it looks like

    @staticmethod
    def masked(text):
        """Without what differs from one moment, and one machine, to the next: figures and graphs."""
        text = re.sub("[▁▂▃▄▅▆▇█]+", "~", text)
        text = re.sub(r"up (\d+ d )?\d+:\d+", "up T", text)
        text = re.sub(r"\b\d+(?:[.:]\d+)*(?:[KMGT]\b|%)?", "#", text)
        text = re.sub(r"(?m)(?<= )-(?= |$)|(?<=\s)-(?=\s)", "#", text)  # what is not told here is told elsewhere
        text = re.sub(r"(?m)^( *#( \w+)?( #)?( #)?) [RSD] ", r"\1 S ", text)
        return "\n".join(re.sub(r"\s+", " ", line).strip() for line in text.splitlines()).strip() + "\n"

    def test_screens_of_three_sizes(self):
        for columns, rows in ((80, 24), (132, 43), (40, 10)):
            with self.subTest(size=f"{columns}x{rows}"):
                window = Window(self, columns, rows)
                window.top("--sort", "pid", "--unit", "family")
                window.wait_for("family.service", "sleep 1002" if columns > 40 else "sleep 100")
                # The second picture, with the manager's words and the rates of the time between.
                window.wait_until(lambda: re.search("[▁-█]{2}", window.text()) and re.search(r"\)[ 0-9]+A ", window.text())
                                  and (columns == 40 or "s in," in window.text()), "all is told")
                shown = window.text()
                self.assertTrue(all(len(line) <= columns for line in shown.splitlines()), shown)
                golden = SCREENS / f"{columns}x{rows}.txt"
                self.assertEqual(self.masked(shown), golden.read_text(), shown)
                window.type("q")
                window.wait_for("status 0")

    def test_units_stand_with_their_state_and_restarts(self):
        old = self.pid_of("1003")
        self.machine.kill(old)
        harness.wait_until(lambda: self.machine.show("again", "NRestarts") != "0", "it was started again")
        self.window.top()
        self.window.wait_until(lambda: re.search(r" A .* [1-9]\d* - again\.service", self.window.text()),
                               "the restart is counted")
        self.window.wait_until(lambda: re.search(r" F .*broken\.service failed", self.window.text()),
                               "the unit that failed stands there")

    def test_no_colour_when_told(self):
        self.window.top()
        self.window.wait_until(lambda: COLOUR.search(self.window.text("-e")), "there is colour")
        self.window.type("q")
        self.window.wait_for("status 0")
        for options, env in ((["--no-color"], {}), ([], {"NO_COLOR": "1"})):
            self.window.top(*options, env=env)
            self.window.wait_for("family.service")
            self.assertIsNone(COLOUR.search(self.window.text("-e")))
            self.window.type("q")
            self.window.wait_for("status 0")

    def test_ascii_where_the_locale_knows_nothing_else(self):
        self.window.top("--unit", "family", env={"LC_ALL": "C"})
        self.window.wait_for("`-sleep 1002")
        self.assertTrue(self.window.text().isascii())

    # -- keys

    def test_filter_search_sort_and_fold(self):
        window = self.window
        window.top("-d", "0.3")
        window.wait_for("family.service", "again.service")
        window.write("\\sleep 100")
        window.type("Enter")
        window.wait_for("sleep 1001", "sleep 1003", "filter 'sleep 100'", absent=("mitori manager",))
        window.type("Escape")
        window.wait_for("mitori manager", absent=("filter '",))
        window.write("/1002")
        window.type("Enter")
        window.write("i")
        window.wait_for("inspect", "sleep 1002")
        window.write("q")
        window.write("M")
        window.wait_for("sorted by mem")
        window.write("t")
        window.wait_for("sleep 1001", absent=("family.service",))
        window.write("t")
        window.write("\\family")
        window.type("Enter")
        window.type("Home")
        window.write(" ")
        window.wait_for("+ family.service", absent=("sleep 1001",))
        window.type("Right")
        window.wait_for("- family.service", "sleep 1001")
        window.write("q")
        window.wait_for("status 0")

    def test_the_mouse_selects_sorts_and_scrolls(self):
        window = self.window
        window.top("--unit", "family", "-d", "0.3")
        window.wait_for("sleep 1002")
        row = next(n for n, line in enumerate(window.text().splitlines()) if "sleep 1002" in line)
        window.mouse(0, 70, row)
        window.write("i")
        window.wait_for("inspect", "sleep 1002", absent=("COMMAND",))
        before = window.text()
        window.mouse(65, 5, 5)
        window.wait_until(lambda: window.text() != before, "the wheel scrolls")
        window.write("q")
        window.wait_for("COMMAND")
        window.mouse(0, 4, 5)
        window.wait_for("sorted by pid")

    def test_a_signal_asks_first_and_hits_whom_it_names(self):
        window = self.window
        window.top("--unit", "family", "-d", "0.3")
        window.wait_for("sleep 1001")
        window.write("/sleep 1001")
        window.type("Enter")
        window.write("k")
        window.wait_for("Signal to", "TERM")
        window.type("Enter")
        window.wait_for("SIGTERM to 1 process?", "sleep 1001", "any other key: to nobody", absent=("sleep 1002",))
        window.write("n")
        window.wait_for("nothing was sent")
        self.assertTrue(self.is_alive("1001"))
        window.write("k")
        window.type("Enter")
        window.wait_for("SIGTERM to 1 process?")
        window.write("y")
        window.wait_for("SIGTERM to 1 process")
        harness.wait_until(lambda: not self.is_alive("1001"), "it has ended")
        self.assertTrue(self.is_alive("1002"))
        self.assertTrue(self.is_alive("1003"))
        window.type("Home")
        window.write("k")
        window.wait_for("Signal to family.service")
        window.type("Enter")
        window.wait_for("SIGTERM to 2 processes?", "sleep 1002", absent=("1003",))
        window.write("y")
        harness.wait_until(lambda: not self.is_alive("1002"), "the unit's processes have ended")
        self.assertTrue(self.is_alive("1003"))

    def test_panes_show_what_the_verbs_say(self):
        window = self.window
        self.machine.kill(self.pid_of("1003"), signal.SIGTERM)
        harness.wait_until(lambda: "SIGTERM" in self.machine.mitori("why", "again").stdout, "the ledger has the death")
        window.top("-d", "0.3")
        window.wait_for("talker.service", "again.service")
        window.write("/talker.service")
        window.type("Enter")
        window.write("l")
        window.wait_for("logs of talker.service", "some last words")
        window.write("q")
        window.write("u")
        window.wait_for("unit talker.service", "active (running)")
        window.write("q")
        window.write("/again.service")
        window.type("Enter")
        window.write("w")
        window.wait_for("why again.service", "SIGTERM")
        window.write("q")
        window.write("?")
        window.wait_for("mitori top: keys")
        window.type("Escape")
        window.wait_for("COMMAND")

    # -- the terminal

    def test_a_new_size_is_a_new_picture(self):
        window = self.window
        window.top("--unit", "family")
        window.wait_for("sleep 1002", absent=("TIME+",))
        window.tmux("resize-window", "-x", "132", "-y", "43")
        window.wait_for("TIME+", "sleep 1002")
        window.tmux("resize-window", "-x", "40", "-y", "10")
        window.wait_for("COMMAND", absent=("TIME+", "USER"))
        window.tmux("resize-window", "-x", "5", "-y", "2")
        window.tmux("resize-window", "-x", "80", "-y", "24")
        window.wait_for("USER", "sleep 1002")

    def settings(self):
        self.window.line("clear; stty -a; echo en''d")
        self.window.wait_for("end")
        return self.window.text()

    def test_the_terminal_is_as_it_was_at_every_end(self):
        before = self.settings()
        for end in ("q", "F10", signal.SIGTERM, signal.SIGHUP):
            with self.subTest(end=end):
                self.window.top("-d", "0.3")
                self.window.wait_for("family.service")
                if isinstance(end, str):
                    self.window.type(end)
                else:
                    self.machine.kill(self.top_pid(), end)
                status = 0 if isinstance(end, str) else 128 + end
                self.window.wait_for(f"status {status}", absent=("COMMAND", "family.service"))
                self.assertEqual(self.settings(), before)

    def top_pid(self):
        found = [p.pid for p in self.machine.processes()
                 if b"mitori\0top" in pathlib.Path(f"{self.machine.root}/proc/{p.pid}/cmdline").read_bytes()]
        self.assertEqual(len(found), 1)
        return found[0]

    def test_it_stops_and_goes_on(self):
        """Outside of the machine: job control is between a shell and its own jobs."""
        window = self.window
        window.line(f"clear; {shlex.quote(harness.MITORI)} top")
        window.wait_for("COMMAND")
        window.type("C-z")
        window.wait_for("Stopped", absent=("COMMAND",))
        window.line("echo the shell sp''eaks")
        window.wait_for("the shell speaks")
        window.line("fg")
        window.wait_for("COMMAND", "k:signal", absent=("the shell speaks",))
        window.type("C-c")
        window.wait_for("the shell speaks", absent=("COMMAND",))
        window.line("echo sta''tus $?")
        window.wait_for("status 0")

    # -- without a terminal

    def test_without_a_terminal_it_says_so(self):
        answer = self.machine.mitori("top")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("no terminal", answer.stderr)
        answer = self.machine.mitori("top", "--sort", "beauty")
        self.assertEqual((answer.returncode, answer.stdout), (1, ""))
        self.assertIn("Unknown field 'beauty'", answer.stderr)
        self.assertIn("--iterations", self.ok(self.machine.mitori("top", "--help")))

    def test_no_other_start_loads_its_library(self):
        needed = subprocess.run(["ldd", harness.MITORI], capture_output=True, text=True, check=True).stdout
        self.assertIn("libc.so", needed)
        self.assertNotRegex(needed, "curses|tinfo")

    def test_batch_prints_looks(self):
        text = self.ok(self.machine.mitori("top", "-b", "-n", "2", "-d", "0.2"))
        self.assertEqual(text.count("mitori top - "), 2)
        self.assertNotIn("\x1b", text)
        self.assertNotRegex(text, r" \n")
        self.assertEqual(len(re.findall(r"(?m) sleep 1001$", text)), 2)
        pid = self.pid_of("1001")
        only = self.ok(self.machine.mitori("top", "-bn1", "-p", str(pid)))
        self.assertRegex(only, rf"(?m)^ *{pid} root .* sleep 1001$")
        self.assertNotIn("sleep 1002", only)
        tree = self.ok(self.machine.mitori("top", "-bn1", "--tree", "--unit", "family", "-o", "pid"))
        self.assertRegex(tree, r"(?s)family\.service\n.*└─/bin/sh.*├─sleep 1001\n.*└─sleep 1002")

    def test_json_has_what_the_screen_has(self):
        answer = self.ok(self.machine.mitori("top", "-bn1", "-o", "json"))
        look = json.loads(answer)
        groups = {group["name"]: group for group in look["groups"]}
        self.assertEqual(groups["broken.service"]["active_state"], "failed")
        self.assertEqual(groups["family.service"]["processes"], 3)
        self.assertIs(look["manager"], True)
        (one,) = [p for p in look["processes"] if p["command"] == "sleep 1001"]
        self.assertEqual((one["unit"], one["pid"], one["user"]), ("family.service", self.pid_of("1001"), "root"))
        # procps's top, of what does not change.
        theirs = self.machine.run("top", "-bn1", "-w", "200", "-p", str(one["pid"])).stdout.splitlines()[-1].split()
        self.assertEqual(theirs[:2], [str(one["pid"]), one["user"]])
        self.assertEqual(int(theirs[5]), one["memory_bytes"] // 1024)

    def test_an_ordinary_user_sees_what_he_may(self):
        look = json.loads(self.ok(self.machine.mitori("top", "-bn1", "--json", user="tester")))
        (one,) = [p for p in look["processes"] if p["command"] == "sleep 1001"]
        self.assertIsNone(one["io_bytes_per_second"], "its input and output is its owner's to see")
        self.assertEqual(one["unit"], "family.service", "the control group tells")
        self.window.top("-u", "tester", user="tester")
        self.window.wait_for("mitori top", absent=("sleep 1001",))


if __name__ == "__main__":
    harness.main()
