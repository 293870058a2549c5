"""Disks that are full: who needs room on one is told which folder has none, the others and the manager go on."""

import harness

# What each setting's folder lies below, and the status that systemd.exec(5) gives the step.
KINDS = {"runtime": ("/run", "233/RUNTIME_DIRECTORY"), "state": ("/var/lib", "238/STATE_DIRECTORY"),
         "cache": ("/var/cache", "239/CACHE_DIRECTORY"), "logs": ("/var/log", "240/LOGS_DIRECTORY"),
         "configuration": ("/etc", "241/CONFIGURATION_DIRECTORY")}


class Full(harness.Case):
    folder = __file__

    def remount(self, path, options):
        self.ok(self.machine.run("mount", "-o", f"remount,{options}", path))

    def used_inodes(self, path):
        return int(self.ok(self.machine.run("df", "--output=iused", path)).split()[-1])

    def without_inodes(self, path):
        """No file can be made there until the end of the test."""
        self.addCleanup(self.remount, path, "nr_inodes=100k")
        self.remount(path, f"nr_inodes={self.used_inodes(path)}")

    def without_blocks(self, path):
        """Files can be made there, but nothing written."""
        self.addCleanup(self.remount, path, "size=50%")
        used = int(self.ok(self.machine.run("df", "--block-size=1", "--output=used", path)).split()[-1])
        self.remount(path, f"size={max(used, 4096)}")
        if not used:
            self.ok(self.machine.run("dd", "if=/dev/zero", f"of={path}/fill", "bs=4096", "count=1"))
            self.addCleanup(self.machine.run, "rm", f"{path}/fill")

    def small_disk(self, path):
        self.ok(self.machine.run("mkdir", "-p", path))
        self.addCleanup(self.machine.run, "rmdir", path)
        self.ok(self.machine.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path))
        self.addCleanup(self.machine.run, "umount", path)

    def log_after(self, before):
        return self.machine.log()[len(before):]

    def tearDown(self):
        for name in (*KINDS, "plain", "other", "writes"):
            self.machine.mitori("stop", f"{name}.service")
        self.machine.mitori("reset-failed")


class FullFolders(Full):
    """A managed folder of a service that cannot be made."""

    def assertRefused(self, name):
        base, status = KINDS[name]
        unit, before = f"{name}.service", self.machine.log()
        answer = self.machine.mitori("start", unit)
        self.assertEqual(answer.returncode, 1)
        self.assertIn(f"Job for {unit} failed", answer.stderr)
        seen = self.machine.show(unit, "ActiveState", "Result", "ExecMainStatus")
        number, word = status.split("/")
        self.assertEqual((seen["ActiveState"], seen["Result"], seen["ExecMainStatus"]),
                         ("failed", "exit-code", number))
        said = f"{unit}: Failed at step {word} spawning sleep: {base}/small/{name}: No space left on device"
        ended = f"{unit}: Main process exited, code=exited, status={status}"
        harness.wait_until(lambda: ended in self.log_after(before), "the log names its end")
        log = self.log_after(before)
        self.assertIn(said, log)
        self.assertLess(log.index(said), log.index(ended))
        status_text = self.machine.mitori("status", unit).stdout
        self.assertIn(f"status={status}", status_text)
        self.assertNobodyLeft(unit)

    def test_each_is_named_with_its_status_and_comes_up_when_there_is_room(self):
        self.start("plain.service")
        for name, (base, _) in KINDS.items():
            with self.subTest(name):
                self.small_disk(f"{base}/small")
                self.without_inodes(f"{base}/small")
                self.assertRefused(name)
                self.remount(f"{base}/small", "nr_inodes=100")
                self.start(f"{name}.service")
                self.assertTrue(self.machine.exists(f"{base}/small/{name}"))
                self.stop(f"{name}.service")
        self.assertState("plain.service", "active", "running")

    def test_a_service_that_cannot_write_fails_by_its_own_word(self):
        self.small_disk("/var/lib/small")
        answer = self.machine.mitori("start", "writes.service")
        self.assertEqual(answer.returncode, 1)
        self.assertEqual(self.machine.show("writes.service", "ExecMainStatus"), "1")
        self.assertIn("No space left on device", self.machine.mitori("status", "writes.service").stdout)
        self.start("other.service")


class FullRuntimeFolder(Full):
    """/run, with the manager's own folder in it."""

    def goes_on(self):
        """Everything that a manager is asked for, beside what needs room."""
        self.start("plain.service", "other.service")
        self.assertState("plain.service", "active", "running")
        self.assertIn("Active: active (running)", self.ok(self.machine.mitori("status", "plain.service")))
        self.assertIn("plain.service", self.ok(self.machine.mitori("list-units", "plain*")))
        self.assertEqual(self.machine.systemctl("is-active", "plain").stdout, "active\n")
        first = self.machine.main_pid("plain.service")
        self.ok(self.machine.mitori("restart", "plain.service"))
        self.assertNotEqual(self.machine.main_pid("plain.service"), first)
        self.ok(self.machine.mitori("daemon-reload"))
        self.stop("plain.service", "other.service")
        self.assertNobodyLeft("plain.service", "other.service")

    def test_without_inodes_costs_what_the_next_manager_would_know(self):
        self.without_inodes("/run")
        before = self.machine.log()
        self.goes_on()
        self.assertRegex(self.log_after(before),
                         r"plain\.service: the next manager will not know it: .*/run/mitori/units/plain\.service.*: "
                         "No space left on device")

    def test_without_blocks_costs_the_same(self):
        self.without_blocks("/run")
        before = self.machine.log()
        self.goes_on()
        self.assertRegex(self.log_after(before),
                         r"plain\.service: the next manager will not know it: write /run/mitori/units/plain\.service: "
                         "No space left on device")
        # Nothing half-written is left to be misread.
        self.assertNotIn("plain", self.ok(self.machine.run("ls", "/run/mitori/units")))

    def test_is_over_when_there_is_room_again(self):
        self.without_inodes("/run")
        self.start("plain.service")
        self.assertFalse(self.machine.exists("/run/mitori/units/plain.service"))
        self.remount("/run", "nr_inodes=100k")
        self.start("other.service")
        self.assertTrue(self.machine.exists("/run/mitori/units/other.service"))

    def test_keeps_a_second_manager_from_starting_with_the_reason(self):
        self.small_disk("/mnt/small")
        self.without_inodes("/mnt/small")
        answer = self.machine.run("mitori", "manager", "--runtime-dir", "/mnt/small/mitori", "--unit", "basic.target",
                                  "--journal-dir", "/tmp/journal")
        self.assertEqual(answer.returncode, 1)
        self.assertRegex(answer.stderr, r"mitori manager: .*/mnt/small/mitori.*: No space left on device")
        # The folder is there, and nothing can be made in it.
        self.remount("/mnt/small", "nr_inodes=100k")
        self.ok(self.machine.run("mkdir", "/mnt/small/mitori"))
        self.remount("/mnt/small", f"nr_inodes={self.used_inodes('/mnt/small')}")
        answer = self.machine.run("mitori", "manager", "--runtime-dir", "/mnt/small/mitori", "--unit", "basic.target",
                                  "--journal-dir", "/tmp/journal")
        self.assertEqual(answer.returncode, 1)
        self.assertRegex(answer.stderr, r"mitori manager: .*/mnt/small/mitori.*: No space left on device")


if __name__ == "__main__":
    harness.main()
