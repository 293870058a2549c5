"""`mitori run` on a terminal, with real programs in tmux: ^C, ^Z, ^\\ and the window's size reach the command, and the
shell that started us sees a job like any other."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import harness


class Screen:
    """A tmux server of its own with one window: a bash with job control and a prompt of one character."""

    def __init__(self, case):
        self.folder = tempfile.mkdtemp(prefix="mitori-tmux-")
        case.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.socket = os.path.join(self.folder, "socket")
        path = f"{pathlib.Path(harness.MITORI).parent}:/usr/bin:/bin"
        self.environment = {"PATH": path, "LANG": "C.UTF-8", "TERM": "screen", "HOME": self.folder,
                            "LESS": "", "LESSHISTFILE": "-"}
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "bash --norc --noprofile -i")
        case.addCleanup(self.end)
        self.wait_for("bash-")
        self.line("PS1='% '")
        self.wait_for("\n%")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-S", self.socket, *words], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=harness.LIMIT)

    def end(self):
        self.tmux("kill-server")

    def type(self, *keys):
        self.tmux("send-keys", *keys)

    def line(self, text):
        self.tmux("send-keys", "-l", text)
        self.type("Enter")

    def text(self):
        return self.tmux("capture-pane", "-p").stdout

    def wait_for(self, words, absent=None):
        def there():
            text = self.text()
            return words in text and (absent is None or absent not in text)

        try:
            harness.wait_until(there, f"{words!r} is on the screen")
        except AssertionError as error:
            raise AssertionError(f"{error}; there is:\n{self.text()}") from None

    def ask(self, line, answer):
        """Types the line until the answer is there: what it asks about may take its time."""
        harness.wait_until(lambda: self.line(line) or answer in self.text(), f"{answer!r} is on the screen")

    def clear(self):
        self.line("clear; echo cle''ared")
        self.wait_for("cleared", absent="echo")


class Terminal(harness.unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = [name for name in ("tmux", "less", "vim.tiny", "bash") if not shutil.which(name)]
        if missing or not harness.MITORI:
            raise harness.unittest.SkipTest(f"missing: {' '.join(missing) or 'MITORI'}")

    def setUp(self):
        self.screen = Screen(self)

    def both(self, check):
        """With our own terminal handed over, and with one made for the command."""
        for options in ("", "--pty "):
            with self.subTest(options=options):
                self.screen.clear()
                check(options)

    def test_an_interrupt_reaches_the_command_and_not_us(self):
        def check(options):
            self.screen.line(f"mitori run {options}-- sh -c 'trap \"echo got it; exit 3\" INT; echo be''gun; "
                             "while :; do sleep 0.05; done'; echo status $?")
            self.screen.wait_for("\nbegun")
            self.screen.type("C-c")
            self.screen.wait_for("got it\nstatus 3")

        self.both(check)

    def test_a_quit_ends_the_command_with_its_signal(self):
        def check(options):
            self.screen.line(f"mitori run {options}--limit core=0 -- sh -c 'echo be''gun; exec sleep 1000'; echo status $?")
            self.screen.wait_for("\nbegun")
            self.screen.type("C-\\")
            self.screen.wait_for("status 131")

        self.both(check)

    def test_a_stopped_command_is_a_stopped_job_that_fg_continues(self):
        self.screen.line("mitori run -- sh -c 'echo be''gun; read x; echo read $x'; echo status $?")
        self.screen.wait_for("\nbegun")
        self.screen.type("C-z")
        self.screen.wait_for("Stopped")
        self.screen.line("fg")
        self.screen.wait_for("mitori run -- sh -c")
        self.screen.line("words")
        self.screen.wait_for("\nread words")

    def test_a_command_in_the_background_stops_when_it_reads(self):
        self.screen.line("mitori run -- sh -c 'read x; echo read $x' &")
        self.screen.ask("jobs", "Stopped")
        self.screen.clear()
        self.screen.line("fg")
        self.screen.wait_for("mitori run -- sh -c")
        self.screen.line("words")
        self.screen.wait_for("\nread words")

    def test_less_shows_and_searches_and_ends(self):
        def check(options):
            path = os.path.join(self.screen.folder, "text")
            pathlib.Path(path).write_text("".join(f"line {n}\n" for n in range(500)))
            self.screen.line(f"mitori run {options}-- less {path}; echo status $?")
            self.screen.wait_for("line 22\n")
            self.screen.type("/")
            self.screen.line("line 400")
            self.screen.wait_for("line 422")
            self.screen.type("q")
            self.screen.wait_for("status 0")

        self.both(check)

    def test_vim_edits_and_learns_of_a_new_size(self):
        def check(options):
            path = os.path.join(self.screen.folder, f"edited{options.strip()}")
            self.screen.line(f"mitori run {options}-- vim.tiny -u NONE -N --cmd 'set showmode' {path}; echo status $?")
            self.screen.wait_for("[New")
            self.screen.type("i")
            self.screen.tmux("send-keys", "-l", "written here")
            self.screen.wait_for("-- INSERT --")
            self.screen.type("Escape")
            self.screen.wait_for("written here", absent="INSERT")  # else what follows would be Alt and a key
            self.screen.tmux("resize-window", "-x", "100", "-y", "30")
            for words in ("columns=100", "lines=30"):
                self.screen.ask(f":set {words.partition('=')[0]}?", words)
            self.screen.line(":wq")
            self.screen.wait_for("status 0")
            self.assertEqual(pathlib.Path(path).read_text(), "written here\n")
            self.screen.tmux("resize-window", "-x", "80", "-y", "24")

        self.both(check)

    def test_a_shell_within_has_jobs_of_its_own(self):
        def check(options):
            self.screen.line(f"mitori run {options}-- bash --norc --noprofile -i; echo status $?")
            self.screen.line("PS1='inner> '")
            self.screen.wait_for("\ninner>")
            self.screen.line("sh -c 'echo be''gun; exec sleep 1000'")
            self.screen.wait_for("\nbegun")
            self.screen.type("C-z")
            self.screen.wait_for("Stopped")
            self.screen.line("fg")
            self.screen.wait_for("inner> fg\n")
            self.screen.type("C-c")
            self.screen.ask("echo en''ded $?", "\nended 130")
            self.screen.line("exit 5")
            self.screen.wait_for("\nstatus 5")

        self.both(check)


if __name__ == "__main__":
    harness.main()
