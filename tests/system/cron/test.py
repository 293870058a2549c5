"""cron.service exactly as Debian ships it: Type=simple, KillMode=process, IgnoreSIGPIPE=no.

cron looks at its tables once a minute, on the minute: the test that waits for that has a limit of 75 seconds. All others
ask by @reboot, which cron runs when it is started for the first time after a boot.
"""

import daemon
import harness

MINUTE = 75.0


class Cron(daemon.Daemon):
    folder = __file__
    unit, program = "cron.service", "cron"
    reloads = False

    @classmethod
    def prepare(cls):
        cls.machine.write("/etc/cron.d/test", "@reboot root echo started as $(id -un) > /tmp/first\n"
                                              "* * * * * www-data echo $HOME > /tmp/minute\n")

    def setUp(self):
        self.stop(self.unit)
        # KillMode=process lets a job live, which would write its answer into the next test.
        harness.wait_until(lambda: not self.machine.processes_of(self.unit), "the jobs of the last test have ended")
        for path in ("run/crond.reboot", "tmp/first", "tmp/minute"):
            (self.machine.root / path).unlink(missing_ok=True)
        super().setUp()

    def ask(self):
        # A table that has been read is an answer only once: the next start is a boot again.
        answer = self.machine.root / "tmp/first"
        harness.wait_until(lambda: self.machine.exists("/tmp/first") and answer.read_text(), "the first job ran")
        self.assertEqual(answer.read_text(), "started as root\n")

    def test_what_follows_a_killed_main_process_is_what_restart_says(self):
        self.ask()
        (self.machine.root / "run/crond.reboot").unlink()
        (self.machine.root / "tmp/first").unlink()
        super().test_what_follows_a_killed_main_process_is_what_restart_says()

    def test_stop_leaves_no_process(self):
        self.ask()
        harness.wait_until(lambda: len(self.machine.processes_of(self.unit)) == 1, "the job has ended")
        self.stop(self.unit)
        self.assertState(self.unit, "inactive", "dead")
        self.assertNobodyLeft(self.unit)

    def test_a_job_outlives_the_stop_of_the_daemon(self):
        self.addCleanup(self.prepare)
        self.stop(self.unit)
        (self.machine.root / "run/crond.reboot").unlink(missing_ok=True)
        self.machine.write("/etc/cron.d/test", "@reboot root exec sleep 4242\n")
        self.start(self.unit)
        find = lambda: [p for p in self.machine.processes_of(self.unit) if p.command == "sleep 4242"]
        job = harness.wait_until(find, "the job runs")[0]
        self.stop(self.unit)
        self.assertIn(job.pid, [p.pid for p in self.machine.processes_of(self.unit)])
        self.machine.kill(job.pid)
        harness.wait_until(lambda: not self.machine.processes_of(self.unit), "the job has ended")

    def test_a_job_fires_on_the_minute_as_its_user(self):
        harness.wait_until(lambda: self.machine.exists("/tmp/minute"), "the job of the minute ran", MINUTE)
        harness.wait_until(lambda: self.machine.read("/tmp/minute"), "it has written its line")
        self.assertEqual(self.machine.read("/tmp/minute"), "/var/www\n")
        uid = int(self.ok(self.machine.run("id", "-u", "www-data")))
        self.assertEqual((self.machine.root / "tmp/minute").stat().st_uid, uid)
        self.assertState(self.unit, "active", "running")


if __name__ == "__main__":
    harness.main()
