"""nginx.service exactly as Debian ships it: Type=forking with a PID file, no Restart=, a stop command of its own."""

import harness


class Nginx(harness.Case):
    folder = __file__
    unit = "nginx.service"

    def setUp(self):
        self.ok(self.machine.mitori("reset-failed"))
        self.start(self.unit)
        self.addCleanup(self.stop, self.unit)

    def page(self, port=80):
        return self.machine.run("curl", "-sS", f"http://127.0.0.1:{port}/")

    def test_is_active_and_answers_its_client(self):
        self.assertState(self.unit, "active", "running")
        self.assertIn("<html", self.ok(self.page()).lower())

    def test_its_main_process_is_the_one_of_its_pid_file(self):
        main = self.machine.main_pid(self.unit)
        self.assertEqual(int(self.machine.read("/run/nginx.pid")), main)
        processes = {p.pid: p for p in self.machine.processes_of(self.unit)}
        self.assertIn("master process", processes[main].command)
        workers = [p for p in processes.values() if p.pid != main]
        self.assertTrue(workers)
        self.assertEqual({p.parent for p in workers}, {main})

    def test_status_shows_both_commands_main_process_and_tree(self):
        titles = lambda: [p.command for p in self.machine.processes_of(self.unit)]  # noqa: E731
        harness.wait_until(lambda: any("worker process" in title for title in titles()), "a worker has its title")
        text = self.ok(self.machine.mitori("status", self.unit))
        main = self.machine.main_pid(self.unit)
        self.assertIn("A high performance web server and a reverse proxy server", text)
        self.assertIn("Docs: man:nginx(8)", text)
        self.assertRegex(text, r"Process: \d+ ExecStartPre=/usr/sbin/nginx -t .* \(code=exited, status=0/SUCCESS\)")
        self.assertRegex(text, r"Process: \d+ ExecStart=/usr/sbin/nginx -g .* \(code=exited, status=0/SUCCESS\)")
        self.assertRegex(text, rf"Main PID: {main} \(nginx\)")
        self.assertRegex(text, rf"─{main} .?nginx: master process")
        self.assertIn("nginx: worker process", text)

    def test_fails_when_its_main_process_is_killed(self):
        self.machine.kill(self.machine.main_pid(self.unit))
        self.machine.wait_for(self.unit, ActiveState="failed", Result="signal", NRestarts="0")
        self.assertNobodyLeft(self.unit)
        self.assertEqual(self.machine.mitori("is-failed", self.unit).stdout, "failed\n")

    def test_reload_keeps_its_main_process_and_takes_the_new_settings(self):
        main = self.machine.main_pid(self.unit)
        self.machine.write("/etc/nginx/conf.d/port.conf", "server { listen 8080; return 200 new; }\n")
        self.addCleanup((self.machine.root / "etc/nginx/conf.d/port.conf").unlink)
        self.ok(self.machine.mitori("reload", self.unit))
        self.assertEqual(self.machine.main_pid(self.unit), main)
        harness.wait_until(lambda: self.page(8080).stdout == "new", "nginx answers on its new port")

    def test_a_start_with_bad_settings_fails_before_it_runs(self):
        self.stop(self.unit)
        self.machine.write("/etc/nginx/conf.d/bad.conf", "no_such_directive on;\n")
        self.addCleanup((self.machine.root / "etc/nginx/conf.d/bad.conf").unlink)
        answer = self.machine.mitori("start", self.unit)
        self.assertEqual(answer.returncode, 1)
        self.assertIn("Job for nginx.service failed because the control process exited with error code", answer.stderr)
        self.assertState(self.unit, "failed", "failed")
        self.assertEqual(self.machine.show(self.unit, "Result"), "exit-code")
        self.assertIn("ExecStartPre=/usr/sbin/nginx -t", self.machine.mitori("status", self.unit).stdout)
        self.assertNobodyLeft(self.unit)

    def test_stop_leaves_no_process_and_no_pid_file(self):
        self.stop(self.unit)
        self.assertState(self.unit, "inactive", "dead")
        self.assertNobodyLeft(self.unit)
        self.assertFalse(self.machine.exists("/run/nginx.pid"))
        self.assertNotEqual(self.page().returncode, 0)


if __name__ == "__main__":
    harness.main()
