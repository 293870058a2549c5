"""apache2.service exactly as Debian ships it: Type=forking without a PID file, Restart=on-abort, KillMode=mixed."""

import signal

import harness


class Apache(harness.Case):
    folder = __file__
    unit = "apache2.service"

    def setUp(self):
        self.ok(self.machine.mitori("reset-failed"))
        self.start(self.unit)
        self.addCleanup(self.stop, self.unit)

    def page(self):
        return self.ok(self.machine.run("curl", "-sS", "http://127.0.0.1/"))

    def test_is_active_and_answers_its_client(self):
        self.assertState(self.unit, "active", "running")
        self.assertIn("Apache2 Debian Default Page", self.page())

    def wait_for_workers(self):
        harness.wait_until(lambda: len(self.machine.processes_of(self.unit)) > 2, "it has two workers")

    def test_its_main_process_is_the_parent_of_its_workers(self):
        main = self.machine.main_pid(self.unit)
        self.wait_for_workers()
        processes = {p.pid: p for p in self.machine.processes_of(self.unit)}
        self.assertEqual((processes[main].name, processes[main].parent), ("apache2", 1))
        workers = [p for p in processes.values() if p.pid != main]
        self.assertGreaterEqual(len(workers), 2)
        self.assertEqual({p.parent for p in workers}, {main})

    def test_status_shows_command_main_process_and_tree(self):
        self.wait_for_workers()
        text = self.ok(self.machine.mitori("status", self.unit))
        main = self.machine.main_pid(self.unit)
        self.assertIn("Loaded: loaded (/lib/systemd/system/apache2.service; ", text)
        self.assertRegex(text, r"Active: active \(running\) since .* ago")
        self.assertIn("Docs: https://httpd.apache.org/docs/2.4/", text)
        self.assertRegex(text, r"Process: \d+ ExecStart=/usr/sbin/apachectl start \(code=exited, status=0/SUCCESS\)")
        self.assertRegex(text, rf"Main PID: {main} \(apache2\)")
        self.assertRegex(text, r"Tasks: \d+")
        self.assertRegex(text, r"CPU: \d+")
        self.assertEqual(text.count("/usr/sbin/apache2 -k start"), len(self.machine.processes_of(self.unit)), text)

    def test_is_restarted_when_its_main_process_is_killed(self):
        # systemd.service(5): on-abort restarts after an uncaught signal that is no clean exit, and SIGKILL is one.
        before = self.machine.main_pid(self.unit)
        self.machine.kill(before)
        self.machine.wait_for(self.unit, NRestarts="1", SubState="running")
        self.assertNotEqual(self.machine.main_pid(self.unit), before)
        self.assertIn("Apache2", self.page())

    def test_stays_down_when_its_main_process_ends_cleanly(self):
        self.machine.kill(self.machine.main_pid(self.unit), signal.SIGTERM)
        self.machine.wait_for(self.unit, ActiveState="inactive", Result="success", NRestarts="0")
        self.assertNobodyLeft(self.unit)

    def test_reload_keeps_its_main_process_and_takes_the_new_settings(self):
        main = self.machine.main_pid(self.unit)
        self.machine.write("/etc/apache2/conf-enabled/port.conf", "Listen 8080\n")
        self.addCleanup((self.machine.root / "etc/apache2/conf-enabled/port.conf").unlink)
        self.ok(self.machine.mitori("reload", self.unit))
        self.assertState(self.unit, "active", "running")
        self.assertEqual(self.machine.main_pid(self.unit), main)
        harness.wait_until(lambda: self.machine.run("curl", "-sS", "http://127.0.0.1:8080/").returncode == 0,
                           "apache listens on its new port")

    def test_a_reload_with_bad_settings_fails_and_leaves_it_running(self):
        main = self.machine.main_pid(self.unit)
        self.machine.write("/etc/apache2/conf-enabled/bad.conf", "NoSuchDirective on\n")
        self.addCleanup((self.machine.root / "etc/apache2/conf-enabled/bad.conf").unlink)
        self.assertEqual(self.machine.mitori("reload", self.unit).returncode, 1)
        self.assertState(self.unit, "active", "running")
        self.assertEqual(self.machine.main_pid(self.unit), main)
        self.page()

    def test_stop_leaves_no_process(self):
        self.stop(self.unit)
        self.assertState(self.unit, "inactive", "dead")
        self.assertNobodyLeft(self.unit)
        self.assertNotEqual(self.machine.run("curl", "-sS", "http://127.0.0.1/").returncode, 0)


if __name__ == "__main__":
    harness.main()
