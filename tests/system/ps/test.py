"""`mitori ps` beside procps's ps, in the same machine, of processes that stand still: the same facts."""

import json
import pathlib
import subprocess
import unittest

import harness

HERE = pathlib.Path(__file__).resolve().parent

# Of one word each, so that one call shows them all; WIDE keeps procps from cutting.
FIELDS = """ppid pgid pgrp sid sess tpgid tty tt tname state s f flag user:40 euser:40 ruser:40 suser:40 uid euid ruid
    group:40 egroup:40 rgroup:40 gid egid rgid nlwp thcount ni nice pri opri priority rtprio cls class policy sched psr vsz
    vsize rss rssize rsz sz addr %mem pmem time cputime bsdtime cputimes wchan:40 min_flt maj_flt pending:16 blocked:16
    ignored:16 caught:16 start_time stime bsdstart start tgid lwp""".split()
# Each alone, so that blanks within a value compare, too.
TEXTS = ("comm:60", "ucmd:60", "ucomm:60", "args", "cmd", "command", "lstart")
FORMATS = (["-ef"], ["-eF"], ["-el"], ["-ej"], ["-e"], ["aux"], ["axl"], ["axj"], ["ax"], ["axs"], ["-eLf"], ["-eT"])
SELECTIONS = (["-e"], ["-A"], ["ax"], ["a"], ["x"], ["-a"], ["-d"], ["-N", "-u", "tester"], ["-u", "tester"],
              ["-U", "tester,root"], ["U", "tester"], ["-u", "42042"], ["-G", "tester"], ["-C", "sleep"], ["-C", "sleep,bash"],
              ["-t", "-"], ["axr"], ["--deselect", "-C", "sleep"])


