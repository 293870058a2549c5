"""Many clients at once, a service that crashes all the time, and new settings for units that live on."""

import subprocess

import harness


class Crowd(harness.Case):
    folder = __file__

    def test_a_service_that_crashes_all_the_time_is_given_up(self):
        self.machine.mitori("start", "crash.service")
        self.machine.wait_for("crash.service", ActiveState="failed", Result="start-limit-hit", NRestarts="5")
        self.assertIn("Start request repeated too quickly.", self.machine.log())
        self.assertNobodyLeft("crash.service")

    def test_many_clients_at_once_all_get_their_answers(self):
        self.start("plain.service")
        ask = self.machine.command("mitori", "is-active", "plain.service")
        asking = [subprocess.Popen(ask, stdout=subprocess.PIPE, text=True) for _ in range(60)]
        answers = [client.communicate(timeout=60)[0] for client in asking]
        self.assertEqual(answers, ["active\n"] * 60)
        self.stop("plain.service")

    def test_clients_that_say_nothing_or_nonsense_disturb_nobody(self):
        talk = ("import socket, sys\n"
                "idle = [socket.socket(socket.AF_UNIX) for _ in range(100)]\n"
                "for one in idle: one.connect('/run/mitori/private')\n"
                "for one in idle[::2]: one.sendall(b'\\0AUTH EXTERNAL 30\\r\\nBEGIN\\r\\n' + bytes(range(256)) * 64)\n"
                "print('connected', flush=True)\n"
                "sys.stdin.read()\n")
        crowd = subprocess.Popen(self.machine.command("/usr/bin/python3", "-c", talk), stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        first = crowd.stdout.readline()
        self.start("plain.service")
        self.stop("plain.service")
        crowd.communicate(input="")
        self.assertEqual(first, "connected\n")
        self.start("plain.service")
        self.stop("plain.service")

    def test_daemon_reload_keeps_states_and_takes_new_settings(self):
        self.start("plain.service", "once.service")
        self.machine.mitori("start", "fails.service")
        self.machine.wait_for("fails.service", ActiveState="failed")
        before = self.machine.show("plain.service", "MainPID", "InvocationID", "ActiveEnterTimestampMonotonic")
        text = self.machine.read("/etc/systemd/system/plain.service")
        self.machine.write("/etc/systemd/system/plain.service", text.replace("Before", "After"))
        self.addCleanup(self.machine.write, "/etc/systemd/system/plain.service", text)
        self.assertEqual(self.machine.show("plain.service", "NeedDaemonReload"), "yes")
        self.ok(self.machine.mitori("daemon-reload"))
        self.assertEqual(self.machine.show("plain.service", "Description", "NeedDaemonReload"),
                         {"Description": "After", "NeedDaemonReload": "no"})
        self.assertEqual(self.machine.show("plain.service", *before), before)
        self.assertState("plain.service", "active", "running")
        self.assertState("once.service", "active", "exited")
        self.assertState("fails.service", "failed", "failed")
        self.stop("plain.service", "once.service")
        self.assertNobodyLeft("plain.service")

    def test_a_unit_whose_file_goes_can_still_be_stopped(self):
        self.machine.write("/etc/systemd/system/going.service", "[Service]\nType=exec\nExecStart=sleep 1000\n")
        self.ok(self.machine.mitori("daemon-reload"))
        self.start("going.service")
        (self.machine.root / "etc/systemd/system/going.service").unlink()
        self.ok(self.machine.mitori("daemon-reload"))
        seen = self.machine.show("going.service", "LoadState", "ActiveState")
        self.assertEqual((seen["LoadState"], seen["ActiveState"]), ("not-found", "active"))
        self.stop("going.service")
        self.assertNobodyLeft("going.service")


if __name__ == "__main__":
    harness.main()
