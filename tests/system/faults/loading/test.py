"""Units that cannot be loaded or started: each says why, and none keeps another from going on."""

import harness


class Loading(harness.Case):
    folder = __file__

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Aliases that lead to each other are no unit.
        for name, target in (("round", "about"), ("about", "round")):
            (cls.machine.root / f"etc/systemd/system/{name}.service").symlink_to(f"{target}.service")

    def test_a_target_starts_what_can_be_started(self):
        self.start("group.target")
        self.assertState("good.service", "active", "exited")
        self.assertState("group.target", "active")

    def test_each_is_listed_with_its_load_state(self):
        self.start("group.target")
        listed = self.ok(self.machine.mitori("list-units", "--all", "--plain", "--no-legend"))
        states = {words[0]: words[1] for words in map(str.split, listed.splitlines())}
        self.assertEqual(states["missing.service"], "not-found")
        self.assertEqual(states["bad-setting.service"], "bad-setting")
        self.assertEqual(states["round.service"], "error")
        self.assertEqual(states["good.service"], "loaded")

    def test_the_start_of_one_says_why_not(self):
        missing = self.machine.mitori("start", "missing.service")
        self.assertEqual((missing.returncode, missing.stderr),
                         (5, "Failed to start missing.service: Unit missing.service not found.\n"))
        bad = self.machine.mitori("start", "bad-setting.service")
        self.assertEqual(bad.returncode, 1)
        self.assertIn("Unit bad-setting.service has a bad unit file setting.", bad.stderr)
        self.assertIn("the service has no ExecStart=", self.machine.log())
        self.assertIn("the service has no ExecStart=", self.machine.mitori("status", "bad-setting.service").stdout)
        circle = self.machine.mitori("start", "round.service")
        self.assertNotEqual(circle.returncode, 0)
        self.assertIn("go round in a circle", circle.stderr)

    def test_a_mended_file_needs_no_more_than_a_start(self):
        self.assertEqual(self.machine.mitori("start", "later.service").returncode, 5)
        self.machine.write("/etc/systemd/system/later.service", "[Service]\nType=oneshot\nExecStart=true\n")
        self.start("later.service")

    def test_a_typo_is_named_with_the_nearest_word_and_stops_nothing(self):
        self.start("typo.service")
        text = self.ok(self.machine.mitori("status", "typo.service"))
        for said in (text, self.machine.log()):
            self.assertRegex(said, r"/etc/systemd/system/typo.service:3:1: warning: .*Restrat.*; did you mean Restart=\?")
        self.stop("typo.service")

    def assertFailsBy(self, unit, status, word):
        answer = self.machine.mitori("start", unit)
        self.assertEqual(answer.returncode, 1)
        self.assertIn(f"Job for {unit} failed because the control process exited with error code.", answer.stderr)
        seen = self.machine.show(unit, "ActiveState", "Result", "ExecMainStatus")
        self.assertEqual((seen["ActiveState"], seen["Result"], seen["ExecMainStatus"]), ("failed", "exit-code", status))
        self.assertIn(f"status={status}/{word}", self.machine.mitori("status", unit).stdout)
        self.assertNobodyLeft(unit)

    def test_a_missing_program_is_status_203(self):
        self.assertFailsBy("no-program.service", "203", "EXEC")
        log = self.machine.log()
        said = log.index("no-program.service: Failed at step EXEC spawning /usr/bin/no-such-program: "
                         "/usr/bin/no-such-program: No such file or directory")
        self.assertLess(said, log.index("no-program.service: Main process exited, code=exited, status=203/EXEC"))

    def test_a_missing_user_is_status_217(self):
        self.assertFailsBy("no-user.service", "217", "USER")
        self.assertIn("no-such-user", self.machine.log())

    def test_a_missing_group_is_status_216(self):
        self.assertFailsBy("no-group.service", "216", "GROUP")

    def test_a_missing_working_folder_is_status_200(self):
        self.assertFailsBy("no-folder.service", "200", "CHDIR")

    def test_a_missing_environment_file_is_a_lack_of_resources(self):
        answer = self.machine.mitori("start", "no-environment-file.service")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("of unavailable resources or another system error", answer.stderr)
        self.assertEqual(self.machine.show("no-environment-file.service", "Result"), "resources")
        self.assertIn("/no/such/file", self.machine.log())

    def test_an_optional_environment_file_may_be_missing(self):
        self.start("optional-environment-file.service")
        self.stop("optional-environment-file.service")


if __name__ == "__main__":
    harness.main()
