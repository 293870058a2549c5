"""What holds for every packaged daemon: a case states its facts below, asks as its real client, and inherits the tests.

    class Unbound(daemon.Daemon):
        folder = __file__
        unit, program = "unbound.service", "unbound"
        def ask(self): ...                      # fails unless a real client gets its real answer

The unit files are the packages' own, byte for byte: the first test compares them with dpkg's sums.
"""

import hashlib
import pathlib
import re
import signal
import sys

import harness

SUMS = pathlib.Path("/var/lib/dpkg/info")


class Daemon(harness.Case):
    unit = ""
    program = ""  # the name of the main process
    restarts = True  # whether Restart= brings it back after an uncaught signal
    result = "signal"  # what its Result= is then, where it stays down
    reloads = True  # whether it has an ExecReload=
    sandbox = ()  # what the unit asks for to be shut in, and does not get yet

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepare()

    @classmethod
    def prepare(cls):
        """What the machine needs before the daemon starts: settings, data."""

    def ask(self):
        raise NotImplementedError

    def setUp(self):
        # It goes on from test to test where they leave it running: some take seconds to start.
        self.ok(self.machine.mitori("reset-failed"))
        self.start(self.unit)

    def main(self):
        return self.machine.main_pid(self.unit)

    def python(self, text, *arguments):
        """What a few lines of Python print, run inside the machine."""
        return self.ok(self.machine.run(sys.executable, "-c", text, *arguments))

    def dig(self, name, *options):
        return self.ok(self.machine.run("dig", "+short", "+tries=1", "@127.0.0.1", name, *options)).strip()

    def wait_for_answer(self):
        def answered():
            try:
                self.ask()
            except AssertionError:
                return False
            return True

        harness.wait_until(answered, f"{self.unit} answers its client")

    # -- the tests of all

    def test_its_unit_file_is_the_one_that_its_package_ships(self):
        seen = self.machine.show(self.unit, "FragmentPath", "DropInPaths")
        self.assertEqual(seen["DropInPaths"], "")
        path = pathlib.Path(seen["FragmentPath"])
        wanted = hashlib.md5(path.read_bytes()).hexdigest()
        said = [line.split("  ") for file in SUMS.glob("*.md5sums") for line in file.read_text().splitlines()
                if line.endswith("/systemd/system/" + path.name)]
        self.assertEqual([line[0] for line in said], [wanted], said)

    def test_is_active_and_answers_its_client(self):
        self.assertState(self.unit, "active", "running")
        self.wait_for_answer()

    def test_status_names_its_main_process_and_shows_its_tree(self):
        self.wait_for_answer()  # what is Type=simple is active before it executes its program
        main = self.main()
        processes = {p.pid: p for p in self.machine.processes_of(self.unit)}
        self.assertEqual((processes[main].name, processes[main].parent), (self.program, 1))
        text = self.ok(self.machine.mitori("status", self.unit))
        self.assertRegex(text, r"Active: active \(running\) since ")
        self.assertRegex(text, rf"Main PID: {main} \({re.escape(self.program)}\)")
        shown = {int(pid) for pid in re.findall(r"[├└]─ *(\d+) ", text)}
        self.assertIn(main, shown)
        # Workers come and go between two looks; the main process's own tree is what both have seen.
        self.assertTrue(shown & set(processes), f"{shown} {processes}\n{text}")

    def test_status_names_what_it_asks_for_and_does_not_get(self):
        text = self.ok(self.machine.mitori("status", self.unit))
        named = text.partition("Not honoured: ")[2].split()
        self.assertEqual([name for name in self.sandbox if name not in named], [])

    def test_what_follows_a_killed_main_process_is_what_restart_says(self):
        before = self.main()
        restarts = int(self.machine.show(self.unit, "NRestarts"))
        self.machine.kill(before, signal.SIGKILL)
        if not self.restarts:
            self.machine.wait_for(self.unit, ActiveState="failed", Result=self.result, NRestarts=str(restarts))
            return
        self.machine.wait_for(self.unit, NRestarts=str(restarts + 1), SubState="running")
        self.assertNotEqual(self.main(), before)
        self.wait_for_answer()

    def test_reload_keeps_its_main_process(self):
        self.wait_for_answer()  # before it has its handlers a Type=simple daemon would die of the reload's signal
        main = self.main()
        answer = self.machine.mitori("reload", self.unit)
        if not self.reloads:
            self.assertNotEqual(answer.returncode, 0)
            self.assertIn("not applicable", answer.stderr)
            return
        self.ok(answer)
        self.wait_for_answer()
        # Some say RELOADING=1 only after the command of the reload has ended.
        self.machine.wait_for(self.unit, ActiveState="active", SubState="running")
        self.assertEqual(self.main(), main)

    def test_stop_leaves_no_process(self):
        self.wait_for_answer()
        self.stop(self.unit)
        self.assertState(self.unit, "inactive", "dead")
        self.assertNobodyLeft(self.unit)
        with self.assertRaises(AssertionError):
            self.ask()
