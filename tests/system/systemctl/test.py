"""The unmodified systemctl of systemd 252 drives mitori as process 1: its output and exit codes are those that it has
with systemd, and mitori's own verbs say the same."""

import signal

import harness


class Systemctl(harness.Case):
    folder = __file__

    def setUp(self):
        self.machine.systemctl("stop", "web.service", "once.service", "worker@*.service")
        self.machine.systemctl("reset-failed")

    def assertSays(self, words, code, out="", err=""):
        answer = self.machine.systemctl(*words)
        self.assertEqual((answer.returncode, answer.stdout, answer.stderr), (code, out, err))

    def main_pid(self):
        return int(self.ok(self.machine.systemctl("show", "--value", "-p", "MainPID", "web")))

    def test_start_and_stop(self):
        self.assertSays(["start", "web"], 0)
        self.assertSays(["is-active", "web"], 0, "active\n")
        self.assertSays(["stop", "web.service"], 0)
        self.assertSays(["is-active", "web"], 3, "inactive\n")
        self.assertNobodyLeft("web.service")

    def test_start_of_what_is_not_there(self):
        self.assertSays(["start", "nothing"], 5,
                        err="Failed to start nothing.service: Unit nothing.service not found.\n")
        self.assertSays(["is-active", "nothing"], 3, "inactive\n")
        self.assertSays(["status", "nothing"], 4, err="Unit nothing.service could not be found.\n")
        self.assertSays(["cat", "nothing"], 1, err="No files found for nothing.service.\n")
        self.assertSays(["stop", "nothing"], 5,
                        err="Failed to stop nothing.service: Unit nothing.service not loaded.\n")

    def test_start_that_fails(self):
        self.machine.systemctl("start", "broken")
        self.machine.wait_for("broken.service", ActiveState="failed")
        self.assertSays(["is-failed", "broken"], 0, "failed\n")
        self.assertSays(["is-active", "broken"], 3, "failed\n")
        status = self.machine.systemctl("status", "broken")
        self.assertEqual(status.returncode, 3)
        self.assertIn("Active: failed (Result: exit-code)", status.stdout)
        self.assertIn("(code=exited, status=1/FAILURE)", status.stdout)
        self.assertSays(["reset-failed", "broken"], 0)
        self.assertSays(["is-failed", "broken"], 1, "inactive\n")

    def test_restart_and_try_restart(self):
        self.assertSays(["try-restart", "web"], 0)
        self.assertSays(["is-active", "web"], 3, "inactive\n")
        self.assertSays(["restart", "web"], 0)
        first = self.main_pid()
        self.assertSays(["try-restart", "web"], 0)
        self.assertNotEqual(self.main_pid(), first)

    def test_reload(self):
        self.assertSays(["start", "web", "once"], 0)
        main = self.main_pid()
        self.assertSays(["reload", "web"], 0)
        self.assertEqual(self.main_pid(), main)
        self.assertSays(["reload", "once"], 3, err="Failed to reload once.service: Job type reload is not applicable "
                                                   "for unit once.service.\n")

    def test_kill(self):
        self.assertSays(["start", "web"], 0)
        self.assertSays(["kill", "--signal=USR1", "web"], 0)
        self.machine.wait_for("web.service", ActiveState="failed", ExecMainStatus=str(int(signal.SIGUSR1)))
        self.assertIn("(code=killed, signal=USR1)", self.machine.systemctl("status", "web").stdout)

    def test_status_of_a_running_service(self):
        self.assertSays(["start", "web"], 0)
        text = self.ok(self.machine.systemctl("status", "web"))
        main = self.main_pid()
        expected = [
            r"● web\.service - A service that can be reloaded",
            r"     Loaded: loaded \(/etc/systemd/system/web\.service; disabled(; preset: enabled)?\)",
            r"    Drop-In: /etc/systemd/system/web\.service\.d",
            r"             └─more\.conf",
            r"     Active: active \(running\) since \w{3} [\d-]+ [\d:]+ UTC; .* ago",
            r"       Docs: man:web\(8\)",
            rf"   Main PID: {main} \(sleep\)",
            r"      Tasks: 1",
            r"     CGroup: /system\.slice/web\.service",
            rf"             └─{main} sleep 1000",
        ]
        state, _, log = text.partition("\n\n")
        self.assertRegex(log, r"\w{3} \d\d [\d:]+ .*mitori\[1\]: Started web\.service")
        lines = [line for line in state.splitlines() if not line.lstrip().startswith(("Memory:", "CPU:"))]
        for line, pattern in zip(lines, expected, strict=True):
            self.assertRegex(line, f"^{pattern}$")

    def test_status_of_a_process_names_its_unit(self):
        self.assertSays(["start", "web"], 0)
        self.assertIn("web.service", self.ok(self.machine.systemctl("status", str(self.main_pid()))))

    def test_show(self):
        self.assertSays(["start", "web"], 0)
        shown = self.ok(self.machine.systemctl("show", "web", "-p", "Id,ActiveState,SubState,Type,Restart,FragmentPath"))
        self.assertEqual(sorted(shown.splitlines()), ["ActiveState=active",
                                                      "FragmentPath=/etc/systemd/system/web.service",
                                                      "Id=web.service", "Restart=no", "SubState=running", "Type=exec"])
        self.assertSays(["show", "--value", "-p", "Environment", "web"], 0, "GREETING=hello MORE=yes\n")
        self.assertSays(["show", "-p", "LoadState", "nothing"], 0, "LoadState=not-found\n")
        self.assertIn("Version=", self.ok(self.machine.systemctl("show")))

    def test_cat(self):
        text = self.ok(self.machine.systemctl("cat", "web"))
        self.assertIn("# /etc/systemd/system/web.service\n[Unit]\n", text)
        self.assertIn("# /etc/systemd/system/web.service.d/more.conf\n[Service]\nEnvironment=MORE=yes\n", text)

    def test_list_units(self):
        self.assertSays(["start", "web", "once", "worker@1"], 0)
        lines = self.ok(self.machine.systemctl("list-units", "--plain", "--no-legend", "web*", "once*", "worker@*"))
        self.assertEqual([line.split(maxsplit=4) for line in lines.splitlines()], [
            ["once.service", "loaded", "active", "exited", "A one-shot that remains"],
            ["web.service", "loaded", "active", "running", "A service that can be reloaded"],
            ["worker@1.service", "loaded", "active", "running", "Worker 1"]])
        active = self.ok(self.machine.systemctl("list-units", "--state=exited", "--plain", "--no-legend", "o*"))
        self.assertEqual(active.split()[0], "once.service")

    def test_list_unit_files(self):
        lines = self.ok(self.machine.systemctl("list-unit-files", "--no-legend", "web*", "once*", "worker@*", "nginx*"))
        states = {words[0]: words[1] for words in map(str.split, lines.splitlines())}
        self.assertEqual(states, {"web.service": "disabled", "once.service": "static", "worker@.service": "static",
                                  "nginx.service": "disabled"})

    def test_presets(self):
        path = "/etc/systemd/system-preset/10-of-the-test.preset"
        files = ["web*", "once*", "worker@*", "nginx*", "redis*"]
        # systemd 252 does not know the word "ignore" yet.
        for policy, word in (("disable web.service\nenable *\n", "disabled"),
                             ("enable web.service\ndisable *\n", "enabled")):
            self.machine.write(path, policy)
            self.addCleanup(self.machine.run, "rm", "-f", path)
            for words in (["list-unit-files", *files], ["list-unit-files", "--no-legend", *files],
                          ["list-unit-files", "--state=disabled", *files]):
                theirs, ours = self.machine.systemctl(*words), self.machine.mitori(*words)
                with self.subTest(word, words=words):
                    self.assertEqual((ours.returncode, ours.stdout), (theirs.returncode, theirs.stdout))
            line = next(line for line in theirs.stdout.splitlines() if line.startswith("web.service"))
            self.assertEqual(line.split(), ["web.service", "disabled", word])
            theirs, ours = (of("status", "web").stdout.splitlines()[1] for of in (self.machine.systemctl, self.machine.mitori))
            self.assertEqual(ours, theirs)
            self.assertIn(f"web.service; disabled; preset: {word})", ours)

    def test_mitori_waits_for_the_end_where_it_is_asked_to(self):
        answer = self.machine.mitori("start", "--wait", "brief.service")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        self.assertSays(["is-active", "brief"], 3, "inactive\n")
        self.assertTrue(self.machine.exists("/run/brief"), "it had run to its end")
        answer = self.machine.mitori("start", "--wait", "fails-later.service")
        self.assertEqual((answer.returncode, answer.stderr), (1, ""))
        self.assertSays(["is-failed", "fails-later"], 0, "failed\n")

    def test_a_pattern_names_every_unit_that_is_loaded(self):
        self.assertSays(["start", "worker@1", "worker@2"], 0)
        self.assertSays(["is-active", "worker@1", "worker@2", "worker@3"], 0, "active\nactive\ninactive\n")
        self.assertSays(["stop", "worker@*"], 0)
        self.assertSays(["is-active", "worker@1", "worker@2"], 3, "inactive\ninactive\n")

    def test_daemon_reload(self):
        path = "/etc/systemd/system/web.service"
        text = self.machine.read(path)
        self.assertSays(["start", "web"], 0)
        self.machine.write(path, text.replace("A service", "Another service"))
        self.addCleanup(self.machine.systemctl, "daemon-reload")
        self.addCleanup(self.machine.write, path, text)
        warned = self.machine.systemctl("restart", "web")
        self.assertEqual(warned.returncode, 0)
        self.assertIn("Warning: The unit file, source configuration file or drop-ins of web.service changed on disk. "
                      "Run 'systemctl daemon-reload' to reload units.", warned.stderr)
        self.assertSays(["daemon-reload"], 0)
        self.assertSays(["show", "--value", "-p", "Description", "web"], 0, "Another service that can be reloaded\n")
        self.assertSays(["is-active", "web"], 0, "active\n")

    def test_mitori_says_the_same(self):
        self.assertSays(["start", "web", "once"], 0)
        self.machine.systemctl("start", "broken")
        self.machine.wait_for("broken.service", ActiveState="failed")
        for words in (["is-active", "web", "broken", "nothing"], ["is-failed", "web", "broken"], ["cat", "web"],
                      ["list-units", "--no-legend", "--all", "web*", "once*", "broken*"], ["list-units", "--failed"],
                      ["is-system-running"], ["list-jobs"],
                      ["show", "web", "-p", "Id,Names,MainPID,ActiveState,ExecStart,Environment"],
                      ["start", "nothing"], ["status", "nothing"]):
            theirs, ours = self.machine.systemctl(*words), self.machine.mitori(*words)
            with self.subTest(words):
                self.assertEqual((ours.returncode, ours.stdout), (theirs.returncode, theirs.stdout))


if __name__ == "__main__":
    harness.main()
