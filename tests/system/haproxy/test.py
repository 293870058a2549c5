"""haproxy.service exactly as Debian ships it: Type=notify, a master with workers, two reload commands, KillMode=mixed."""

import signal
import sys

import daemon
import harness

SETTINGS = """
frontend front
    bind 127.0.0.1:8080
    default_backend back
backend back
    http-response set-header X-Through {word}
    server one 127.0.0.1:8081
"""


class Haproxy(daemon.Daemon):
    folder = __file__
    unit, program = "haproxy.service", "haproxy"
    sandbox = ("BindReadOnlyPaths=",)

    @classmethod
    def prepare(cls):
        cls.shipped = cls.machine.read("/etc/haproxy/haproxy.cfg")
        cls.set_word("first")
        cls.machine.write("/srv/back/index.html", "Hello from behind\n")
        cls.machine.start(sys.executable, "-m", "http.server", "8081", "-b", "127.0.0.1", "-d", "/srv/back")
        harness.wait_until(lambda: cls.machine.run("curl", "-sS", "http://127.0.0.1:8081/").returncode == 0,
                           "the backend answers")

    @classmethod
    def set_word(cls, word):
        cls.machine.write("/etc/haproxy/haproxy.cfg", cls.shipped + SETTINGS.format(word=word))

    def page(self):
        return self.ok(self.machine.run("curl", "-sS", "-i", "http://127.0.0.1:8080/"))

    def ask(self):
        page = self.page()
        self.assertIn("x-through: ", page)
        self.assertTrue(page.endswith("\nHello from behind\n"), page)

    def workers(self):
        main = self.main()
        return {p.pid for p in self.machine.processes_of(self.unit) if p.parent == main}

    def test_reload_replaces_the_workers_and_takes_the_new_settings(self):
        self.assertIn("x-through: first", self.page())
        main, before = self.main(), self.workers()
        self.set_word("second")
        self.addCleanup(self.set_word, "first")
        self.ok(self.machine.mitori("reload", self.unit))
        harness.wait_until(lambda: "x-through: second" in self.page(), "the new settings hold")
        self.assertEqual(self.main(), main)
        harness.wait_until(lambda: not self.workers() & before, "the old workers are gone")

    def test_a_reload_with_bad_settings_fails_and_leaves_it_running(self):
        main = self.main()
        self.machine.write("/etc/haproxy/haproxy.cfg", "no such line\n")
        self.addCleanup(self.set_word, "first")
        self.assertEqual(self.machine.mitori("reload", self.unit).returncode, 1)
        self.assertState(self.unit, "active", "running")
        self.assertEqual(self.main(), main)
        self.ask()

    def test_is_restarted_after_a_clean_end_too(self):
        restarts = int(self.machine.show(self.unit, "NRestarts"))
        self.machine.kill(self.main(), signal.SIGTERM)
        self.machine.wait_for(self.unit, NRestarts=str(restarts + 1), SubState="running")
        self.wait_for_answer()  # it is ready a moment before it has its handlers
        self.stop(self.unit)
        # SuccessExitStatus=143: what the master may end with after SIGTERM.
        seen = self.machine.show(self.unit, "Result", "ExecMainStatus", "SuccessExitStatus")
        self.assertEqual((seen["Result"], seen["SuccessExitStatus"]), ("success", "143"))
        self.assertIn(seen["ExecMainStatus"], ("0", "143"))


if __name__ == "__main__":
    harness.main()
