"""What a manager does in systemd's place before the first unit: generators and tmpfiles.d. docs/adr/0013."""

import subprocess

import harness

FOLDER = "/etc/systemd/system-generators"
UNIT = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n[Unit]\nDescription={}\n"


class StandingIn(harness.Case):
    folder = __file__

    def generator(self, name, script):
        path = f"{FOLDER}/{name}"
        self.machine.write(path, f"#!/bin/sh\n{script}\n", 0o755)

        def remove():
            (self.machine.root / path.lstrip("/")).unlink(missing_ok=True)
            self.ok(self.machine.systemctl("daemon-reload"))

        self.addCleanup(remove)

    def unit_by(self, where, name, word):
        """Shell words that write a unit of this description into one of the three folders."""
        text = UNIT.format(word).replace("\n", "\\n")
        return f"printf '{text}' > \"{where}/{name}\""

    def reload(self):
        self.ok(self.machine.systemctl("daemon-reload"))

    def test_a_generator_is_given_three_folders_and_what_the_manual_names(self):
        self.generator("teller", 'echo "$# $1 $2 $3" > /tmp/told; env | grep ^SYSTEMD_ | sort >> /tmp/told')
        self.reload()
        first, *rest = self.machine.read("/tmp/told").splitlines()
        self.assertEqual(first, "3 /run/mitori/generator /run/mitori/generator.early /run/mitori/generator.late")
        told = dict(line.split("=", 1) for line in rest)
        self.assertEqual((told["SYSTEMD_SCOPE"], told["SYSTEMD_IN_INITRD"], told["SYSTEMD_FIRST_BOOT"]),
                         ("system", "0", "0"))
        self.assertEqual(told["SYSTEMD_ARCHITECTURE"], self.machine.mitori("show", "-p", "Architecture",
                                                                           "--value").stdout.strip())

    def test_what_it_writes_stands_in_the_search_path_by_its_folder(self):
        self.machine.write("/etc/systemd/system/given.service", UNIT.format("the administrator's"))
        self.machine.write("/lib/systemd/system/vendors.service", UNIT.format("the vendor's"))
        self.generator("writer", "\n".join([
            self.unit_by("$1", "given.service", "below /etc"), self.unit_by("$1", "vendors.service", "above /lib"),
            self.unit_by("$3", "vendors.service", "late"), self.unit_by("$3", "new.service", "quite new")]))
        self.reload()
        described = lambda unit: self.machine.show(unit, "Description")
        self.assertEqual(described("given.service"), "the administrator's")
        self.assertEqual(described("vendors.service"), "above /lib")
        self.assertEqual(described("new.service"), "quite new")
        self.assertEqual(self.machine.systemctl("is-enabled", "new.service").stdout, "generated\n")
        self.start("new.service")
        self.stop("new.service")
        self.generator("writer", self.unit_by("$2", "given.service", "above all"))
        self.reload()
        self.assertEqual(described("given.service"), "above all")
        # What the last run wrote has gone with it.
        self.assertEqual(described("vendors.service"), "the vendor's")
        self.assertEqual(self.machine.show("new.service", "LoadState"), "not-found")

    def test_a_reload_is_answered_when_they_have_ended_and_others_meanwhile(self):
        self.ok(self.machine.run("mkfifo", "/tmp/gate"))
        self.generator("slow", "read word < /tmp/gate\n" + self.unit_by("$1", "slow.service", "after all"))
        asking = subprocess.Popen(self.machine.command("systemctl", "daemon-reload"), env=harness.ENVIRONMENT)
        try:
            waits = lambda: [p for p in self.machine.processes() if f"{FOLDER}/slow" in p.command
                             and p.command.startswith("/bin/sh")]
            harness.wait_until(waits, "the generator waits")
            self.assertEqual(self.machine.show("slow.service", "LoadState"), "not-found")
            self.assertIsNone(asking.poll())
        finally:
            self.ok(self.machine.run("sh", "-c", "echo go > /tmp/gate"))
            asking.wait()
        self.assertEqual(asking.returncode, 0)
        self.assertEqual(self.machine.show("slow.service", "Description"), "after all")

    def test_one_that_fails_is_named_and_the_others_count(self):
        self.generator("bad", "exit 3")
        self.generator("good", self.unit_by("$1", "good.service", "good"))
        self.reload()
        self.assertIn(f"generator {FOLDER}/bad: exited, status=3", self.machine.log())
        self.assertEqual(self.machine.show("good.service", "Description"), "good")

    def test_nobody_is_left_of_them(self):
        self.generator("daemon", "setsid sleep 4242 &")
        self.reload()
        self.assertEqual([p for p in self.machine.processes() if p.command == "sleep 4242"], [])
        harness.wait_until(lambda: not self.machine.zombies(), "nobody is left unreaped")

    def test_one_that_takes_too_long_is_ended_and_named(self):
        self.machine.write("/tmp/hangs", "#!/bin/sh\nsleep 4343\n", 0o755)
        run = 'exec -a mitori-generators mitori 1 /tmp/n /tmp/e /tmp/l /tmp/hangs'
        answer = self.machine.run("bash", "-c", run)
        self.assertEqual(answer.returncode, 0)
        self.assertIn("generator /tmp/hangs: it took longer than 1s and is ended", answer.stderr)
        self.assertEqual([p for p in self.machine.processes() if p.command == "sleep 4343"], [])

    def test_systemds_own_are_left_out(self):
        self.assertTrue(self.machine.exists("/lib/systemd/system-generators/systemd-getty-generator"))
        made = {path.name for path in (self.machine.root / "run/mitori/generator").iterdir()}
        self.assertNotIn("getty.target.wants", made)
        self.assertEqual(list((self.machine.root / "run/mitori/generator.late").iterdir()), [])  # sysv-generator's

    def test_the_folders_that_packages_name_are_made_before_services(self):
        self.assertState("systemd-tmpfiles-setup.service", "active", "exited")
        for folder in ("run/mysqld", "run/haproxy", "run/php", "run/memcached"):
            self.assertTrue((self.machine.root / folder).is_dir(), folder)
        self.assertFalse(self.machine.exists("/run/nologin"))  # what only a machine's boot may do

    def test_what_one_names_later_is_made_when_it_is_asked_for(self):
        self.machine.write("/etc/tmpfiles.d/late.conf", "d /run/late 0750 www-data www-data\n")
        self.ok(self.machine.mitori("restart", "systemd-tmpfiles-setup"))
        self.assertEqual((self.machine.root / "run/late").stat().st_mode & 0o7777, 0o750)


class BesideAnotherInit(harness.Case):
    folder = __file__
    init = "reaper"

    def test_neither_is_done(self):
        self.machine.start("mitori", "manager", "--system", "--runtime-dir", "/run/mitori")
        harness.wait_until(lambda: self.machine.mitori("is-system-running").stdout == "running\n", "it answers")
        self.assertFalse(self.machine.exists("/run/mitori/generator"))
        self.assertFalse(self.machine.exists("/run/mysqld"))
        self.assertState("systemd-tmpfiles-setup.service", "inactive", "dead")


if __name__ == "__main__":
    harness.main()
