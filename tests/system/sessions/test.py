"""What `mitori sessions` and `mitori tree` draw of the cases of the textbooks. The pictures are golden: numbers of
processes become their names."""

import json
import pathlib
import re
import signal
import subprocess

import harness

HERE = pathlib.Path(__file__).resolve().parent


class Case(harness.Case):
    """One case: its processes, until the test is over."""

    folder = __file__
    init = "reaper"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.write("/tmp/cases.py", (HERE / "cases.py").read_text())

    def make(self, name):
        self.names = {"1": "init"}
        self.process = subprocess.Popen(self.machine.command("python3", "/tmp/cases.py", name), env=harness.ENVIRONMENT,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        self.step()
        me = (p.pid for p in self.machine.processes() if f"cases.py {name}" in p.command)
        self.names.setdefault(str(min(me)), "main")

    def step(self):
        self.signals = []
        for line in iter(self.process.stdout.readline, "ready\n"):
            self.assertTrue(line, "the case has ended before it was made")
            name, pid = line.split()
            if name.startswith("SIG"):
                self.signals.append(name)
            else:
                self.names[pid] = name
        busy = lambda: [p for p in self.machine.processes() if str(p.pid) in self.names and p.state in "RD"]  # noqa: E731
        harness.wait_until(lambda: not busy(), "all of it sleeps")

    def end(self):
        for pid, name in self.names.items():
            if name != "init":
                self.machine.run("kill", "-KILL", pid)
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        harness.wait_until(lambda: {p.pid for p in self.machine.processes()} == {1}, "all of it has gone")

    def number(self, name):
        return next(pid for pid, known in self.names.items() if known == name)

    def named(self, text):
        text = re.sub(r"\b\d+\b", lambda found: self.names.get(found[0], found[0]), text)
        return re.sub(r"pts/\d+", "pts/N", text).replace(" 100000", "")

    def sessions(self, *words):
        return self.named(self.ok(self.machine.run("mitori", "sessions", *words)))

    def tree(self, name):
        return self.named(self.ok(self.machine.run("mitori", "tree", "-pa", self.number(name))))


class Pictures(Case):
    def test_parent_exits_first(self):
        self.make("parent_exits_first")
        self.assertEqual(self.sessions(self.number("leader")), """\
session leader  no terminal  leader leader (sleep)
└─group leader
  ├─leader Ss   leader
  └─child S    child [orphan]
""")

    def test_a_subreaper_takes_the_child(self):
        self.make("subreaper")
        self.assertEqual(self.tree("reaper"), """\
reaper(reaper) [subreaper]
├─middle(middle)
│ └─leader(leader)
└─child(child) [orphan]
""")

    def test_a_sibling_by_clone_parent_is_not_called_an_orphan(self):
        self.make("clone_parent")
        self.assertEqual(self.sessions(self.number("leader")), """\
session leader  no terminal  leader leader (sleep)
└─group leader
  ├─leader Ss   leader
  └─sibling S    sibling [orphan or sibling]
""")

    def test_a_daemon_by_two_forks_has_a_session_without_its_leader(self):
        self.make("double_fork")
        self.assertEqual(self.sessions(self.number("daemon")), """\
session session  no terminal  its leader has ended
└─group session
  └─daemon S    daemon [orphan]
""")

    def test_setsid_begins_a_session_without_a_terminal(self):
        self.make("setsid")
        self.assertEqual(self.sessions(self.number("child")), """\
session leader  no terminal  leader leader (sleep)
└─group leader
  ├─leader Ss   leader
  └─child S    child
""")

    def test_a_zombie_names_who_does_not_wait(self):
        self.make("zombie")
        self.assertEqual(self.tree("careless"), """\
careless(careless)
└─python3(zombie) [zombie, careless (sleep) does not wait]
""")

    def test_a_shells_jobs(self):
        self.make("job_control")
        numbers = {name: int(pid) for pid, name in self.names.items()}
        self.assertLess(numbers["shell"], numbers["background"])
        self.assertEqual(self.sessions("--terminals"), """\
session shell  pts/N  controlling process shell (sleep)
├─group shell  background
│ └─shell Ss   shell
├─group background  background
│ └─background S    background
├─group grep  foreground
│ ├─grep S+   grep
│ └─sort S+   sort
└─group stopped  background
  └─stopped T    stopped [stopped]
""")
        told = json.loads(self.ok(self.machine.run("mitori", "sessions", "-t", "-o", "json")))
        self.assertEqual([group["place"] for group in told[0]["groups"]],
                         ["background", "background", "foreground", "background"])

    def test_a_stopped_job_is_hung_up_and_continued_when_its_group_is_orphaned(self):
        self.make("stopped_orphans")
        self.assertEqual(self.sessions(self.number("leader")).replace("python3 /tmp/cases.py stopped_orphans", "job"), """\
session leader  no terminal  leader leader (sleep)
├─group leader
│ └─leader Ss   leader
└─group job
  └─job T    job [stopped]
""")
        leader = self.number("leader")
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.step()
        self.assertEqual(self.signals, ["SIGCONT", "SIGHUP"])
        harness.wait_until(lambda: "job S    job" in self.sessions(leader), "it stands still under its name")
        self.assertEqual(self.sessions(leader), """\
session leader  no terminal  its leader has ended
└─group job  orphaned
  └─job S    job [orphan]
""")

    def test_a_tree_shows_the_way_down_to_it(self):
        self.make("setsid")
        drawn = self.named(self.ok(self.machine.run("mitori", "tree", "-spa", self.number("child"))))
        self.assertEqual(drawn, """\
python3 /tmp/cases.py setsid(main)
└─leader(leader)
  └─child(child)
""")

    def test_a_tree_counts_what_looks_the_same_and_is_killed_whole(self):
        script = "for i in 1 2 3; do sleep 100000 & done; sleep 100001 & echo $$; exec sleep 100002"
        started = subprocess.Popen(self.machine.command("sh", "-c", script), env=harness.ENVIRONMENT, text=True,
                                   stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.addCleanup(started.stdout.close)
        self.machine.managers.append(started)
        top = started.stdout.readline().strip()
        harness.wait_until(lambda: "4*[sleep]" in self.machine.run("mitori", "tree", top).stdout, "they are drawn")
        self.assertEqual(self.machine.run("mitori", "tree", "-a", top).stdout,
                         "sleep 100002\n├─3*[sleep 100000]\n└─sleep 100001\n")
        shown = self.ok(self.machine.run("mitori", "kill", "--tree", top, "--dry-run"))
        self.assertEqual(shown.count("would send SIGTERM to"), 5)
        self.assertEqual(self.ok(self.machine.run("mitori", "kill", "--tree", top, "-s", "KILL")).count("SIGKILL to"), 5)
        # A tree is stopped before it is killed, and nsenter(1), which stands outside, stops with its child.
        harness.wait_until(lambda: started.send_signal(signal.SIGCONT) or started.poll() is not None, "it has ended")
        answer = self.machine.run("mitori", "kill", "--tree", top)
        self.assertEqual((answer.returncode, answer.stderr), (1, f"mitori kill: there is nobody: --tree={top}\n"))

    def test_kill_by_session_and_by_group_hits_nobody_else(self):
        self.make("job_control")
        group = self.number("grep")
        self.ok(self.machine.run("mitori", "kill", "--group", group))
        harness.wait_until(lambda: len(self.alive() & {"grep", "sort"}) == 0, "the pipeline has gone")
        self.assertLessEqual({"shell", "background", "stopped"}, self.alive())
        self.ok(self.machine.run("mitori", "kill", "--session", self.number("shell"), "--signal=KILL"))
        harness.wait_until(lambda: not self.alive() & {"shell", "background", "stopped"}, "the session has gone")

    def alive(self):
        return {self.names.get(str(p.pid)) for p in self.machine.processes() if p.state != "Z"}


if __name__ == "__main__":
    harness.main()