class Ps(harness.Case):
    folder = __file__
    init = "reaper"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.write("/tmp/stand_still.py", (HERE / "stand_still.py").read_text())
        process = subprocess.Popen(cls.machine.command("python3", "/tmp/stand_still.py"), env=harness.ENVIRONMENT,
                                   stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        cls.machine.managers.append(process)
        cls.addClassCleanup(process.stdout.close)
        lines = iter(process.stdout.readline, "ready\n")
        cls.pids = {name: int(pid) for name, pid in map(str.split, lines)}
        cls.machine.run("true")
        harness.wait_until(lambda: cls.is_quiet(), "every one of them sleeps")

    @classmethod
    def is_quiet(cls):
        states = {p.pid: p.state for p in cls.machine.processes()}
        locked = "VmLck:\t       0 kB" not in cls.machine.read(f"/proc/{cls.pids['locked']}/status")
        return locked and all(states[pid] in "STZ" for pid in cls.pids.values())

    def both(self, *words):
        theirs, ours = self.machine.run("ps", *words), self.machine.run("mitori", "ps", *words)
        self.assertEqual(ours.returncode, theirs.returncode, (words, ours.stderr, theirs.stderr))
        return theirs.stdout.splitlines(), ours.stdout.splitlines()

    def values(self, lines):
        """Pid to value; only of what stands still."""
        found = {}
        for line in lines:
            pid, _, value = line.strip().partition(" ")
            if int(pid) in self.pids.values():
                found[int(pid)] = value.strip()
        return found

    def test_every_field_says_the_same(self):
        theirs, ours = (self.values(lines) for lines in self.both("-eo", "pid=," + "=,".join(FIELDS) + "="))
        self.assertEqual(len(theirs), len(self.pids))
        for name, pid in self.pids.items():
            pairs = [dict(zip(FIELDS, values[pid].split(), strict=True)) for values in (ours, theirs)]
            with self.subTest(process=name):
                self.assertEqual(*pairs)

    def test_texts_are_the_same(self):
        for field in TEXTS:
            theirs, ours = (self.values(lines) for lines in self.both("ww", "-eo", f"pid=,{field}="))
            with self.subTest(field=field):
                self.assertEqual(ours, theirs)

    def test_states_are_spelt_the_same(self):
        # The L of locked memory is told only beside a column that /proc/PID/status has to be read for.
        theirs, ours = (self.values(lines) for lines in self.both("-eo", "pid=,stat=,user:40="))
        theirs, ours = ({pid: value.split() for pid, value in values.items()} for values in (theirs, ours))
        self.assertEqual(ours, theirs)
        for letter in "SsTZNL<l+":
            self.assertTrue(any(letter in state for state, _ in theirs.values()), letter)

    def test_headers_of_formats_are_the_same(self):
        for words in FORMATS:
            theirs, ours = self.both(*words)
            with self.subTest(words=words):
                self.assertEqual(ours[0].split(), theirs[0].split())

    def test_selections_find_the_same(self):
        some = f"{self.pids['plain']},{self.pids['zombie']}"
        session = str(self.pids["session"])
        terminal = self.both("-o", "tty=", "-p", str(self.pids["leader"]))[0][0].strip()
        lists = (["-p", some], ["p", some], ["--ppid", str(self.pids["main"])], ["-s", session], ["--sid", session],
                 ["-t", terminal], ["t", terminal], ["-t", "/dev/" + terminal], ["-p", "999999"], ["-g", session],
                 ["-N", "-p", some])
        for words in (*SELECTIONS, *lists):
            def ids(lines):
                own = ("ps", "mitori")
                return [int(line.split()[0]) for line in lines if line.split()[1] not in own]

            theirs, ours = self.both(*words, "-o", "pid=,comm=")
            with self.subTest(words=words):
                self.assertEqual(ids(ours), ids(theirs))

    def test_orders_are_the_same(self):
        for order in ("-pid", "ni,pid", "-vsz,pid", "user,-pid", "+comm,pid", "-uid,pid"):
            theirs, ours = self.both("-C", "sleep,python3,bash", "-o", "pid=", f"--sort={order}")
            with self.subTest(order=order):
                self.assertEqual([line.strip() for line in ours], [line.strip() for line in theirs])

    def test_forests_are_the_same(self):
        for words in (["axf"], ["-e", "--forest"]):
            def drawn(lines):
                return [line.strip() for line in lines if line.split()[0] != "1" and "pid=,args=" not in line]

            theirs, ours = self.both(*words, "-o", "pid=,args=")
            with self.subTest(words=words):
                self.assertEqual(drawn(ours), drawn(theirs))

    def test_threads_are_the_same(self):
        main = self.pids["main"]
        theirs, ours = self.both("-L", "-p", str(main), "-o", "pid=,lwp=,nlwp=,comm=")
        self.assertEqual([line.split() for line in ours], [line.split() for line in theirs])
        self.assertEqual(len(ours), 4)

    def test_headers_and_widths_are_what_was_said(self):
        plain = str(self.pids["plain"])
        for words in (["-o", "pid=NUMBER,comm=NAME"], ["-o", "user:20,pid"], ["-o", "pid,comm", "--no-headers"],
                      ["-o", "pid=,comm="], ["h", "-o", "pid,comm"]):
            theirs, ours = self.both(*words, "-p", plain)
            with self.subTest(words=words):
                self.assertEqual([line.split() for line in ours], [line.split() for line in theirs])

    def test_what_is_not_understood_is_refused(self):
        for words, hint in ((["-o", "pid,comn"], "Did you mean 'comm'?"), (["--sort=foo"], "Unknown field 'foo'"),
                            (["-u", "nobody-of-that-name"], "Unknown user"), (["--frobnicate"], "Unknown option"),
                            (["-p", "x"], "no process number"), (["-p"], "needs a list")):
            answer = self.machine.run("mitori", "ps", *words)
            self.assertEqual(answer.returncode, 1, words)
            self.assertIn(hint, answer.stderr)

    def test_json_has_numbers_and_words(self):
        answer = json.loads(self.ok(self.machine.run("mitori", "ps", "-p", str(self.pids["nice"]), "-o", "json")))
        self.assertEqual(len(answer), 1)
        self.assertEqual(answer[0]["pid"], self.pids["nice"])
        self.assertEqual((answer[0]["ni"], answer[0]["comm"], answer[0]["user"]), (7, "sleep", "root"))
        shown = self.ok(self.machine.run("mitori", "ps", "-p", str(self.pids["nice"]), "-o", "pid,ni,rtprio", "--json"))
        self.assertEqual(json.loads(shown), [{"pid": self.pids["nice"], "ni": 7, "rtprio": None}])

    def test_filters_narrow_down(self):
        def pids(*words):
            answer = self.machine.run("mitori", "ps", *words, "-o", "pid=")
            return [int(word) for word in answer.stdout.split()]

        tree = pids("--tree", str(self.pids["main"]))
        self.assertLessEqual(set(self.pids.values()), set(tree))
        self.assertEqual(pids("--tree", str(self.pids["plain"])), [self.pids["plain"]])
        self.assertEqual(pids("--session", str(self.pids["session"])), [self.pids["session"]])
        self.assertEqual(pids("--group", str(self.pids["group"])), [self.pids["group"]])
        self.assertEqual(pids("--tree", str(self.pids["main"]), "-u", "tester"), [self.pids["user"]])
        self.assertEqual(pids("--unit", "nothing.service"), [])

    def test_marks_tell_what_is_worth_a_word(self):
        def marks(name):
            return self.ok(self.machine.run("mitori", "ps", "-p", str(self.pids[name]), "-o", "marks=")).strip()

        self.assertEqual(marks("stopped"), "stopped")
        self.assertEqual(marks("zombie"), f"zombie, {self.pids['main']} (python3) does not wait")
        self.assertEqual(marks("plain"), "-")

    def test_watching_goes_on_until_it_is_ended(self):
        with subprocess.Popen(self.machine.command("mitori", "ps", "--watch=0.1", "-p", str(self.pids["plain"]), "-o", "pid="),
                              env=harness.ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as watch:
            shown = [watch.stdout.readline().strip() for _ in range(5)]
            watch.kill()
        plain = str(self.pids["plain"])
        self.assertEqual(shown, [plain, "", plain, "", plain])


if __name__ == "__main__":
    unittest.main()
