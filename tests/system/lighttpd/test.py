"""lighttpd.service exactly as Debian ships it: Type=simple with a PID file, a check before each start."""

import daemon
import harness


class Lighttpd(daemon.Daemon):
    folder = __file__
    unit, program = "lighttpd.service", "lighttpd"

    @classmethod
    def prepare(cls):
        cls.machine.write("/var/www/html/hello.txt", "Hello from lighttpd\n")

    def ask(self):
        page = self.machine.run("curl", "-sS", "-i", "http://127.0.0.1/hello.txt")
        self.assertIn("Server: lighttpd", self.ok(page))
        self.assertTrue(page.stdout.endswith("\n\nHello from lighttpd\n"), page.stdout)

    def test_settings_that_are_wrong_fail_its_start_before_the_daemon_runs(self):
        self.stop(self.unit)
        self.machine.write("/etc/lighttpd/conf-enabled/99-bad.conf", "no such line\n")
        self.addCleanup((self.machine.root / "etc/lighttpd/conf-enabled/99-bad.conf").unlink)
        self.assertEqual(self.machine.mitori("start", self.unit).returncode, 1)
        # Its Restart= tries again, until the start limit is reached.
        self.machine.wait_for(self.unit, ActiveState="failed")
        text = self.machine.mitori("status", self.unit).stdout
        self.assertRegex(text, r"ExecStartPre=/usr/sbin/lighttpd -tt -f /etc/lighttpd/lighttpd.conf \(code=exited")
        self.assertNotIn("ExecStart=", text)


if __name__ == "__main__":
    harness.main()
