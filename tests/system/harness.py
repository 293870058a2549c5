"""A private machine for one case: its own root, processes, network, names and control groups, gone without a trace.

    class Redis(harness.Case):
        folder = __file__                       # units/ beside it become /etc/systemd/system
        def test_answers(self):
            self.machine.mitori("start", "redis-server")
            ...

Process 1 of the machine is mitori itself, or a reaper when `init` is "reaper", beside which a case starts managers of
its own. Nothing here sleeps for luck: `wait_until` asks again until a condition holds, and says what it waited for when
the limit is over. Ending process 1 ends every process of the machine; then its control group is removed.
"""

import ctypes
import itertools
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
MITORI = os.environ.get("MITORI", "")
LIMIT = 30.0  # seconds; generous, for a crowded machine: only a failing test waits as long
REAPER = "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\nwhile True: signal.pause()"
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "SYSTEMD_PAGER": "",
    "SYSTEMD_COLORS": "0",
    "COLUMNS": "200",
}
_numbers = itertools.count(1)


def ignore_and_block_no_signal():
    """What started the tests may ignore and block signals, which is inherited through every exec: what a case says of
    them is said of a process that does neither. Signals 32 and 33 are glibc's own, whose disposition signal(2) by way
    of glibc, and so Python, leaves alone: hence the bare call; an action of zeroes is SIG_DFL with nothing else."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    libc = ctypes.CDLL(None, use_errno=True)
    status = pathlib.Path("/proc/self/status").read_text()
    ignored = int(status.split("SigIgn:")[1].split()[0], 16)
    for number in set(range(1, 65)) - {signal.SIGPIPE, signal.SIGXFSZ}:  # Python's own, put back at its execs
        if ignored >> (number - 1) & 1:
            call = {"x86_64": 13, "aarch64": 134}[os.uname().machine]  # rt_sigaction
            if libc.syscall(call, number, bytes(64), None, 8) != 0:
                raise OSError(ctypes.get_errno(), f"rt_sigaction of signal {number}")


ignore_and_block_no_signal()

def wait_until(condition, what, limit=LIMIT):
    """The condition's first true answer; AssertionError naming `what` after `limit` seconds without one."""
    end = time.monotonic() + limit
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"after {limit:g} s still not: {what}")
        time.sleep(0.02)


def why_not_here():
    """Why machines cannot be made in this place; nothing where they can."""
    if not MITORI:
        return "MITORI does not say where the program is"
    if os.geteuid() != 0:
        return "only root can make a machine with users, mounts and a network of its own"
    missing = [tool for tool in ("unshare", "nsenter", "setpriv", "ip") if not shutil.which(tool)]
    if missing:
        return f"missing: {' '.join(missing)}"
    probe = subprocess.run(["unshare", "-mpinuC", "-f", "true"], capture_output=True, text=True)
    return f"no namespaces here: {probe.stderr.strip()}" if probe.returncode else None


def own_group_directory():
    """Our own control group as a folder, or nothing where no cgroup v2 can be written."""
    memberships = pathlib.Path("/proc/self/cgroup").read_text().splitlines()
    relative = next((line[3:] for line in memberships if line.startswith("0::")), None)
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        if relative is None or fields[fields.index("-") + 1] != "cgroup2" or fields[3] != "/":
            continue
        directory = pathlib.Path(fields[4] + relative)
        if os.access(directory / "cgroup.procs", os.W_OK):
            return directory
    return None


