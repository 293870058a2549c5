"""What it costs to take the output of one service that writes lines of 100 bytes in blocks: collectors of lines, mitori's
recorder among them, each fed by the same cat(1) of the same text."""
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import termios
import time

from .table import Table

LINE = 100
MIB = 1 << 20
PATIENCE = 300  # seconds
JOURNALD = "/lib/systemd/systemd-journald"
TICK = os.sysconf("SC_CLK_TCK")


def write_text(path, size):
    """Numbered lines: no two alike, or a journal would keep them once."""
    with open(path, "w", encoding="ascii") as file:
        for begin in range(0, size // LINE, 10000):
            file.write("".join(f"{number:010} " + "x" * (LINE - 12) + "\n" for number in range(begin, begin + 10000)))
    return os.path.getsize(path)


def folder_size(path):
    """Bytes on the disk, as du(1) counts them."""
    return sum(os.lstat(os.path.join(folder, name)).st_blocks * 512
               for folder, _, names in os.walk(path) for name in names)


def cpu_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Collector:
    """Reads a pipe until its end, as a command of its own."""

    name = ""
    size = 256 * MIB

    def __init__(self, folder, build):
        self.folder, self.build = folder, build

    @classmethod
    def installed(cls):
        return True

    def command(self):
        raise NotImplementedError

    def stdout(self):
        return subprocess.DEVNULL

    def run(self, text):
        """(wall seconds, CPU seconds of the collector, bytes on the disk)"""
        read, write = os.pipe()
        collector = subprocess.Popen(self.command(), stdin=read, stdout=self.stdout(), cwd=self.folder)
        begin = time.monotonic()
        writer = subprocess.Popen(["cat", text], stdout=write)
        os.close(read)
        os.close(write)
        _, collector.returncode, used = os.wait4(collector.pid, 0)
        wall = time.monotonic() - begin
        writer.wait()
        return wall, used.ru_utime + used.ru_stime, folder_size(self.folder)


class Cat(Collector):
    name = "cat > file"

    def command(self):
        return ["cat"]

    def stdout(self):
        return open(os.path.join(self.folder, "file"), "wb")


class S6Log(Collector):
    name = "s6-log"
    script = ()

    @classmethod
    def installed(cls):
        return shutil.which("s6-log")

    def command(self):
        return ["s6-log", *self.script, "n1000", "s16777215", self.folder]


class S6LogTimed(S6Log):
    name = "s6-log t"
    script = ("t",)


class Svlogd(Collector):
    name = "svlogd"
    size = 64 * MIB

    @classmethod
    def installed(cls):
        return shutil.which("svlogd")

    def command(self):
        with open(os.path.join(self.folder, "config"), "w", encoding="ascii") as config:
            config.write("s16777215\nn1000\n")
        return ["svlogd", self.folder]


class Mitori(Collector):
    """A oneshot service of cat(1): its start is over when its last line is in the journal."""

    name = "mitori (recorder)"

    def mitori(self, *words):
        program = os.path.join(self.build, "bin", "mitori")
        return [program, "--runtime-dir", os.path.join(self.folder, "run"), *words]

    def begin(self, text):
        os.makedirs(os.path.join(self.folder, "units"))
        with open(os.path.join(self.folder, "units", "writer.service"), "w", encoding="ascii") as unit:
            unit.write(f"[Service]\nType=oneshot\nLogRateLimitIntervalSec=0\nTimeoutStartSec=infinity\n"
                       f"ExecStart=/bin/cat {text}\n")
        self.journal = os.path.join(self.folder, "journal")
        manager = subprocess.Popen(
            self.mitori("manager", "--system", "--journal-dir", self.journal),
            env={**os.environ, "SYSTEMD_UNIT_PATH": os.path.join(self.folder, "units")}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while subprocess.run(self.mitori("is-system-running"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             check=False).returncode and time.monotonic() < end:
            time.sleep(0.05)
        return manager

    def recorder(self):
        # The last one: those of earlier rounds may wait, dead, for somebody to reap them.
        for name in sorted(filter(str.isdigit, os.listdir("/proc")), key=int, reverse=True):
            with contextlib.suppress(OSError), open(f"/proc/{name}/comm", encoding="utf-8") as comm:
                if comm.read().strip() == "mitori-record":
                    return int(name)
        raise RuntimeError("no recorder")

    def run(self, text):
        manager = self.begin(text)
        recorder = self.recorder()
        before = cpu_of(recorder)
        begin = time.monotonic()
        subprocess.run(self.mitori("start", "writer.service"), check=True, timeout=PATIENCE)
        wall = time.monotonic() - begin
        cpu = cpu_of(recorder) - before
        manager.send_signal(signal.SIGTERM)
        manager.wait(PATIENCE)
        self.check(text)
        return wall, cpu, folder_size(self.journal)

    def check(self, text):
        lines = os.path.getsize(text) // LINE
        last = subprocess.run(["journalctl", "-D", self.journal, "-n1", "-o", "cat", "_SYSTEMD_UNIT=writer.service"],
                              check=True, text=True, capture_output=True).stdout
        if int(last[:10]) != lines - 1:
            raise RuntimeError(f"the last line in the journal is not the last that was written: {last}")


class Journald(Collector):
    """The real one, in the run's private namespaces, by its stream socket: what a service of systemd writes into."""

    name = "systemd-journald"
    size = 32 * MIB

    @classmethod
    def installed(cls):
        return os.access(JOURNALD, os.X_OK)

    def run(self, text):
        conf = os.path.join(self.folder, "conf")
        with open(conf, "w", encoding="ascii") as file:
            file.write("[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\nReadKMsg=no\nAudit=no\n"
                       "ForwardToSyslog=no\nForwardToWall=no\nSystemMaxUse=4G\nSystemKeepFree=1M\n")
        files = os.path.join(self.folder, "files")
        os.makedirs(files)
        os.makedirs("/var/log/journal", exist_ok=True)
        # All of it vanishes with the namespace; the host's own files are only hidden.
        for arguments in (["-t", "tmpfs", "tmpfs", "/run"], ["--bind", files, "/var/log/journal"],
                          ["--bind", conf, "/etc/systemd/journald.conf"]):
            subprocess.run(["mount", *arguments], check=True)
        os.makedirs("/run/systemd/journal")
        open("/run/systemd/journal/flushed", "w", encoding="ascii").close()
        journald = subprocess.Popen([JOURNALD], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        try:
            return self.feed(journald, text, files)
        finally:
            journald.terminate()
            journald.wait()
            for where in ("/etc/systemd/journald.conf", "/var/log/journal", "/run"):
                subprocess.run(["umount", "-l", where], check=True)

    def feed(self, journald, text, files):
        end = time.monotonic() + PATIENCE
        while not os.path.exists("/run/systemd/journal/stdout") and time.monotonic() < end:
            time.sleep(0.05)
        stream = socket.socket(socket.AF_UNIX)
        stream.connect("/run/systemd/journal/stdout")
        stream.sendall(b"writer\n\n6\n0\n0\n0\n0\n")
        before = cpu_of(journald.pid)
        begin = time.monotonic()
        subprocess.run(["cat", text], stdout=stream.fileno(), check=True)
        unread = 1
        while unread and time.monotonic() < end:
            time.sleep(0.001)
            unread, = struct.unpack("i", fcntl.ioctl(stream, termios.TIOCOUTQ, struct.pack("i", 0)))
        wall = time.monotonic() - begin
        return wall, cpu_of(journald.pid) - before, folder_size(files)


def take_output(scratch, build, rounds, peers):
    """Issue 3: the structured journal beside collectors of plain text, and beside journald."""
    kinds = [Cat, Mitori] + [peer for peer in (S6Log, S6LogTimed, Svlogd, Journald) if peers and peer.installed()]
    table = Table("one service that writes lines of 100 bytes, by cat(1); the collector's CPU alone",
                  ["", "MiB", "MB/s", "lines/s", "x mitori", "CPU s/GiB", "disk/text"])
    rates, ratios = {}, {}
    results = {}
    text = os.path.join(scratch, "text")
    for kind in kinds:
        size = write_text(text, kind.size)
        best = None
        for _ in range(rounds if kind in (Cat, Mitori) else 1):
            folder = os.path.join(scratch, "collector")
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            got = kind(folder, build).run(text)
            best = min(best or got, got)
        wall, cpu, disk = best
        rates[kind], ratios[kind] = size / wall / 1e6, disk / size
        results[kind] = (size, cpu)
    for kind in kinds:
        size, cpu = results[kind]
        table.row(kind.name, f"{size / MIB:.0f}", f"{rates[kind]:.0f}", f"{rates[kind] * 1e6 / LINE:.0f}",
                  f"{rates[kind] / rates[Mitori]:.2f}", f"{cpu / (size / (1 << 30)):.1f}", f"{ratios[kind]:.2f}")
    table.target("140 MB/s through the whole recorder", 140 / rates[Mitori], 1, "of what was measured")
    if Journald in rates:
        table.target("9 x systemd-journald", 9 * rates[Journald] / rates[Mitori], 1, "of what was measured")
    table.target("disk space", ratios[Mitori], 3.5, "x the text")
    return table
