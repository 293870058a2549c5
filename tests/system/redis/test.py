"""redis-server.service exactly as Debian ships it: Type=notify, Restart=always, a user of its own."""

import harness


class Redis(harness.Case):
    folder = __file__
    unit = "redis-server.service"

    def setUp(self):
        self.ok(self.machine.mitori("reset-failed"))  # the tests together start it more often than it may
        self.start(self.unit)
        self.addCleanup(self.stop, self.unit)

    def test_is_active_and_answers_its_client(self):
        self.assertState(self.unit, "active", "running")
        self.assertEqual(self.ok(self.machine.run("redis-cli", "set", "key", "value")), "OK\n")
        self.assertEqual(self.ok(self.machine.run("redis-cli", "get", "key")), "value\n")

    def test_runs_as_its_own_user_below_the_manager(self):
        main = self.machine.main_pid(self.unit)
        redis, = [p for p in self.machine.processes_of(self.unit)]
        uid = int(self.ok(self.machine.run("id", "-u", "redis")))
        self.assertEqual((redis.pid, redis.name, redis.parent, redis.uid), (main, "redis-server", 1, uid))

    def test_status_names_its_main_process_and_status_text(self):
        text = self.ok(self.machine.mitori("status", self.unit))
        main = self.machine.main_pid(self.unit)
        self.assertRegex(text, rf"Main PID: {main} \(redis-server\)")
        self.assertIn("Advanced key-value store", text)
        self.assertIn("Active: active (running) since ", text)
        self.assertIn('Status: "Ready to accept connections"', text)
        self.assertRegex(text, rf"─{main} .*redis-server 127.0.0.1:6379")

    def test_is_restarted_when_its_main_process_is_killed(self):
        before = self.machine.main_pid(self.unit)
        restarts = int(self.machine.show(self.unit, "NRestarts"))
        self.machine.kill(before)
        self.machine.wait_for(self.unit, NRestarts=str(restarts + 1), SubState="running")
        self.assertNotEqual(self.machine.main_pid(self.unit), before)
        self.assertEqual(self.ok(self.machine.run("redis-cli", "ping")), "PONG\n")

    def test_stop_leaves_no_process_and_no_runtime_folder(self):
        self.assertTrue(self.machine.exists("/run/redis"))
        self.stop(self.unit)
        self.assertState(self.unit, "inactive", "dead")
        self.assertNobodyLeft(self.unit)
        self.assertFalse(self.machine.exists("/run/redis"))

    def test_too_many_starts_fail_each_time_they_are_asked_for(self):
        for _ in range(4):
            self.ok(self.machine.mitori("restart", self.unit))
        for _ in range(2):
            answer = self.machine.mitori("restart", self.unit)
            self.assertEqual(answer.returncode, 1)
            self.assertIn("start of the service was attempted too often", answer.stderr)
        self.assertState(self.unit, "failed", "failed")
        self.assertEqual(self.machine.show(self.unit, "Result"), "start-limit-hit")

    def test_reload_is_refused_for_it_has_none(self):
        answer = self.machine.mitori("reload", self.unit)
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("not applicable", answer.stderr)


if __name__ == "__main__":
    harness.main()
