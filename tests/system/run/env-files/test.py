"""`mitori run --env-file`, each dialect beside its owner: docker's client, systemd's own reader, npm's foreman. Tables of
lines of which people have different ideas, and files that nobody wrote."""

import pathlib
import random
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness  # noqa: E402
import owners  # noqa: E402

OWN = {"OWN": "passed", "EMPTY": "", "O W": "blank"}
FOLDER = "/srv/env"
# One shell for all files of a folder; $1 is the dialect. An answer is the status, then what the command was given.
READ_ALL = f"""
cd {FOLDER} && for file in *.env; do
    mitori run --clear-env --env-file "$1:$file" -- /usr/bin/env -0 >"$file.out" 2>"$file.err"
    echo $? >"$file.status"
done"""

LONG = "x" * 60000
DOCKER = [
    "A=1", "A=1\n", "A=", "A=\nB=", "A==", "A=a=b=c", "A= x ", "A=  ", "A='x'", 'A="a b"', "A='it", 'A="', "A=a # b",
    "A=#", "A=x#y", "#A=1", "  #A=1", "\t# A=1\nB=2", "A=a\\\nB=b", "A=\\n\\t", "A=$OWN ${OWN}", "A=`x`", "  A=1",
    "\tA=1", "\v\f A=1", "\u00a0A=1", "\u2003\u3000A=1", "\u200bA=1", "A\u00a0=1", "A\v=1", "A B=1", "A =1", "A\t=1",
    " A =1", "=", "=x", "  =x", "A=1\n=\n", "OWN", "  OWN", "OWN\r\n", "OWN ", "EMPTY", "NONE", "NONE\nA=1", "A=1\nA",
    "A\nA=1", "OWN=1\nOWN", "OWN\nOWN=1", "O W", "A=1\r\nB=2\r\n", "A=1\r", "A=1\r\r\n", "A=1\rB=2", "\r\n\r\nA=1",
    "\ufeffA=1", "A=1\n\ufeffB=2", "\ufeff", "", "\n\n", " \n\t\n", "A=1\n\n\nB=2", "A=1\nA=2\nA=3", "A=1\na=2",
    "export A=1", "export=1", "1A=1", "a.b-c=1", "A[0]=1", "-=1", "größe=ä", "A=看取り", "A=\u2028", "A=\x7f\x1b[0m",
    b"A=\xff", b"A=1\n\xc3\x28=2", b"# \xff", b"A=\xed\xa0\x80", "A=" + LONG, "export\tA=1", "A;B=1", "A:1", "{A=1}",
]
# By docker a name may hold what no variable's can: the kernel would not care, but execve(2)'s strings end at a NUL.
# Its lines end at 64 KiB, and a file that has a longer one is refused; there is no such end in ours.
DOCKER_DIFFERS = {
    "a NUL byte": ("A=x\0y\n", {"A": "x\0y"}, "a NUL byte"),
    "a long line": ("A=" + "x" * 70000, owners.Refusal, {"A": "x" * 70000}),
}

