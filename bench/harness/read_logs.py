"""How long it takes to see the last lines of one service in a large journal, beside journalctl and a process that does
nothing."""
import os
import shutil
import statistics
import subprocess
import tempfile
import time

from .table import Table

UNITS = {"often": "often-07.service", "rare": "rare.service"}


def milliseconds(command, rounds, before=None):
    taken = []
    for _ in range(rounds):
        if before:
            before()
        begin = time.perf_counter_ns()
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        taken.append((time.perf_counter_ns() - begin) / 1e6)
    return statistics.median(taken)


def forget(folder):
    """The files' pages leave the page cache, as after a night of other work."""
    for entry in os.scandir(folder):
        fd = os.open(entry.path, os.O_RDONLY)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def make_journal(build, folder, size):
    program = os.path.join(build, "bin", "bench_make_journal")
    return int(subprocess.run([program, folder, str(size)], check=True, text=True, stdout=subprocess.PIPE).stdout)


def same_lines(mitori, journalctl):
    ours, theirs = (subprocess.run(command, capture_output=True, check=True).stdout for command in (mitori, journalctl))
    if ours != theirs or ours.count(b"\n") != 50:
        raise RuntimeError("mitori logs and journalctl show different lines: the figures would mean nothing")


def read_logs(build, size, rounds):
    """`size` is the journal's, in bytes; it lies below $MITORI_BENCH_DISK, or /var/tmp: the scratch may be a tmpfs."""
    mitori = os.path.join(build, "bin", "mitori")
    folder = tempfile.mkdtemp(prefix="mitori-bench-journal-", dir=os.environ.get("MITORI_BENCH_DISK", "/var/tmp"))
    try:
        entries = make_journal(build, folder, size)
        floor = milliseconds(["/bin/true"], rounds)
        table = Table(f"The last 50 lines of a service, from {size / 2**30:.1f} GiB in {len(os.listdir(folder))} files, "
                      f"{entries} entries",
                      ["", "cached ms", "not cached ms", "x true"])
        table.row("true", f"{floor:.2f}", "", "1.0")
        start = milliseconds([mitori, "--version"], rounds)
        table.row("mitori --version", f"{start:.2f}", "", f"{start / floor:.1f}")
        figures = {}
        for what, unit in UNITS.items():
            calls = {"mitori logs": [mitori, "logs", "-D", folder, "-u", unit, "-n", "50"],
                     "journalctl": ["journalctl", "--no-pager", "-q", "-D", folder, "-u", unit, "-n", "50"]}
            same_lines(*calls.values())
            for name, command in calls.items():
                cached = milliseconds(command, rounds)
                cold = milliseconds(command, max(3, rounds // 4), lambda: forget(folder))
                figures[name, what] = cached
                table.row(f"{name} -u {unit} -n 50", f"{cached:.2f}", f"{cold:.2f}", f"{cached / floor:.1f}")
        table.target("a service that speaks often", figures["mitori logs", "often"], 10, "ms")
        table.target("a service that speaks rarely", figures["mitori logs", "rare"], 10, "ms")
        return table
    finally:
        shutil.rmtree(folder)
