import os
import tempfile
import unittest
from pathlib import Path

import script

commits = script.load("check-commits")
ROOMS = {"unit", "manager", "docs"}


class Subjects(unittest.TestCase):
    def complaint(self, subject):
        return commits.complaint(subject, ROOMS) or ""

    def test_a_module_and_a_sentence_pass(self):
        for subject in ("unit: Read drop-ins", "unit, manager: Name states once", "unit/directives: Add a row"):
            self.assertEqual(self.complaint(subject), "", subject)

    def test_a_subject_without_a_module_is_refused(self):
        for subject in ("Read drop-ins", "Unit: Read drop-ins", "unit Read", "unit:", "unit:Read", ""):
            self.assertIn("write `module:", self.complaint(subject), subject)

    def test_a_module_that_does_not_exist_is_refused(self):
        self.assertIn("no module units", self.complaint("units: Read drop-ins"))

    def test_seventy_two_characters_pass_and_one_more_does_not(self):
        self.assertEqual(self.complaint("unit: " + "a" * 66), "")
        self.assertIn("73 characters", self.complaint("unit: " + "a" * 67))

    def test_a_final_stop_is_refused(self):
        self.assertIn("final stop", self.complaint("unit: Read drop-ins."))


class History(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        script.write(self.root, {"src/layers.txt": "floor 0\nunit:\n"})

    def git(self, *words):
        identity = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = os.environ | identity | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        result = script.run("git", *words, cwd=self.root, env=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.strip()

    def commit(self, subject):
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def test_every_commit_of_the_history_is_read(self):
        self.git("init", "-q")
        bad = self.commit("fixed stuff")
        self.commit("unit: Read drop-ins")
        found = commits.check(self.root, "HEAD")
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(bad[:12]), found)

    def test_a_named_exception_passes(self):
        self.git("init", "-q")
        bad = self.commit("fixed stuff")
        script.write(self.root, {"tools/commits-exceptions.txt": f"# why\n{bad} a reason\n"})
        self.assertEqual(commits.check(self.root, "HEAD"), [])

    def test_a_range_leaves_older_commits_out(self):
        self.git("init", "-q")
        bad = self.commit("fixed stuff")
        self.commit("unit: Read drop-ins")
        self.assertEqual(commits.check(self.root, f"{bad}..HEAD"), [])

    def test_a_folder_without_history_has_nothing_to_check(self):
        self.assertEqual(commits.check(self.root, "HEAD"), [])


if __name__ == "__main__":
    unittest.main()
