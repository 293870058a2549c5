"""dnsmasq.service exactly as Debian ships it: Type=forking with a PID file, helper scripts before, after and to stop."""

import daemon
import harness


class Dnsmasq(daemon.Daemon):
    folder = __file__
    unit, program = "dnsmasq.service", "dnsmasq"
    restarts = False

    @classmethod
    def prepare(cls):
        cls.machine.write("/etc/dnsmasq.d/test.conf", "no-resolv\naddn-hosts=/etc/more-hosts\n")
        cls.machine.write("/etc/more-hosts", "192.0.2.7 printer.example\n")

    def ask(self):
        self.assertEqual(self.dig("printer.example"), "192.0.2.7")

    def test_reload_takes_new_names(self):
        self.machine.write("/etc/more-hosts", "192.0.2.7 printer.example\n192.0.2.8 scanner.example\n")
        self.assertEqual(self.dig("scanner.example"), "")
        self.ok(self.machine.mitori("reload", self.unit))
        harness.wait_until(lambda: self.dig("scanner.example") == "192.0.2.8", "the new name is known")

    def test_settings_that_are_wrong_fail_its_start_before_the_daemon_runs(self):
        self.stop(self.unit)
        self.machine.write("/etc/dnsmasq.d/bad.conf", "no-such-setting\n")
        self.addCleanup((self.machine.root / "etc/dnsmasq.d/bad.conf").unlink)
        self.assertEqual(self.machine.mitori("start", self.unit).returncode, 1)
        self.assertState(self.unit, "failed", "failed")
        self.assertEqual(self.machine.show(self.unit, "ExecMainStartTimestamp"), "")
        self.assertNobodyLeft(self.unit)


if __name__ == "__main__":
    harness.main()
