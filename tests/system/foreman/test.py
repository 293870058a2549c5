"""Procfiles and .env files read by `mitori up` and by npm's foreman: the same processes, ports and environments."""

import pathlib
import shutil
import subprocess
import unittest

import harness

PEERS = pathlib.Path(__file__).resolve().parents[3] / "build/peers/node_modules"
NF = "/srv/peers/node_modules/foreman/nf.js"
APP, SAID = "/srv/app", "/srv/said"
# Each process says in one line what it got, and stays, so that nobody is ended before all have spoken.
TELL = f"""printf '%%s\\n' "%s|$PORT|[$A]|[$B]" >>{SAID}; exec sleep 1000"""


def procfile(*names):
    return "".join(f"{name}: {TELL % name}\n" for name in names)


def told(command):
    return f"web: A={command}; {TELL % 'web'}\n"


# name: Procfile, files beside it, words of the two command lines, how many processes
CASES = {
    "types in order": (procfile("web", "worker", "clock"), {}, [], 3),
    "a formation": (procfile("web", "worker", "clock"), {}, ["web=2,worker=3"], 5),
    "the first type alone": (procfile("web", "worker"), {}, ["web"], 1),
    "a port": (procfile("web", "worker"), {}, ["-p", "9000"], 2),
    "a port in .env": (procfile("web", "worker"), {".env": "PORT=7000\n"}, [], 2),
    "a port before the one in .env": (procfile("web"), {".env": "PORT=7000\n"}, ["-p", "9000"], 1),
    "names": (procfile("web-1", "under_score", "UPPER", "w9"), {}, [], 4),
    "comments and blank lines": ("# a comment\n\n" + procfile("web") + "\n# another\n" + procfile("worker"), {}, [], 2),
    "no blank behind the colon": (f"web:{TELL % 'web'}\n", {}, [], 1),
    "many blanks behind the colon": (f"web:   \t {TELL % 'web'}\n", {}, [], 1),
    "no newline at the end": (procfile("web").rstrip("\n"), {}, [], 1),
    "quotes": (told("""'two  words'" and \\"quoted\\""'$B'"""), {}, [], 1),
    "a hash in a command": (told("a#b"), {}, [], 1),
    "colons in a command": (told("a:b:c"), {}, [], 1),
    "substitution": (told("$(expr 1 + 2)`echo x`"), {}, [], 1),
    "operators": (told("1 && A=2 || A=3"), {}, [], 1),
    "an unset variable": (told("${NONE:-else}"), {}, [], 1),
    "a plain value": (procfile("web"), {".env": "A=plain\nB=other\n"}, [], 1),
    "blanks around": (procfile("web"), {".env": "  A =  plain  \n\tB\t=\tother\t\n"}, [], 1),
    "blanks within": (procfile("web"), {".env": "A=two  words\nB=x\n"}, [], 1),
    "an equals sign": (procfile("web"), {".env": "A=a=b==c\n"}, [], 1),
    "an empty value": (procfile("web"), {".env": "ABC=\nA=\n"}, [], 1),
    "a comment behind": (procfile("web"), {".env": "A=x # comment\nB=y\n# B=z\n"}, [], 1),
    "single quotes": (procfile("web"), {".env": "A='as $it # stands'\nB=''\n"}, [], 1),
    "double quotes": (procfile("web"), {".env": 'A="with # hash"\nB=" blanks "\n'}, [], 1),
    "a comment behind quotes": (procfile("web"), {".env": "A='x' # comment\nB=\"y\" # z\n"}, [], 1),
    "a dollar sign": (procfile("web"), {".env": "A=$B\nB=${A}\n"}, [], 1),
    "the later one": (procfile("web"), {".env": "A=1\nA=2\n"}, [], 1),
    "several files": (procfile("web"), {"one": "A=1\nB=1\n", "two": "B=2\n"}, ["-e", "one,two"], 1),
    "carriage returns": (procfile("web"), {".env": "A=1\r\nB=2\r\n"}, [], 1),
}
# Where we differ: Procfile, files, words, what foreman's processes say, and ours. For the dialect of .env the reasons
# stand in the head of unit/dotenv.hpp; ports of a formation are ruby's foreman's; a file that was named must be there.
DIFFERENT = {
    "the second type alone": (procfile("web", "worker"), {}, ["worker"], ["worker|5000|[]|[]"], ["worker|5100|[]|[]"]),
    "a file that is not there": (procfile("web"), {"one": "A=1\n"}, ["-e", "one,two"], ["web|5000|[1]|[]"], []),
    "export": (procfile("web"), {".env": "export A=1\n"}, [], ["web|5000|[]|[]"], ["web|5000|[1]|[]"]),
    "an escaped quote": (procfile("web"), {".env": 'A="a\\"b"\n'}, [], ["web|5000|[a\\]|[]"], ['web|5000|[a"b]|[]']),
    "an escaped newline": (procfile("web"), {".env": 'A="a\\nb"\n'}, [], ["web|5000|[a\\nb]|[]"],
                           ["web|5000|[a", "b]|[]"]),
}


