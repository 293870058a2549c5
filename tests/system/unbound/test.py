"""unbound.service exactly as Debian ships it: Type=notify, helpers that may fail ("-"), reload with full rights ("+")."""

import daemon
import harness

ZONE = 'server:\n  local-zone: "example." static\n  local-data: "{} A 192.0.2.9"\n'


class Unbound(daemon.Daemon):
    folder = __file__
    unit, program = "unbound.service", "unbound"

    @classmethod
    def prepare(cls):
        cls.machine.write("/etc/unbound/unbound.conf.d/test.conf", ZONE.format("printer.example."))

    def ask(self):
        self.assertEqual(self.dig("printer.example"), "192.0.2.9")

    def put_the_old_settings_back(self):
        self.stop(self.unit)
        self.prepare()

    def test_reload_takes_the_new_settings(self):
        self.addCleanup(self.put_the_old_settings_back)
        self.machine.write("/etc/unbound/unbound.conf.d/test.conf", ZONE.format("scanner.example."))
        main = self.main()
        self.ok(self.machine.mitori("reload", self.unit))
        harness.wait_until(lambda: self.dig("scanner.example") == "192.0.2.9", "the new name is known")
        self.assertEqual(self.main(), main)

    def test_a_helper_that_fails_does_not_keep_it_down(self):
        self.stop(self.unit)
        path = self.machine.root / "usr/libexec/unbound-helper"
        helper = path.read_text()
        self.addCleanup(self.machine.write, "/usr/libexec/unbound-helper", helper, 0o755)
        self.machine.write("/usr/libexec/unbound-helper", "#!/bin/sh\nexit 3\n", 0o755)
        self.start(self.unit)
        self.ask()
        text = self.ok(self.machine.mitori("status", self.unit))
        self.assertRegex(text, r"ExecStartPre=/usr/libexec/unbound-helper chroot_setup \(code=exited, status=3/")


if __name__ == "__main__":
    harness.main()
