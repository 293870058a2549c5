"""rsyslog.service exactly as Debian ships it: Type=notify, Requires=syslog.socket, which is of a type not run here.

So it starts without that socket and opens its own; its status names what it did not get. docs/adr/0013.
"""

import pathlib

import daemon
import harness


class Rsyslog(daemon.Daemon):
    folder = __file__
    unit, program = "rsyslog.service", "rsyslogd"
    reloads = False
    number = 0

    def ask(self):
        Rsyslog.number += 1
        text = f"line {self.number} of the test"
        self.ok(self.machine.run("logger", "-p", "user.notice", "-t", "tester", text))
        log = pathlib.Path(self.machine.root / "var/log/user.log")
        harness.wait_until(lambda: log.exists() and f"tester: {text}\n" in log.read_text(), "the line is in the file", 5)

    def test_status_names_the_socket_that_it_requires_and_does_not_get(self):
        text = self.ok(self.machine.mitori("status", self.unit))
        self.assertIn("Degraded: Requires= syslog.socket: socket units are not run yet; rsyslog.service starts without "
                      "it and has to open it itself", text)

    def test_lines_go_where_its_own_rules_say(self):
        self.ok(self.machine.run("logger", "-p", "mail.err", "-t", "tester", "a letter was lost"))
        log = pathlib.Path(self.machine.root / "var/log/mail.log")
        harness.wait_until(lambda: log.exists() and "tester: a letter was lost\n" in log.read_text(), "it is in mail.log")

    def test_dev_log_stays_the_recorders_and_lines_reach_both(self):
        self.ask()
        self.stop(self.unit)
        self.start(self.unit)
        self.ask()
        text = f"line {self.number} of the test"
        self.assertEqual((self.machine.root / "dev/log").readlink(), pathlib.Path("/run/systemd/journal/dev-log"))
        kept = lambda: text in self.machine.mitori("logs", "-t", "tester", "-o", "cat").stdout
        harness.wait_until(kept, "the line is in the journal, too")

    def test_the_socket_itself_cannot_be_started(self):
        answer = self.machine.mitori("start", "syslog.socket")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("unit type of syslog.socket not supported", answer.stderr)


if __name__ == "__main__":
    harness.main()