def controller_directory(name):
    """Our own control group in the v1 hierarchy of a controller, or nothing where that cannot be written."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        if fields[fields.index("-") + 1] == "cgroup" and name in fields[-1].split(",") and fields[3] == "/":
            memberships = pathlib.Path("/proc/self/cgroup").read_text().splitlines()
            path = next(line.split(":", 2)[2] for line in memberships if name in line.split(":")[1].split(","))
            directory = pathlib.Path(fields[4] + path)
            return directory if os.access(directory / "cgroup.procs", os.W_OK) else None
    return None


class Group:
    """A control group below our own, for one machine; and one in the v1 hierarchy of each of these controllers."""

    def __init__(self, controllers=()):
        parents = [own_group_directory(), *(controller_directory(name) for name in controllers)]
        name = f"mitori-test-{os.getpid()}-{next(_numbers)}"
        self.paths = [parent / name for parent in parents if parent]
        self.path = self.paths[0] if parents[0] else None
        for path in self.paths:
            path.mkdir()

    def enter(self):
        for path in self.paths:
            (path / "cgroup.procs").write_text("0")

    def remove(self):
        for path in self.paths:
            wait_until(lambda: self._removed(path), f"{path} can be removed")

    @staticmethod
    def _removed(path):
        try:
            for directory, _, _ in os.walk(path, topdown=False):
                os.rmdir(directory)
        except OSError:
            return False
        return True


class Process:
    """One process of the machine, as its /proc shows it."""

    def __init__(self, folder):
        stat = (folder / "stat").read_text()
        self.pid = int(folder.name)
        self.name = stat[stat.index("(") + 1 : stat.rindex(")")]
        fields = stat[stat.rindex(")") + 2 :].split()
        self.state, self.parent, self.session = fields[0], int(fields[1]), int(fields[3])
        self.command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        group = (folder / "cgroup").read_text()
        self.group = next((line[3:] for line in group.splitlines() if line.startswith("0::")), "")
        self.uid = int((folder / "status").read_text().split("\nUid:")[1].split()[0])

    def __repr__(self):
        return f"{self.pid} <- {self.parent} {self.state} {self.group} {self.command or self.name}"


class Machine:
    """See the head of this file. `units` is a folder, `init` "mitori" or "reaper"."""

    def __init__(self, units=None, init="mitori", groups="unified", manager_options=(), limits=()):
        self.group = Group(groups.partition(":")[2].split(",") if ":" in groups else ())
        if not self.group.path:
            groups = "none"
        self.work = tempfile.mkdtemp(prefix="mitori-machine-")
        self.empty = tempfile.mkdtemp(prefix="mitori-no-units-")
        self.log_path = pathlib.Path(self.work + ".log")
        self.managers = []
        program = ["mitori", "manager", *manager_options] if init == "mitori" else [sys.executable, "-c", REAPER]
        if limits:
            program = ["prlimit", *limits, *program]
        with open(self.log_path, "wb") as log:
            self.starter = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", "unshare", "--mount", "--pid", "--net", "--uts", "--ipc",
                 "--cgroup", "--fork", "--kill-child",
                 str(HERE / "boot.sh"), self.work, MITORI, str(units or self.empty), groups, *program],
                env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=self.group.enter)
        try:
            self._wait_for_init(init)
        except BaseException:
            self.close()
            raise

    def _wait_for_init(self, init):
        children = pathlib.Path(f"/proc/{self.starter.pid}/task/{self.starter.pid}/children")

        def first():
            if self.starter.poll() is not None:
                raise AssertionError(f"the machine did not come up:\n{self.log()}")
            return children.read_text().split()

        self.init = int(wait_until(first, "the machine has a process 1")[0])
        self.root = pathlib.Path(f"/proc/{self.init}/root")
        name = "mitori" if init == "mitori" else "python"

        def booted():
            first()
            try:
                word = pathlib.Path(f"/proc/{self.init}/cmdline").read_bytes().split(b"\0")[0].decode()
            except FileNotFoundError:
                return False  # it ended; first() says so next time
            return name in word

        wait_until(booted, "process 1 has its program")
        if init == "mitori":
            wait_until(lambda: self.run("mitori", "is-system-running").stdout.strip() in ("running", "degraded"),
                       "the manager answers")

    # -- the inside

    def command(self, *words, user=None, env=None, group=None, limits=()):
        """The words that run a command inside, for subprocess."""
        inside = list(words)
        if limits:
            inside = ["prlimit", *limits, *inside]
        if user:
            inside = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--", *inside]
            env = {"HOME": "/home/tester", "USER": "tester", "XDG_RUNTIME_DIR": "/run/user/42042", **(env or {})}
        inside = ["env", *(f"{name}={value}" for name, value in (env or {}).items()), *inside]
        if group:
            enter = 'mkdir -p "$0" && echo 0 >"$0/cgroup.procs" && exec "$@"'
            inside = ["sh", "-c", enter, f"/sys/fs/cgroup/{group}", *inside]
        return ["nsenter", "-t", str(self.init), "-m", "-p", "-n", "-u", "-i", "-C", "--", *inside]

    def run(self, *words, user=None, env=None, limit=LIMIT, stdin=None, limits=()):
        return subprocess.run(self.command(*words, user=user, env=env, limits=limits), env=ENVIRONMENT, text=True,
                              capture_output=True, timeout=limit, input=stdin if stdin is not None else "")

    def start(self, *words, **how):
        """A command that goes on; its output joins the log. Ends with the machine."""
        with open(self.log_path, "ab") as log:
            started = subprocess.Popen(self.command(*words, **how), env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log)
        self.managers.append(started)
        return started

    def mitori(self, *words, **how):
        return self.run("mitori", *words, **how)

    def systemctl(self, *words, **how):
        return self.run("systemctl", *words, **how)

    def show(self, unit, *names, **how):
        """Properties as a dictionary; with one name its value alone."""
        answer = self.mitori("show", unit, *(f"--property={name}" for name in names), **how)
        if answer.returncode:
            raise AssertionError(f"show {unit}: {answer.stderr}")
        found = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
        return found[names[0]] if len(names) == 1 else found

    def main_pid(self, unit, **how):
        return int(self.show(unit, "MainPID", **how))

    def wait_for(self, unit, limit=LIMIT, user=None, **wanted):
        """Waits until properties have these values: wait_for("a.service", ActiveState="failed")."""
        seen = {}

        def holds():
            nonlocal seen
            seen = self.show(unit, *wanted, "Id", user=user)
            return all(seen[name] == value for name, value in wanted.items())

        try:
            wait_until(holds, f"{unit} has {wanted}", limit)
        except AssertionError as error:
            raise AssertionError(f"{error}; it has {seen}\n{self.log()}") from None

    def processes(self):
        found = []
        for folder in (self.root / "proc").iterdir():
            if folder.name.isdigit():
                try:
                    found.append(Process(folder))
                except OSError:
                    pass  # ended meanwhile
        return found

    def processes_of(self, unit):
        return [p for p in self.processes() if p.group.endswith(f"/{unit}") or f"/{unit}/" in p.group]

    def zombies(self):
        return [p for p in self.processes() if p.state == "Z"]

    def kill(self, pid, number=signal.SIGKILL):
        answer = self.run("kill", f"-{int(number)}", str(pid))
        if answer.returncode:
            raise AssertionError(f"kill {pid}: {answer.stderr}")

    def read(self, path):
        return (self.root / path.lstrip("/")).read_text()

    def write(self, path, text, mode=0o644):
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def exists(self, path):
        return (self.root / path.lstrip("/")).exists()

    def log(self):
        return self.log_path.read_text(errors="replace")

    # -- the end

    def close(self):
        if self.starter.poll() is None:
            self.starter.kill()  # --kill-child takes process 1 along, and that every other
        self.starter.wait()
        for manager in self.managers:
            manager.wait()
        self.group.remove()
        for folder in (self.work, self.empty):
            os.rmdir(folder)
        self.log_path.unlink()


class Case(unittest.TestCase):
    """One machine for all tests of the class; what the managers said is printed when one fails."""

    folder = ""
    init = "mitori"
    groups = "unified"
    manager_options = ()
    limits = ()
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        reason = why_not_here()
        if reason:
            raise unittest.SkipTest(reason)
        units = pathlib.Path(cls.folder).parent / "units"
        cls.machine = Machine(units if units.is_dir() else None, init=cls.init, groups=cls.groups,
                              manager_options=cls.manager_options, limits=cls.limits)
        cls.addClassCleanup(cls.machine.close)

    def run(self, result=None):
        before = len(result.failures) + len(result.errors) if result else 0
        result = super().run(result)
        if result and len(result.failures) + len(result.errors) > before:
            print(f"--- log of the machine of {self.id()}\n{self.machine.log()}---", file=sys.stderr)
        return result

    def ok(self, answer):
        """The answer of a command that must succeed."""
        self.assertEqual(answer.returncode, 0, f"{answer.args[-3:]}: {answer.stdout}{answer.stderr}")
        return answer.stdout

    def start(self, *units):
        return self.ok(self.machine.mitori("start", *units))

    def stop(self, *units):
        return self.ok(self.machine.mitori("stop", *units))

    def assertState(self, unit, active, sub=None):
        seen = self.machine.show(unit, "ActiveState", "SubState")
        self.assertEqual(seen["ActiveState"], active, seen)
        if sub:
            self.assertEqual(seen["SubState"], sub, seen)

    def assertNobodyLeft(self, *units):
        for unit in units:
            self.assertEqual(self.machine.processes_of(unit), [], f"left of {unit}")
        self.assertEqual(self.machine.zombies(), [])


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that machines are cleared away then, too
    unittest.main(verbosity=2)
