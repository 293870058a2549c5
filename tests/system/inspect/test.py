"""`mitori inspect` beside lsof, prlimit and ss, of one process in one machine: the same facts."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import harness

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = [tool for tool in ("lsof", "prlimit", "ss") if not shutil.which(tool)]
# prlimit's words for the lines of /proc/PID/limits.
LIMITS = {"AS": "Max address space", "CORE": "Max core file size", "CPU": "Max cpu time", "DATA": "Max data size",
          "FSIZE": "Max file size", "LOCKS": "Max file locks", "MEMLOCK": "Max locked memory", "NICE": "Max nice priority",
          "MSGQUEUE": "Max msgqueue size", "NOFILE": "Max open files", "NPROC": "Max processes",
          "RSS": "Max resident set", "RTPRIO": "Max realtime priority", "SIGPENDING": "Max pending signals",
          "STACK": "Max stack size"}


@unittest.skipIf(TOOLS, f"missing: {' '.join(TOOLS)}")
class Inspect(harness.Case):
    folder = __file__
    init = "reaper"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.write("/tmp/subject.py", (HERE / "subject.py").read_text())
        process = subprocess.Popen(cls.machine.command("python3", "/tmp/subject.py", env={"SECRET": "hunter2"}, limits=("--nofile=100:200",)),
                                   env=harness.ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        cls.machine.managers.append(process)
        cls.addClassCleanup(process.stdout.close)
        cls.pid, cls.child = process.stdout.readline().split()
        answer = cls.machine.run("mitori", "inspect", cls.pid, "-o", "json")
        assert answer.returncode == 0, answer.stderr
        cls.told = json.loads(answer.stdout)
        cls.open = {one["fd"]: one for one in cls.told["descriptors"]}

    def test_descriptors_are_lsofs(self):
        shown = self.ok(self.machine.run("lsof", "-p", self.pid, "-a", "-d", "0-999", "-F", "fan", "-n", "-P"))
        theirs, number = {}, None
        for line in shown.splitlines():
            if line[0] == "f":
                number = int(line[1:])
                theirs[number] = {}
            elif number is not None:
                theirs[number][line[0]] = line[1:]
        self.assertEqual(sorted(self.open), sorted(theirs))
        for fd, said in theirs.items():
            with self.subTest(fd=fd):
                self.assertEqual(self.open[fd]["access"], {"u": "rw"}.get(said["a"], said["a"]))
                if said["n"].startswith("/") and "type=" not in said["n"]:
                    self.assertEqual(self.open[fd]["target"], said["n"])
        kept = next(one for one in self.open.values() if one["target"] == "/tmp/subject.data")
        self.assertEqual((kept["kind"], kept["position"], kept["access"]), ("file", 5, "rw"))

    def test_a_pipe_names_who_holds_the_other_end(self):
        pipes = [one for one in self.open.values() if one["kind"] == "pipe" and one["access"] == "w"]
        holders = [(other["pid"], other["fd"]) for one in pipes for other in one["others"]]
        self.assertIn((int(self.child), 0), holders)

    def test_sockets_are_those_of_ss(self):
        shown = self.ok(self.machine.run("ss", "-tunapH"))
        theirs = set()
        for line in shown.splitlines():
            if f"pid={self.pid}," not in line:
                continue
            words = line.split()
            for fd in re.findall(rf"pid={self.pid},fd=(\d+)", line):
                theirs.add((int(fd), words[0], words[4], "" if words[5].endswith("*") else words[5]))
        ours = set()
        for fd, one in self.open.items():
            words = one["detail"].split()
            if one["kind"] == "socket" and words[0] in ("tcp", "udp"):
                ours.add((fd, words[0], words[1], words[3] if "->" in words else ""))
        self.assertEqual(ours, theirs)
        self.assertEqual(len(ours), 4)
        unix = [one["detail"] for one in self.open.values() if one["detail"].startswith("unix")]
        self.assertEqual(sorted(unix), ["unix -> /tmp/subject.socket connected", "unix /tmp/subject.socket connected",
                                        "unix /tmp/subject.socket listening", "unix connected"])

    def test_peers_of_unix_sockets_are_those_of_ss(self):
        shown = self.ok(self.machine.run("ss", "-xpH", "state", "connected"))
        ends = {}  # inode -> (its peer's inode, who has it)
        for line in shown.splitlines():
            inode, peer = re.match(r"\S+ +\S+ +\d+ +\d+ +\S+ +(\d+) +\S+ +(\d+)", line).groups()
            ends[inode] = (peer, {(int(pid), int(fd)) for pid, fd in re.findall(r"pid=(\d+),fd=(\d+)", line)})
        self.assertTrue(ends)
        theirs = {fd: ends[peer][1] for peer, holders in ends.values() for pid, fd in holders
                  if str(pid) == self.pid and peer in ends}
        ours = {fd: {(other["pid"], other["fd"]) for other in one["others"]} for fd, one in self.open.items()
                if one["detail"].startswith("unix") and one["detail"].endswith("connected")}
        self.assertEqual(ours, theirs)
        self.assertEqual(len(ours), 3)
        self.assertIn({int(self.child)}, [{pid for pid, _ in holders} for holders in ours.values()])

    def test_the_ends_of_a_connection_know_each_other(self):
        ends = {fd: one for fd, one in self.open.items() if one["detail"].endswith("established")}
        self.assertEqual(len(ends), 2)
        for fd, one in ends.items():
            self.assertEqual([other["fd"] for other in one["others"]], [other for other in ends if other != fd])

    def test_limits_are_prlimits(self):
        shown = self.ok(self.machine.run("prlimit", "--pid", self.pid, "--raw", "--noheadings", "-o", "RESOURCE,SOFT,HARD"))
        theirs = {LIMITS[name]: (soft, hard) for name, soft, hard in map(str.split, shown.splitlines()) if name in LIMITS}
        ours = {one["name"]: (str(one["soft"]), str(one["hard"])) for one in self.told["limits"]}
        self.assertEqual({name: ours[name] for name in theirs}, theirs)
        self.assertEqual(ours["Max open files"], ("100", "200"))
        files = next(one for one in self.told["limits"] if one["name"] == "Max open files")
        self.assertEqual(files["used"], len(self.open))

    def test_signals_have_names(self):
        signals = self.told["signals"]
        self.assertIn("USR1", signals["caught"])
        self.assertIn("USR2", signals["ignored"])
        self.assertEqual(signals["blocked"], ["WINCH"])

    def test_values_of_the_environment_are_hidden_until_asked_for(self):
        self.assertIn("SECRET", self.told["environment"])
        plain = self.ok(self.machine.run("mitori", "inspect", self.pid))
        self.assertNotIn("hunter2", plain + json.dumps(self.told))
        self.assertIn("SECRET", plain)
        self.assertIn("hunter2", self.ok(self.machine.run("mitori", "inspect", self.pid, "--environment")))

    def test_namespaces_and_mounts_that_differ_are_told_from_outside(self):
        outside = subprocess.run([harness.MITORI, "inspect", str(self.machine.init), "-o", "json"], env=harness.ENVIRONMENT,
                                 capture_output=True, text=True, timeout=harness.LIMIT, check=True)
        told = json.loads(outside.stdout)
        self.assertFalse(told["namespaces"]["pid"]["same_as_ours"])
        self.assertEqual(told["namespaces"]["net"]["id"], os.readlink(f"/proc/{self.machine.init}/ns/net"))
        self.assertIn("theirs", {mount["whose"] for mount in told["mounts"]})
        self.assertTrue(all(space["same_as_ours"] for space in self.told["namespaces"].values()))

    def test_history_is_the_ledgers(self):
        self.assertIsNone(self.told["history"])
        self.assertIn("not told: there is no ledger", self.ok(self.machine.run("mitori", "inspect", self.child)))
        self.machine.start("mitori", "record", "--host")
        harness.wait_until(lambda: "recording into" in self.machine.log(), "the machine is recorded")
        for seconds in ("0.01", "nonsense"):
            self.machine.run("sleep", seconds)
        def history():
            told = json.loads(self.ok(self.machine.run("mitori", "inspect", self.child, "-o", "json")))["history"]
            return told if told and told["deaths"] == 2 else None
        told = harness.wait_until(history, "both ends are in the ledger")
        self.assertEqual((told["of"], told["failed"]), ("command sleep", 1))
        self.assertEqual([death["status"] for death in told["last"]], [1, 0])
        plain = self.ok(self.machine.run("mitori", "inspect", self.child))
        self.assertIn("2 of command sleep in the ledger, 1 of them failed", plain)
        self.assertRegex(plain, r"the last +\S.* sleep \(pid \d+\) exited with code 1, by itself")

    def test_rights_are_those_of_proc(self):
        status = dict(line.split(":\t", 1) for line in self.machine.read(f"/proc/{self.pid}/status").splitlines())
        self.assertEqual(len(self.told["capabilities"]["bounding"]), int(status["CapBnd"], 16).bit_count())
        self.assertEqual(self.told["no_new_privileges"], status["NoNewPrivs"] == "1")
        self.assertEqual(self.told["seccomp_filters"], int(status.get("Seccomp_filters", "0")))

    def test_who_is_not_there_is_said(self):
        answer = self.machine.run("mitori", "inspect", "999999")
        self.assertEqual((answer.returncode, answer.stderr), (1, "mitori inspect: there is no process 999999\n"))


if __name__ == "__main__":
    unittest.main()
