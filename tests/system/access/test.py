"""Only the manager's own user and root may command a manager; who may not is told so, and can look all the same."""

import harness

UNIT = "[Service]\nType=exec\nExecStart=sleep 1000\n"


class Access(harness.Case):
    folder = __file__

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.write("/etc/systemd/system/plain.service", UNIT)
        cls.machine.write("/home/tester/units/plain.service", UNIT)
        cls.machine.run("sh", "-c", "echo 'other:x:42043:42043::/tmp:/bin/sh' >>/etc/passwd; "
                                    "echo 'other:x:42043:' >>/etc/group; chmod 755 /run/user/42042")
        cls.machine.start("mitori", "manager", "--user", user="tester",
                          env={"SYSTEMD_UNIT_PATH": "/home/tester/units"})
        harness.wait_until(lambda: cls.machine.mitori("is-system-running", user="tester").returncode == 0, "it runs")

    def ask(self, user, runtime, *words):
        return self.machine.mitori("--runtime-dir", runtime, *words, user=user)

    def assertRefused(self, answer):
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("Only root and the user who runs this manager may command it.", answer.stderr)

    def test_a_user_may_not_command_the_manager_of_the_system(self):
        for words in (["start", "plain.service"], ["stop", "plain.service"], ["kill", "plain.service"],
                      ["reset-failed"], ["daemon-reload"], ["exit"]):
            with self.subTest(words):
                self.assertRefused(self.ask("tester", "/run/mitori", *words))
        self.assertState("plain.service", "inactive", "dead")

    def test_a_user_may_not_command_the_manager_of_another(self):
        self.assertRefused(self.ask("other", "/run/user/42042/mitori", "start", "plain.service"))
        seen = self.machine.show("plain.service", "ActiveState", user="tester")
        self.assertEqual(seen, "inactive")

    def test_a_user_commands_his_own_manager_and_root_does_too(self):
        self.ok(self.machine.mitori("start", "plain.service", user="tester"))
        uids = {p.uid for p in self.machine.processes() if p.name == "sleep"}
        self.assertEqual(uids, {42042})
        self.ok(self.machine.mitori("--runtime-dir", "/run/user/42042/mitori", "stop", "plain.service"))
        self.assertEqual([p for p in self.machine.processes() if p.name == "sleep"], [])

    def test_another_user_is_told_that_a_socket_of_systemctl_is_not_his(self):
        answer = self.machine.systemctl("start", "plain.service", user="tester")
        self.assertNotEqual(answer.returncode, 0)
        self.assertState("plain.service", "inactive", "dead")


if __name__ == "__main__":
    harness.main()
