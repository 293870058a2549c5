"""Limits of `mitori run` that control groups hold, by the kernel's own counts. Not in a machine of its own: such a one has
no controllers. The groups are made below our own and gone with the command."""

import json
import pathlib
import re
import subprocess
import sys
import unittest

import harness

# Within the limited group: busy until the kernel has ended its turn so often, or for so many periods of 100 ms; then what
# it counted. On a crowded machine others may take its turn before the kernel does.
BUSY = r"""
import json, resource, sys
folder = own_folder("cpu")
def counts():
    return {name: int(value) for name, value in map(str.split, open(folder + "/cpu.stat"))}
begin = counts()
while True:
    for _ in range(20000): pass
    now = counts()
    if now["nr_periods"] - begin["nr_periods"] >= int(sys.argv[1]): break
    if now["nr_throttled"] - begin["nr_throttled"] >= 5: break
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({**{name: now[name] - begin[name] for name in ("nr_periods", "nr_throttled")},
                  "cpu": used.ru_utime + used.ru_stime}))
"""
# The folder of its own group, of the hierarchy that has the controller.
OWN_FOLDER = r"""
def own_folder(controller):
    paths = {}
    for line in open("/proc/self/cgroup"):
        _, names, path = line.rstrip("\n").split(":", 2)
        paths.update({name: path for name in names.split(",")})
    for line in open("/proc/self/mountinfo"):
        words = line.split()
        kind, options = words[words.index("-") + 1], words[-1].split(",")
        found = kind == "cgroup" and controller in options and controller in paths
        if found or (kind == "cgroup2" and controller not in paths):
            path = paths[controller if found else ""]
            return words[4] + "/" + path[len(words[3].rstrip("/")):].lstrip("/")
"""
PERIOD = 0.1


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not harness.MITORI:
            raise unittest.SkipTest("MITORI does not say where the program is")

    def mitori_run(self, *words):
        """Its answer; skipped, with its own words, where it says that nothing here limits that."""
        options = words[:words.index("--")]
        for command in ((*options, "--", "true"), words):
            answer = subprocess.run([harness.MITORI, "run", "--timeout", "20s", *command], env=harness.ENVIRONMENT,
                                    stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=harness.LIMIT)
            refused = re.search(r"mitori run: (\w+: no control group here that limits it: .*)", answer.stderr)
            if refused:
                self.skipTest(refused[1])
        return answer

    def counted(self, cpus, periods):
        answer = self.mitori_run("--cpus", cpus, "--", sys.executable, "-c", OWN_FOLDER + BUSY, str(periods))
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)

    def test_a_busy_loop_has_no_more_than_its_share_of_a_cpu(self):
        few = self.counted("0.2", 150)
        self.assertGreaterEqual(few["nr_throttled"], 5, few)
        # A slice of 5 ms for each CPU may be left over from the period before (sched-bwc.rst).
        self.assertLess(few["cpu"], 1.5 * 0.2 * PERIOD * (few["nr_periods"] + 2), few)

    def test_a_share_that_is_larger_than_it_can_use_stops_nothing(self):
        many = self.counted("8", 20)
        self.assertEqual(many["nr_throttled"], 0, many)

    def test_more_memory_than_it_may_have_ends_it(self):
        answer = self.mitori_run("--memory", "64M", "--", sys.executable, "-c", "len(b'x' * 300_000_000)")
        self.assertEqual(answer.returncode, 128 + 9, answer.stderr)
        less = self.mitori_run("--memory", "64M", "--", sys.executable, "-c", "len(b'x' * 10_000_000)")
        self.assertEqual(less.returncode, 0, less.stderr)

    def test_more_processes_than_it_may_have_are_refused(self):
        script = "import os, time\nfor n in range(20):\n  if os.fork() == 0: time.sleep(1000)\n"
        answer = self.mitori_run("--pids", "8", "--", sys.executable, "-c", script)
        self.assertIn("BlockingIOError", answer.stderr)
        self.assertEqual(self.mitori_run("--pids", "30", "--", sys.executable, "-c", script).returncode, 0)

    def test_its_groups_are_gone_with_it(self):
        program = OWN_FOLDER + "print(*filter(None, map(own_folder, ('cpu', 'memory', 'pids'))), sep='\\n')"
        answer = self.mitori_run("--cpus", "1", "--memory", "1G", "--pids", "50", "--", sys.executable, "-c", program)
        groups = [pathlib.Path(line) for line in answer.stdout.splitlines()]
        self.assertEqual(len(groups), 3, answer.stderr)
        for group in groups:
            self.assertRegex(str(group), "mitori-run-")
            self.assertFalse(group.exists(), group)


if __name__ == "__main__":
    harness.main()