SYSTEMD = [
    "A=1", "A=1\n", "A=", "A= x ", "A=two  words ", "A='x'", 'A="a b"', "A='a\nb'", 'A="a\nb"', "A='it''s'", "A='a'b",
    'A="a"b\'c\'', "A=a'b'", "A=a\"b\"", "A='a' b", "A='a' 'b'", "A='open", 'A="open', "A='a\\'b'", 'A="a\\"b"',
    'A="\\\\ \\` \\$ \\n"', "A=\\a\\ b\\\\", "A=x\\ ", "A=x\\", "A=a\\\nb", 'A="a\\\nb"', "A='a\\\nb'", "A=\\\n", "A=\\\nb",
    "#A=1", ";A=1", "  #A=1", "# a \\\nA=1\nB=2", "# a \\\n\nA=1", "A=a # b", "A=a;b", "A=#", "=1", " = ", "A", "A\nB=1",
    "A =1", " A=1", "A B=1", "export A=1", "1A=1", "A-B=1", "A.B=1", "_=1", "größe=1", "A=größe", "A=1\r\nB=2\r\n",
    "A=1\rB=2", "A='1'\r\n", "A=1\nA=2", "A=$OWN", "A=a=b", "A==", "\ufeffA=1", "A=\t1\t", "A=\v1\v", "A='\t1 '", 'A=""', "A=''",
    "A=\"\" x", "A='x' # c", "A=x\n\n\nB=y", "\\\nA=1", "A\\\nB=1", "\\A=1", "=x\\\nB=1", '="x\nB=1', "==1", "A='\"'", "A=\"'\"", "A=\\'x\\'", 'A=\\"x y\\"',
]
# A line that is no text stops systemd at the whole file; ours names it and goes on.
SYSTEMD_DIFFERS = {
    "not UTF-8": (b"A=\xff\nB=2\n", owners.Refusal, {"B": "2"}),
    "a NUL byte": ("A=x\0y\nB=2\n", owners.Refusal, {"B": "2"}),
}

FOREMAN = [
    "A=12", "A=1", "AB=", "A= x y ", " A = 1", "A='a b'", 'A="a b"', "A=''", 'A=""', "A='a' # b", 'A="a" # b', "A=a # b",
    "A='#'", 'A="#"', "A=it's", 'A="it\'s"', "A='\"'", "A=a=b", "A==b", "#A=1", "  # A=1", "A=1\nA=2", "A=1\r\nB=2\r\n", "A=$OWN",
    "A=\\n", "A='\\n'", "a.b-c=1", "A=größe", "\n\nA=1\n\n", "A=`x`", "A=x\\", "\tA\t=\t1\t", "A=1\n#B=2\nC=3", "A='open", 'A="open',
]
# The head of unit/dotenv.hpp says why.
FOREMAN_DIFFERS = {
    "an escape": ('A="a\\"b"', {"A": "a\\"}, {"A": 'a"b'}),
    "a newline": ('A="a\\nb"', {"A": "a\\nb"}, {"A": "a\nb"}),
    "export": ("export A=1", {"export A": "1"}, {"A": "1"}),
    "two characters": ("A=", {}, {"A": ""}),
    "no name": ("A B=1", {"A B": "1"}, {}),
    "no value": ("ABC", {"ABC": ""}, {}),
    "text after the quote": ("A='a'b", {"A": "a"}, "text after the closing quote"),
}
PIECES = ["A", "B", "OWN", "=", "=", "=", "\n", "\n", "\n", " ", "\t", "#", "'", "'", '"', '"', "\\", "\\", "\r\n", "x y", "$A", ";",
          "ä", "export ", "1", "\\\n", "_", "-"]


def made_up(count, seed):
    """Files of the characters that mean something to one dialect or another."""
    chance = random.Random(seed)
    return ["".join(chance.choices(PIECES, k=chance.randint(1, 30))) for _ in range(count)]


def data_of(text):
    return text if isinstance(text, bytes) else text.encode()


