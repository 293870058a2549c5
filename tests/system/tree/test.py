"""`mitori tree` beside psmisc's pstree, in the same machine, of processes that stand still: the same descent."""

import pathlib
import re
import shutil
import subprocess
import unittest

import harness

STAND_STILL = pathlib.Path(__file__).resolve().parent.parent / "ps" / "stand_still.py"
ENTRY = re.compile(r"([^\s`|+-][^()]*)\((\d+)(?:,([\w-]+))?\)")


def of_pstree(text):
    """Pid to (name, parent, user where it changes), of `pstree -A -l -c -T -p`: a branch goes down from its parent's
    "+", and every child begins two columns behind it."""
    found, branches = {}, {}
    for line in text.splitlines():
        above = None
        for entry in ENTRY.finditer(line):
            begin, end = entry.span()
            parent = above if above is not None else branches.get(begin - 2)
            above = int(entry[2])
            found[above] = (entry[1], parent, entry[3])
            if line[end:end + 3] == "-+-":
                branches[end + 1] = above
    return found


def of_ours(text):
    """The same of ours: two columns for each generation."""
    found, line_of_descent = {}, []
    for line in text.splitlines():
        entry = ENTRY.search(line.translate(str.maketrans("├└│─", "    ")))
        depth = entry.start() // 2
        del line_of_descent[depth:]
        pid = int(entry[2])
        found[pid] = (entry[1], line_of_descent[-1] if line_of_descent else None, entry[3])
        line_of_descent.append(pid)
    return found


@unittest.skipIf(not shutil.which("pstree"), "missing: pstree")
class Tree(harness.Case):
    folder = __file__
    init = "reaper"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.write("/tmp/stand_still.py", STAND_STILL.read_text())
        # A child of process 1: pstree shows nobody who is not below that.
        process = subprocess.Popen(cls.machine.command("sh", "-c", "python3 /tmp/stand_still.py &"), env=harness.ENVIRONMENT,
                                   stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        cls.machine.managers.append(process)
        cls.addClassCleanup(process.stdout.close)
        cls.pids = {name: int(pid) for name, pid in map(str.split, iter(process.stdout.readline, "ready\n"))}

        def still():
            states = {p.pid: p.state for p in cls.machine.processes()}
            return all(states[pid] in "STZ" for pid in cls.pids.values())

        harness.wait_until(still, "every one of them sleeps")

    def both(self, *words):
        theirs = of_pstree(self.ok(self.machine.run("pstree", "-A", "-l", "-c", "-T", "-p", *words)))
        ours = of_ours(self.ok(self.machine.run("mitori", "tree", "--processes", "--no-pager", "-p", *words)))
        return ({pid: fact for pid, fact in facts.items() if fact[0] not in ("pstree", "mitori")}
                for facts in (theirs, ours))

    def test_descent_is_the_same(self):
        theirs, ours = self.both()
        self.assertEqual(ours, theirs)
        self.assertLessEqual(set(self.pids.values()), set(ours))

    def test_a_part_is_the_same(self):
        theirs, ours = self.both(str(self.pids["main"]))
        self.assertEqual(ours, theirs)
        self.assertNotIn(1, ours)

    def test_the_way_from_the_first_is_the_same(self):
        theirs, ours = self.both("-s", str(self.pids["plain"]))
        self.assertEqual(ours, theirs)
        self.assertEqual(ours[self.pids["plain"]][1], self.pids["main"])

    def test_users_are_told_where_they_change(self):
        theirs, ours = self.both("-u")
        self.assertEqual(ours, theirs)
        self.assertEqual(ours[self.pids["user"]][2], "tester")


class Screen(harness.Case):
    """What looks at processes, on a terminal."""

    folder = __file__
    init = "reaper"

    def on_terminal(self, command, **env):
        answer = self.machine.run("script", "-qec", command, "/dev/null",
                                  env={"TERM": "xterm", "SYSTEMD_COLORS": "", "COLUMNS": "", **env})
        return self.ok(answer)

    def test_colours_are_for_terminals_that_want_them(self):
        for command in ("mitori inspect 1 --no-pager", "mitori tree --processes -H 1 --no-pager"):
            with self.subTest(command):
                self.assertIn("\x1b[", self.on_terminal(command))
                self.assertNotIn("\x1b[", self.on_terminal(command, NO_COLOR="1"))
                self.assertNotIn("\x1b[", self.on_terminal(command, TERM="dumb"))
                self.assertNotIn("\x1b[", self.ok(self.machine.run(*command.split())))

    def test_lines_are_as_wide_as_the_terminal(self):
        self.machine.start("bash", "-c", "exec -a " + "x" * 300 + " sleep 1000")
        for command in ("mitori ps -ef", "mitori sessions", "mitori inspect 1 --no-pager"):
            shown = self.on_terminal(f"stty cols 72; {command}", NO_COLOR="1")
            with self.subTest(command):
                self.assertLessEqual(max(len(line) for line in shown.splitlines()), 72)


if __name__ == "__main__":
    harness.main()
