"""ssh.service exactly as Debian ships it: Type=notify, KillMode=process, checked before start and reload."""

import signal

import daemon
import harness

OPTIONS = ("-i", "/root/key", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o",
           "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "root@127.0.0.1")


class Ssh(daemon.Daemon):
    folder = __file__
    unit, program = "ssh.service", "sshd"

    @classmethod
    def prepare(cls):
        machine = cls.machine
        machine.run("rm", "-rf", "/root/.ssh")
        if machine.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/key").returncode:
            raise AssertionError("no key could be made")
        machine.write("/root/.ssh/authorized_keys", machine.read("/root/key.pub"), 0o600)

    def ask(self):
        answer = self.machine.run("ssh", *OPTIONS, "echo $((6 * 7)) for $USER")
        self.assertEqual(self.ok(answer), "42 for root\n")

    def session(self):
        """An open session; its command's process."""
        self.machine.start("ssh", *OPTIONS, "exec sleep 4242")
        find = lambda: [p for p in self.machine.processes_of(self.unit) if p.command == "sleep 4242"]
        return harness.wait_until(find, "the session runs its command")[0]

    def test_a_session_outlives_the_stop_of_the_daemon(self):
        session = self.session()
        self.stop(self.unit)
        self.assertState(self.unit, "inactive", "dead")
        left = self.machine.processes_of(self.unit)
        self.assertIn(session.pid, [p.pid for p in left])
        self.assertNotIn("[listener]", " ".join(p.command for p in left))
        text = self.machine.mitori("status", self.unit).stdout
        self.assertRegex(text, rf"─{session.pid} sleep 4242")
        self.machine.kill(session.pid, signal.SIGKILL)
        harness.wait_until(lambda: not self.machine.processes_of(self.unit), "the session has ended")

    def test_a_reload_with_bad_settings_fails_and_leaves_it_running(self):
        main = self.main()
        self.machine.write("/etc/ssh/sshd_config.d/bad.conf", "NoSuchSetting yes\n")
        self.addCleanup((self.machine.root / "etc/ssh/sshd_config.d/bad.conf").unlink)
        self.assertEqual(self.machine.mitori("reload", self.unit).returncode, 1)
        self.assertState(self.unit, "active", "running")
        self.assertEqual(self.main(), main)
        self.ask()

    def test_an_exit_status_that_prevents_it_is_not_restarted(self):
        # RestartPreventExitStatus=255 is what sshd ends with when its settings are wrong; the check is taken out of the
        # way here, so that the daemon itself meets them.
        self.stop(self.unit)
        self.machine.write("/etc/default/ssh", "SSHD_OPTS=-oPort=no-number\n")
        self.addCleanup(self.machine.write, "/etc/default/ssh", "SSHD_OPTS=\n")
        self.assertEqual(self.machine.mitori("start", self.unit).returncode, 1)
        self.machine.wait_for(self.unit, ActiveState="failed", ExecMainStatus="255", SubState="failed")


if __name__ == "__main__":
    harness.main()
