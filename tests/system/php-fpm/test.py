"""php8.2-fpm.service exactly as Debian ships it: Type=notify, helpers after start and stop, asked by FastCGI."""

import pathlib

import daemon
import harness

CLIENT = (pathlib.Path(__file__).parent / "fastcgi.py").read_text()
SOCKET = "/run/php/php8.2-fpm.sock"


class PhpFpm(daemon.Daemon):
    folder = __file__
    unit, program = "php8.2-fpm.service", "php-fpm8.2"
    restarts = False

    @classmethod
    def prepare(cls):
        cls.machine.write("/var/www/html/sum.php", "<?php echo PHP_SAPI, ' ', array_sum([40, 2]), ' ', "
                                                   "get_current_user(), ini_get('precision');\n")

    def ask(self):
        answer = self.python(CLIENT, SOCKET, "/var/www/html/sum.php")
        self.assertIn("fpm-fcgi 42 ", answer)

    def test_its_workers_are_children_of_the_main_process_and_of_another_user(self):
        main = self.main()
        uid = int(self.ok(self.machine.run("id", "-u", "www-data")))
        workers = [p for p in self.machine.processes_of(self.unit) if p.pid != main]
        self.assertGreaterEqual(len(workers), 2)
        self.assertEqual({(p.parent, p.uid) for p in workers}, {(main, uid)})

    def test_its_helpers_run_after_its_start_and_after_its_stop(self):
        self.assertTrue((self.machine.root / "run/php/php-fpm.sock").is_symlink())
        self.stop(self.unit)
        text = self.machine.mitori("status", self.unit).stdout
        self.assertRegex(text, r"ExecStartPost=/usr/lib/php/php-fpm-socket-helper install .* \(code=exited, status=0/")
        self.assertRegex(text, r"ExecStopPost=/usr/lib/php/php-fpm-socket-helper remove .* \(code=exited, status=0/")

    def test_reload_takes_the_new_settings(self):
        self.machine.write("/etc/php/8.2/fpm/conf.d/99-test.ini", "precision = 7\n")
        self.addCleanup((self.machine.root / "etc/php/8.2/fpm/conf.d/99-test.ini").unlink)
        self.wait_for_answer()
        main = self.main()
        self.ok(self.machine.mitori("reload", self.unit))

        def answers():
            run = self.machine.run("python3", "-c", CLIENT, SOCKET, "/var/www/html/sum.php")
            return run.returncode == 0 and run.stdout.rstrip().endswith("7")

        harness.wait_until(answers, "the new setting holds")
        self.assertEqual(self.main(), main)

    def test_status_shows_what_it_says_of_itself(self):
        self.assertRegex(self.ok(self.machine.mitori("status", self.unit)), r'Status: "(Ready to handle connections|Pro)')


if __name__ == "__main__":
    harness.main()
