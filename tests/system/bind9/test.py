"""named.service (bind9) exactly as Debian ships it: Type=notify, stopped and reloaded by rndc."""

import daemon
import harness

SETTINGS = 'zone "example" { type master; file "/etc/bind/db.example"; };\n'
ZONE = """$TTL 60
@ IN SOA ns.example. root.example. ( {serial} 60 60 60 60 )
@ IN NS ns.example.
ns IN A 127.0.0.1
printer IN A 192.0.2.{host}
"""


class Bind(daemon.Daemon):
    folder = __file__
    unit, program = "named.service", "named"

    @classmethod
    def prepare(cls):
        cls.machine.write("/etc/bind/named.conf.local", SETTINGS)
        cls.machine.write("/etc/bind/db.example", ZONE.format(serial=1, host=10))

    def ask(self):
        self.assertEqual(self.dig("printer.example"), "192.0.2.10")

    def test_status_shows_what_it_says_of_itself(self):
        self.assertIn('Status: "running"', self.ok(self.machine.mitori("status", self.unit)))

    def put_the_old_zone_back(self):
        self.stop(self.unit)
        self.prepare()

    def test_reload_takes_the_new_zone(self):
        self.addCleanup(self.put_the_old_zone_back)
        self.machine.write("/etc/bind/db.example", ZONE.format(serial=2, host=11))
        main = self.main()
        self.ok(self.machine.mitori("reload", self.unit))
        harness.wait_until(lambda: self.dig("printer.example") == "192.0.2.11", "the new address is known")
        self.assertEqual(self.main(), main)

    def test_a_stop_by_its_own_tool_is_a_clean_end(self):
        self.stop(self.unit)
        seen = self.machine.show(self.unit, "Result", "ExecMainCode", "ExecMainStatus")
        self.assertEqual(seen, {"Result": "success", "ExecMainCode": "1", "ExecMainStatus": "0"})


if __name__ == "__main__":
    harness.main()
