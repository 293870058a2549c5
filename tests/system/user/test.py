"""An ordinary user's manager, without a control group to write in: redis and nginx on high ports, from his own files."""

import pathlib

import harness

HOME = pathlib.Path(__file__).parent / "home"


class User(harness.Case):
    folder = __file__
    init = "reaper"
    groups = "none"
    how = {"user": "tester"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for file in HOME.rglob("*"):
            if file.is_file():
                cls.machine.write(f"/home/tester/{file.relative_to(HOME)}", file.read_text())
        cls.machine.start("mitori", "manager", **cls.how)
        harness.wait_until(lambda: cls.machine.mitori("is-system-running", **cls.how).returncode == 0, "it is ready")
        cls.manager, = [p.pid for p in cls.machine.processes() if "mitori manager" in p.command and p.parent == 0]

    def mitori(self, *words):
        return self.machine.mitori(*words, **self.how)

    def show(self, unit, *names):
        return self.machine.show(unit, *names, **self.how)

    def begin(self, unit):
        self.ok(self.mitori("reset-failed"))
        self.ok(self.mitori("start", unit))
        self.addCleanup(self.mitori, "stop", unit)

    def main_pid(self, unit):
        return int(self.show(unit, "MainPID"))

    def named(self, name):
        return [p for p in self.machine.processes() if p.name == name]

    def assertNoneNamed(self, name):
        self.assertEqual(self.named(name), [])
        self.assertEqual(self.machine.zombies(), [])

    def test_the_manager_says_how_it_tracks_here(self):
        self.assertIn("processes are tracked by session and INVOCATION_ID", self.machine.log())

    def test_redis_is_active_and_answers(self):
        self.begin("redis.service")
        self.assertEqual(self.ok(self.machine.run("redis-cli", "-p", "16379", "ping")), "PONG\n")
        redis, = self.named("redis-server")
        self.assertEqual((redis.pid, redis.parent, redis.uid), (self.main_pid("redis.service"), self.manager, 42042))
        status = self.ok(self.mitori("status", "redis.service"))
        self.assertRegex(status, rf"Main PID: {redis.pid} \(redis-server\)")
        self.assertRegex(status, rf"─{redis.pid} .*redis-server 127.0.0.1:16379")

    def test_redis_is_restarted_when_it_is_killed(self):
        self.begin("redis.service")
        before = self.main_pid("redis.service")
        self.machine.kill(before)
        self.machine.wait_for("redis.service", **self.how, NRestarts="1", SubState="running")
        self.assertNotEqual(self.main_pid("redis.service"), before)
        self.assertEqual(self.ok(self.machine.run("redis-cli", "-p", "16379", "ping")), "PONG\n")

    def test_redis_stops_and_leaves_nothing(self):
        self.begin("redis.service")
        self.assertTrue(self.machine.exists("/run/user/42042/redis"))
        self.ok(self.mitori("stop", "redis.service"))
        self.assertNoneNamed("redis-server")
        self.assertFalse(self.machine.exists("/run/user/42042/redis"))

    def test_nginx_is_active_and_answers(self):
        self.begin("nginx.service")
        self.assertEqual(self.ok(self.machine.run("curl", "-sS", "http://127.0.0.1:18080/")), "of tester\n")
        main = self.main_pid("nginx.service")
        processes = self.named("nginx")
        self.assertEqual(sorted(p.parent for p in processes), sorted([self.manager, main, main]))
        status = self.ok(self.mitori("status", "nginx.service"))
        for process in processes:
            self.assertRegex(status, rf"─{process.pid} .?nginx: (master|worker) process")

    def test_nginx_reload_keeps_the_main_process(self):
        self.begin("nginx.service")
        main = self.main_pid("nginx.service")
        workers = {p.pid for p in self.named("nginx")} - {main}
        self.ok(self.mitori("reload", "nginx.service"))
        harness.wait_until(lambda: workers.isdisjoint({p.pid for p in self.named("nginx")}), "it has new workers")
        self.assertEqual(self.main_pid("nginx.service"), main)

    def test_nginx_fails_when_it_is_killed_and_its_workers_go_too(self):
        self.begin("nginx.service")
        self.machine.kill(self.main_pid("nginx.service"))
        self.machine.wait_for("nginx.service", **self.how, ActiveState="failed", Result="signal")
        harness.wait_until(lambda: not self.named("nginx"), "no worker is left")
        self.assertEqual(self.machine.zombies(), [])

    def test_nginx_stops_and_leaves_nothing(self):
        self.begin("nginx.service")
        self.ok(self.mitori("stop", "nginx.service"))
        self.assertEqual(self.show("nginx.service", "ActiveState"), "inactive")
        self.assertNoneNamed("nginx")

    def test_who_forks_away_is_known_by_the_invocation(self):
        self.begin("away.service")
        harness.wait_until(lambda: len(self.named("sleep")) == 2, "two have run away")
        harness.wait_until(lambda: {p.parent for p in self.named("sleep")} == {self.manager}, "they are orphans")
        invocation = self.show("away.service", "InvocationID")
        for process in self.named("sleep"):
            environment = (self.machine.root / f"proc/{process.pid}/environ").read_bytes()
            self.assertIn(f"INVOCATION_ID={invocation}".encode(), environment)
        self.assertEqual(self.ok(self.mitori("status", "away.service")).count("sleep 1000\n"), 2)
        self.ok(self.mitori("stop", "away.service"))
        self.assertNoneNamed("sleep")

    def test_one_that_always_forks_on_is_caught(self):
        self.begin("runner.service")
        self.ok(self.mitori("stop", "runner.service"))
        harness.wait_until(lambda: not [p for p in self.machine.processes() if "runner.py" in p.command],
                           "nobody runs on")

    def test_what_this_place_cannot_give_is_said(self):
        self.begin("limited.service")
        status = self.ok(self.mitori("status", "limited.service"))
        self.assertRegex(status, r"(?m)^ +(Degraded: )?MemoryMax= no control group here: not limited$")


if __name__ == "__main__":
    harness.main()
