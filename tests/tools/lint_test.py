"""tools/check-format and tools/lint over a small copy of the repository."""

import shutil
import tempfile
import unittest
from pathlib import Path

import script


class Lint(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        shutil.copytree(script.TOOLS, self.root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(script.ROOT / ".clang-format", self.root)
        script.write(self.root, {"src/layers.txt": "floor 0\nbase:\n", "src/base/a.cpp": "int f(int const& a) { return a; }\n",
                                 "tools/sizes-exceptions.txt": "most 0\n"})

    def run_tool(self, *words):
        return script.run(self.root / "tools" / words[0], *words[1:], cwd=self.root)

    def test_a_file_that_is_laid_out_passes(self):
        self.assertEqual(self.run_tool("check-format").returncode, 0)

    def test_a_file_that_is_not_is_named_and_can_be_fixed(self):
        script.write(self.root, {"src/base/a.cpp": "int f(const int &a){return a;}\n"})
        refused = self.run_tool("check-format")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("src/base/a.cpp:1:", refused.stdout + refused.stderr)
        self.assertEqual(self.run_tool("check-format", "--fix").returncode, 0)
        self.assertEqual((self.root / "src/base/a.cpp").read_text(), "int f(int const& a) { return a; }\n")

    def test_lint_says_one_line_for_each_check(self):
        result = self.run_tool("lint")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual([line.split()[:2] for line in result.stdout.splitlines()],
                         [["OK", name] for name in ("check-layers", "check-sizes", "check-commits", "check-format")])

    def test_lint_goes_on_after_a_failure_and_fails_in_the_end(self):
        script.write(self.root, {"src/base/a.cpp": '#include "base/b.hpp"\n'})
        result = self.run_tool("lint")
        self.assertEqual(result.returncode, 1)
        self.assertIn("FAIL check-layers\n     base/a.cpp:1:", result.stdout)
        self.assertIn("OK   check-format", result.stdout)

    def test_lint_refuses_an_option_that_it_does_not_know(self):
        self.assertEqual(self.run_tool("lint", "--al").returncode, 2)


if __name__ == "__main__":
    unittest.main()