class EnvFiles(harness.Case):
    folder = __file__
    init = "reaper"

    def setUp(self):
        self.machine.run("rm", "-rf", FOLDER)
        self.files = pathlib.Path(tempfile.mkdtemp(prefix="mitori-env-"))
        self.addCleanup(shutil.rmtree, self.files)

    def ours(self, dialect, texts):
        """What each of these files sets by us, or a Refusal."""
        self.machine.write(f"{FOLDER}/.keep", "")
        folder = self.machine.root / FOLDER.lstrip("/")
        for number, text in enumerate(texts):
            (folder / f"{number:05}.env").write_bytes(data_of(text))
        self.ok(self.machine.run("sh", "-c", READ_ALL, "sh", dialect, env=OWN, limit=harness.LIMIT * 4))
        return [self.answer(folder / f"{number:05}.env") for number in range(len(texts))]

    def answer(self, path):
        said = pathlib.Path(f"{path}.err").read_text()
        status = int(pathlib.Path(f"{path}.status").read_text())
        if status:
            self.assertEqual(status, 125, said)
            return owners.Refusal(said)
        found = pathlib.Path(f"{path}.out").read_bytes().decode().split("\0")[:-1]
        return dict(entry.split("=", 1) for entry in found)

    def theirs(self, owner, texts, *more):
        answers = []
        for text in texts:
            path = self.files / "file.env"
            path.write_bytes(data_of(text))
            answers.append(owner.read(path, *more))
        return answers

    def compare(self, texts, theirs, ours):
        for text, its, mine in zip(texts, theirs, ours, strict=True):
            with self.subTest(text=text[:80]):
                if isinstance(its, owners.Refusal):
                    self.assertIsInstance(mine, owners.Refusal, its)
                else:
                    self.assertEqual(mine, its)

    def differ(self, table, theirs, ours):
        """Each answer is what the table says; where it says a text, a Refusal that has it, where Refusal, any."""
        for (name, (_, *wanted)), *given in zip(table.items(), theirs, ours, strict=True):
            for answer, said in zip(given, wanted):
                with self.subTest(name):
                    if isinstance(said, dict):
                        self.assertEqual(answer, said)
                    else:
                        self.assertIsInstance(answer, owners.Refusal)
                        self.assertIn(said if isinstance(said, str) else "", answer)

    def needs(self, owner):
        reason = owner.why_not_here()
        if reason:
            raise unittest.SkipTest(reason)

    def docker(self):
        self.needs(owners.Docker)
        engine = owners.Docker(self.files)
        self.addCleanup(engine.close)
        return engine

    def test_docker_s_lines(self):
        self.assertGreater(len(DOCKER), 30)
        self.compare(DOCKER, self.theirs(self.docker(), DOCKER, OWN), self.ours("docker", DOCKER))

    def test_docker_where_we_differ(self):
        texts = [row[0] for row in DOCKER_DIFFERS.values()]
        self.differ(DOCKER_DIFFERS, self.theirs(self.docker(), texts, OWN), self.ours("docker", texts))

    def test_docker_s_files_that_nobody_wrote(self):
        texts = made_up(100, 1)
        self.compare(texts, self.theirs(self.docker(), texts, OWN), self.ours("docker", texts))

    def test_systemd_s_lines(self):
        self.needs(owners.Systemd)
        self.compare(SYSTEMD, self.theirs(owners.Systemd(), SYSTEMD), self.ours("systemd", SYSTEMD))

    def test_systemd_where_we_differ(self):
        self.needs(owners.Systemd)
        texts = [row[0] for row in SYSTEMD_DIFFERS.values()]
        self.differ(SYSTEMD_DIFFERS, self.theirs(owners.Systemd(), texts), self.ours("systemd", texts))

    def test_systemd_s_files_that_nobody_wrote(self):
        self.needs(owners.Systemd)
        texts = made_up(300, 2)
        self.compare(texts, self.theirs(owners.Systemd(), texts), self.ours("systemd", texts))

    def foreman(self, texts):
        self.needs(owners.Foreman)
        paths = [self.files / str(number) for number in range(len(texts))]
        for path, text in zip(paths, texts):
            path.write_bytes(data_of(text))
        return owners.Foreman.read_all(paths)

    def test_foreman_s_lines(self):
        self.compare(FOREMAN, self.foreman(FOREMAN), self.ours("dotenv", FOREMAN))

    def test_foreman_where_we_differ(self):
        texts = [row[0] for row in FOREMAN_DIFFERS.values()]
        self.differ(FOREMAN_DIFFERS, self.foreman(texts), self.ours("dotenv", texts))


if __name__ == "__main__":
    harness.main()
