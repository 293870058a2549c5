"""How long it takes to see all processes of a machine that has many, beside ps, pstree and top, and beside the floor: a
program that only opens, reads and closes the same files."""
import os
import statistics
import subprocess
import time

from .table import Table

NOWHERE = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}


def once(command):
    begin = time.perf_counter_ns()
    subprocess.run(command, check=True, **NOWHERE)
    return (time.perf_counter_ns() - begin) / 1e6


def peak_kib(build, command):
    return int(subprocess.run([os.path.join(build, "bin", "bench_peak"), *command], check=True, text=True,
                              stdout=subprocess.PIPE).stdout)


def calls_of(build):
    scan, mitori = (os.path.join(build, "bin", name) for name in ("bench_scan", "mitori"))
    return {
        "floor: stat": [scan, "stat"],
        "mitori ps -eo pid,ppid,stat,comm": [mitori, "ps", "-eo", "pid,ppid,stat,comm"],
        "ps -eo pid,ppid,stat,comm": ["ps", "-eo", "pid,ppid,stat,comm"],
        "floor: stat, status, cmdline": [scan, "stat", "status", "cmdline"],
        "mitori ps aux": [mitori, "ps", "aux"],
        "ps aux": ["ps", "aux"],
        "mitori tree -p": [mitori, "tree", "-p", "--no-pager"],
        "pstree -p": ["pstree", "-p"],
        "mitori sessions": [mitori, "sessions"],
        "top -bn1": ["top", "-bn1"],
    }


def processes(build, count, rounds):
    """All take turns in each round, so that what else the machine does meets all of them."""
    sleepers = subprocess.Popen([os.path.join(build, "bin", "bench_sleepers"), str(count)], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
    try:
        if sleepers.stdout.readline() != "ready\n":
            raise RuntimeError("the processes could not be made")
        calls = calls_of(build)
        taken = {name: [] for name in calls}
        for _ in range(rounds):
            for name, command in calls.items():
                taken[name].append(once(command))
        medians = {name: statistics.median(all_of) for name, all_of in taken.items()}
        peaks = {name: peak_kib(build, command) for name, command in calls.items()}
    finally:
        sleepers.stdin.close()
        sleepers.wait()
    return table_of(count, rounds, medians, peaks)


def table_of(count, rounds, medians, peaks):
    light, heavy = medians["floor: stat"], medians["floor: stat, status, cmdline"]
    table = Table(f"A look at {count} processes that sleep, medians of {rounds} rounds",
                  ["", "ms", "x stat", "x stat, status, cmdline", "peak KiB"])
    for name, value in medians.items():
        table.row(name, f"{value:.1f}", f"{value / light:.2f}", f"{value / heavy:.2f}", peaks[name])
    table.target("ps -eo pid,ppid,stat,comm", medians["mitori ps -eo pid,ppid,stat,comm"] / light, 1.2, "x floor")
    table.target("ps aux", medians["mitori ps aux"] / heavy, 1.3, "x floor")
    table.target("tree", medians["mitori tree -p"] / medians["pstree -p"], 1 / 6, "x pstree -p")
    table.target("memory", max(peak for name, peak in peaks.items() if name.startswith("mitori")) / 1024, 16, "MiB")
    return table