class Beside(harness.Case):
    folder = __file__
    init = "reaper"

    def lay(self, text, files):
        self.machine.run("rm", "-rf", APP, SAID)
        self.machine.write(f"{APP}/Procfile", text)
        for name, content in files.items():
            self.machine.write(f"{APP}/{name}", content)

    def said_by(self, lines, *command):
        """What the processes say that the command starts; then all of it is ended. With 0 it ends by itself."""
        inside = ["sh", "-c", 'cd "$0" && exec "$@"', APP, *command]
        running = subprocess.Popen(self.machine.command(*inside, env={"PORT": ""}), env=harness.ENVIRONMENT,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True)
        try:
            harness.wait_until(lambda: running.poll() is not None or 0 < lines <= self.lines(), "all have spoken")
        finally:
            self.machine.run("sh", "-c", "for pid in $(ps -eo pid,args | awk '/mitori up|[n]f.js/ && !/awk/ "
                                         "{print $1}'); do kill -INT $pid; done")
            self.output = running.communicate(timeout=harness.LIMIT)[0]
        said = self.machine.read(SAID).splitlines() if self.machine.exists(SAID) else []
        harness.wait_until(lambda: not [p for p in self.machine.processes() if p.command == "sleep 1000"], "all ended")
        self.machine.run("rm", "-f", SAID)
        return sorted(said)

    def lines(self):
        return self.machine.read(SAID).count("\n") if self.machine.exists(SAID) else 0


class Foreman(Beside):
    @classmethod
    def setUpClass(cls):
        if not (PEERS / "foreman/nf.js").exists() or not shutil.which("node"):
            raise unittest.SkipTest("npm's foreman is not here: tools/install-deps test installs it where npm is")
        super().setUpClass()
        # Wherever our own folder lies, the machine may have another one there.
        shutil.copytree(PEERS, cls.machine.root / "srv/peers/node_modules", symlinks=True)

    def both(self, text, files, words, lines, our_lines=None):
        self.lay(text, files)
        options = [word for word in words if word.startswith("-") or words[words.index(word) - 1].startswith("-")]
        processes = [word for word in words if word not in options]
        theirs = self.said_by(lines, "node", NF, *options, "start", *processes)
        mine = self.said_by(lines if our_lines is None else our_lines, "mitori", "up", *options, *processes)
        return theirs, mine

    def test_the_same_is_run(self):
        for name, (text, files, words, lines) in CASES.items():
            with self.subTest(name):
                theirs, mine = self.both(text, files, words, lines)
                self.assertEqual(len(theirs), lines, theirs)
                self.assertEqual(mine, theirs)

    def test_where_we_differ_it_is_known(self):
        for name, (text, files, words, theirs, mine) in DIFFERENT.items():
            with self.subTest(name):
                self.assertEqual(self.both(text, files, words, len(theirs), len(mine)),
                                 (sorted(theirs), sorted(mine)))


class OptionsFile(Beside):
    """.foreman is ruby's foreman's, which is not here: what its documentation says of it."""

    def test_options_stand_in_a_file_and_the_command_line_goes_before(self):
        options = "---\n# options\nport: 7000\nformation: \"web=2\"\nenv: one\nfrobnicate: 1\nnonsense\n"
        self.lay(procfile("web", "worker"), {".foreman": options, "one": "A=1\n", "two": "A=2\n"})
        self.assertEqual(self.said_by(2, "mitori", "up"), ["web|7000|[1]|[]", "web|7001|[1]|[]"])
        self.assertIn(".foreman:6: no option \"frobnicate\"", self.output)
        self.assertIn(".foreman:7: not \"option: value\"", self.output)
        self.assertEqual(self.said_by(2, "mitori", "up", "-p", "9000", "-e", "two"),
                         ["web|9000|[2]|[]", "web|9001|[2]|[]"])
        self.assertEqual(self.said_by(1, "mitori", "up", "worker"), ["worker|7100|[1]|[]"])


if __name__ == "__main__":
    harness.main()
