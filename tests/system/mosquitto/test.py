"""mosquitto.service exactly as Debian ships it: Type=notify, NotifyAccess=main, its folders made by ExecStartPre=."""

import daemon
import harness


class Mosquitto(daemon.Daemon):
    folder = __file__
    unit, program = "mosquitto.service", "mosquitto"

    def ask(self):
        said = self.machine.run("mosquitto_pub", "-h", "127.0.0.1", "-r", "-t", "room/heat", "-m", "21.5")
        self.ok(said)
        heard = self.machine.run("mosquitto_sub", "-h", "127.0.0.1", "-t", "room/heat", "-C", "1", "-W", "10")
        self.assertEqual(self.ok(heard), "21.5\n")

    def test_its_folders_are_made_before_it_starts(self):
        folder = (self.machine.root / "run/mosquitto").stat()
        uid = int(self.ok(self.machine.run("id", "-u", "mosquitto")))
        self.assertEqual((folder.st_uid, folder.st_mode & 0o7777), (uid, 0o740))

    def test_runs_as_its_own_user(self):
        uid = int(self.ok(self.machine.run("id", "-u", "mosquitto")))
        self.assertEqual({p.uid for p in self.machine.processes_of(self.unit)}, {uid})


if __name__ == "__main__":
    harness.main()
