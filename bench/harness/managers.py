"""The managers that are compared. Each is given the same program and as many services as asked for, set up the way that
suits it best; none writes logs."""
import os
import shutil
import subprocess

from . import place, processes


class Manager:
    """Started with n services in a folder of its own, in memory as /run is; afterwards nothing of it is left."""

    name = ""
    programs = ()  # what must be installed

    def __init__(self, place_of_run, build, marks):
        self.scratch, self.group = place_of_run
        self.build, self.marks = build, marks
        self.program = os.path.join(build, "bin", processes.SERVICE)
        self.folder = os.path.join(self.scratch, "manager")
        self.process = None

    @classmethod
    def installed(cls):
        return all(shutil.which(program) for program in cls.programs)

    def prepare(self, n):
        """Writes the configuration: not part of what is measured."""

    def command(self, n):
        raise NotImplementedError

    def launch(self, n, extra_environment=None):
        environment = {"PATH": os.environ["PATH"], "MARK_FIFO": self.marks.path, **(extra_environment or {})}
        self.process = subprocess.Popen(self.command(n), cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "bench", self.folder], check=True)
        self.marks.drain()
        return self

    def __exit__(self, *_):
        processes.end_everyone()
        if self.group:
            place.remove_groups(self.group)
        subprocess.run(["umount", "--lazy", self.folder], check=True)
        self.marks.drain()

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path


class Floor(Manager):
    name = "bare vfork + execve"
    what = "start"

    def command(self, n):
        head = [os.path.join(self.build, "bin", "bench_floor"), self.what]
        return [*head, *([str(n)] if self.what == "start" else []), self.program, self.marks.path]


class RestartFloor(Floor):
    name = "bare waitid + vfork + execve"
    what = "restart"


class Mitori(Manager):
    name = "mitori"

    def prepare(self, n):
        for i in range(n):
            self.add(f"bench-{i:04}.service", self.program)
        self.write("units/bench.target", "[Unit]\nDescription=All that the bench starts\n")

    def add(self, name, program):
        self.write(f"units/{name}", "[Unit]\n"
                   f"Description=Does nothing, {name}\n"
                   "StartLimitIntervalSec=0\n\n"
                   "[Service]\n"
                   f"ExecStart={program} {self.marks.path}\n"
                   "Restart=always\n"
                   "RestartSec=0\n")
        wants = os.path.join(self.folder, "units", "bench.target.wants")
        os.makedirs(wants, exist_ok=True)
        os.symlink(f"../{name}", os.path.join(wants, name))

    def command(self, n):
        return [os.path.join(self.build, "bin", "mitori"), "manager", "--system", "--unit", "bench.target",
                "--runtime-dir", os.path.join(self.folder, "run")]

    def launch(self, n, extra_environment=None):
        super().launch(n, {"SYSTEMD_UNIT_PATH": os.path.join(self.folder, "units"), **(extra_environment or {})})


class S6(Manager):
    name = "s6"
    programs = ("s6-svscan", "s6-supervise")

    def prepare(self, n):
        for i in range(n):
            os.makedirs(os.path.join(self.folder, "scan", f"bench-{i:04}"))
            os.symlink(self.program, os.path.join(self.folder, "scan", f"bench-{i:04}", "run"))

    def command(self, n):
        return ["s6-svscan", "-c", str(max(n + 10, 500)), os.path.join(self.folder, "scan")]


class Runit(S6):
    name = "runit"
    programs = ("runsvdir", "runsv")

    def command(self, n):
        return ["runsvdir", os.path.join(self.folder, "scan")]


class Supervisor(Manager):
    name = "supervisor"
    programs = ("supervisord",)

    def prepare(self, n):
        sections = ["[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\nminfds=8192\n"
                    f"pidfile={self.folder}/pid\nidentifier=bench\n"]
        sections += [f"[program:bench-{i:04}]\ncommand={self.program} {self.marks.path}\nautorestart=true\n"
                     "stdout_logfile=NONE\nstderr_logfile=NONE\n" for i in range(n)]
        self.write("supervisord.conf", "\n".join(sections))

    def command(self, n):
        return ["supervisord", "-c", os.path.join(self.folder, "supervisord.conf")]
