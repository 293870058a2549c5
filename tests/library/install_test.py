"""Installs libmitori into a temporary folder, and builds and runs examples/library with it, as CMake and as pkg-config
have it; compiles each installed header alone.

    install_test.py BUILD COMPILER CMAKE LIBDIR
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "library"
BUILD, COMPILER, CMAKE, LIBDIR = sys.argv[1:5]
SAID = """\
sorted: c
b
a
lines: y
y
yes: killed, signal=PIPE
missing: exec no-such-program: No such file or directory
shell: killed, signal=KILL
left: 0
"""


def run(*command, env=None):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=500, env=env)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="mitori-install-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.work = Path(cls.folder.name)
        cls.prefix = cls.work / "prefix"
        done = run(CMAKE, "--install", BUILD, "--component", "library", "--prefix", cls.prefix)
        assert done.returncode == 0, done.stdout + done.stderr

    def check_program(self, path):
        done = run(path)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, SAID)

    def expect_success(self, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_cmake_project_finds_and_links_it(self):
        build = self.work / "cmake"
        self.expect_success(run(CMAKE, "-S", EXAMPLE, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
                                f"-DCMAKE_CXX_COMPILER={COMPILER}"))
        self.expect_success(run(CMAKE, "--build", build))
        self.check_program(build / "collect")

    def test_pkg_config_knows_how_to_compile_and_link_it(self):
        # Moved: nothing in the files says where they were installed.
        moved = self.work / "moved"
        self.prefix.rename(moved)
        self.addCleanup(lambda: moved.rename(self.prefix))
        env = dict(os.environ, PKG_CONFIG_PATH=str(moved / LIBDIR / "pkgconfig"))
        flags = run("pkg-config", "--cflags", "--libs", "mitori", env=env)
        self.expect_success(flags)
        program = self.work / "by-pkg-config"
        self.expect_success(run(COMPILER, "-Wall", "-Wextra", "-Werror", EXAMPLE / "collect.cpp",
                                "-o", program, *flags.stdout.split()))
        self.check_program(program)

    def test_each_header_compiles_alone(self):
        include = self.prefix / "include"
        headers = sorted(path.relative_to(include) for path in include.rglob("*.hpp"))
        self.assertGreater(len(headers), 20)
        self.assertIn(Path("mitori/process/command.hpp"), headers)

        def compile_alone(header):
            source = self.work / (str(header).replace("/", "-") + ".cpp")
            # Twice: it must also bear that.
            source.write_text(f"#include <{header}>\n#include <{header}>\n")
            return header, run(COMPILER, "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wshadow", "-Wconversion",
                               "-Werror", f"-I{include}", source)

        with ThreadPoolExecutor(2) as pool:
            for header, done in pool.map(compile_alone, headers):
                with self.subTest(header=str(header)):
                    self.expect_success(done)

    def test_headers_keep_to_their_names(self):
        for path in (self.prefix / "include").rglob("*.hpp"):
            text = path.read_text()
            with self.subTest(header=path.name):
                self.assertNotIn('#include "', text)
                self.assertNotIn("#define TRY(", text)
        self.assertEqual([path.name for path in (self.prefix / "include").iterdir()], ["mitori"])

    def test_the_examples_of_the_documentation_compile(self):
        text = (ROOT / "docs" / "library" / "README.md").read_text()
        prelude = re.search(r"```cpp prelude\n(.*?)```", text, re.DOTALL)[1]
        blocks = re.findall(r"```cpp\n(.*?)```", text, re.DOTALL)
        self.assertGreater(len(blocks), 6)
        helpers = "void report(std::string_view);\ntemplate <class... T> void use(T&&...);\n"
        source = self.work / "documentation.cpp"
        source.write_text("#include <mitori/mitori.hpp>\n#include <sys/resource.h>\n" + prelude + helpers +
                          "".join(f"void example_{n}() {{\n{block}}}\n" for n, block in enumerate(blocks)))
        self.expect_success(run(COMPILER, "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                                "-Wno-unused-variable", f"-I{self.prefix}/include", source))

    def test_the_tests_that_the_documentation_names_are_there(self):
        page = (ROOT / "docs" / "library" / "races.md").read_text()
        sources = "".join(path.read_text() for path in (ROOT / "tests" / "process").glob("*.cpp"))
        there = {f"{suite}.{name}" for suite, name in re.findall(r"TEST(?:_F)?\((\w+), (\w+)\)", sources)}
        named = set(re.findall(r"`([A-Z]\w+\.\w+)`", page)) - {"SUITE.NAME"}
        self.assertGreater(len(named), 15)
        self.assertEqual(named - there, set())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
