"""One function per claim: measures, and gives a Table whose rows stand beside the floor and the peers."""
import os
import signal
import statistics
import time
from dataclasses import dataclass, field

from . import hanging, processes
from .managers import Floor, Mitori, RestartFloor, Runit, S6, Supervisor
from .table import Table

PATIENCE = 120  # seconds, for the slowest peer


@dataclass
class Sample:
    """Of one start of many services."""
    wall: float
    cpu: float
    pss: int
    count: int
    recorder: int  # its PSS


@dataclass
class Samples:
    all: list = field(default_factory=list)

    def median(self, what):
        return statistics.median(getattr(sample, what) for sample in self.all)


def start_once(manager, n):
    manager.prepare(n)
    begin = time.monotonic_ns()
    manager.launch(n)
    marks = manager.marks.take(n, PATIENCE)
    time.sleep(1.0)  # what follows a start belongs to it
    mine, recorders = processes.managers(), processes.recorders()
    return Sample(wall=(marks[-1][1] - begin) / 1e9, cpu=processes.cpu_seconds(mine + recorders),
                  pss=processes.pss_kib(mine), count=len(mine), recorder=processes.pss_kib(recorders))


def start_many(make, n, rounds, peers):
    """Claim 1. All take turns in each round, but the peers that are slower by far only in the first."""
    kinds = [Floor, Mitori] + [peer for peer in (S6, Runit, Supervisor) if peers and peer.installed()]
    samples = {kind: Samples() for kind in kinds}
    for number in range(rounds):
        for kind in kinds:
            if number > 0 and kind not in (Floor, Mitori):
                continue
            with make(kind) as manager:
                samples[kind].all.append(start_once(manager, n))
    table = Table(f"{n} services that do nothing, from the manager's start to all running",
                  ["", "wall s", "x floor", "CPU s", "PSS KiB", "KiB/service", "processes", "rounds"])
    floor = samples[Floor].median("wall")
    for kind in kinds:
        got = samples[kind]
        table.row(kind.name, f"{got.median('wall'):.2f}", f"{got.median('wall') / floor:.2f}",
                  f"{got.median('cpu'):.2f}", f"{got.median('pss'):.0f}", f"{got.median('pss') / n:.1f}",
                  f"{got.median('count'):.0f}", len(got.all))
    own = samples[Mitori]
    table.target("wall", own.median("wall") / floor, 1.5, "x floor")
    table.target("CPU of its own", own.median("cpu"), 1.0 * n / 1000, "s")
    if recorder := own.median("recorder"):
        table.row("  its recorder, beside it", "", "", "", f"{recorder:.0f}", f"{recorder / n:.1f}", "1", len(own.all))
    table.target("memory, manager and spawner", own.median("pss"), 6 * 1024 + 4 * n, "KiB")
    return table


def kill_and_wait(manager, pid, pause):
    """Milliseconds from kill -9 to the mark of the next life, and its pid."""
    time.sleep(pause)
    before = time.monotonic_ns()
    os.kill(pid, signal.SIGKILL)
    (successor, at), = manager.marks.take(1, 10)
    return (at - before) / 1e6, successor


def restarts(make, times, peers):
    """Claim 2. Floor and mitori stand side by side, kill by kill."""
    figures = {kind: [] for kind in (RestartFloor, Mitori)}
    cpu = dict.fromkeys((RestartFloor, Mitori, Runit, S6, Supervisor), 0.0)
    blocks = 4
    for _ in range(blocks):
        for kind, latencies in figures.items():
            cpu[kind] += measure_restarts(make(kind), latencies, times // blocks, 0.003)
    for kind, count, pause in ((Runit, 8, 1.2), (S6, 5, 1.2), (Supervisor, 3, 1.2)):
        if peers and kind.installed():
            figures[kind] = []
            cpu[kind] += measure_restarts(make(kind), figures[kind], count, pause)
    table = Table("Restart after kill -9, RestartSec=0: from the kill to the new process's first line",
                  ["", "median ms", "x floor", "90 %", "worst", "own CPU ms", "kills"])
    floor = statistics.median(figures[RestartFloor])
    for kind, latencies in figures.items():
        middle = statistics.median(latencies)
        ninety = sorted(latencies)[len(latencies) * 9 // 10]
        table.row(kind.name, f"{middle:.2f}", f"{middle / floor:.2f}", f"{ninety:.2f}", f"{max(latencies):.2f}",
                  f"{cpu[kind] * 1e3 / len(latencies):.2f}", len(latencies))
    table.target("median", statistics.median(figures[Mitori]) / floor, 2.0, "x floor")
    return table


def measure_restarts(manager, latencies, count, pause):
    """Appends the latencies; the CPU seconds that the manager used for them."""
    with manager:
        manager.prepare(1)
        manager.launch(1)
        (pid, _), = manager.marks.take(1, PATIENCE)
        time.sleep(0.3)
        mine = processes.managers() + processes.recorders()
        before = processes.cpu_seconds(mine)
        for _ in range(count):
            latency, pid = kill_and_wait(manager, pid, pause)
            latencies.append(latency)
        return processes.cpu_seconds(mine) - before


def hanging_paths(make, n, rounds):
    """Claim 3. The hanging units are among the others, so they are started in the midst of them."""
    walls = {hangs: [] for hangs in (0, 1, 16)}
    with hanging.mount(make(Mitori).scratch) as path:
        for _ in range(rounds):
            for hangs, seconds in walls.items():
                with make(Mitori) as manager:
                    manager.prepare(n)
                    for i in range(hangs):
                        manager.add(f"bench-{i * n // max(hangs, 1):04}-hangs.service", os.path.join(path, "program"))
                    begin = time.monotonic_ns()
                    manager.launch(n)
                    marks = manager.marks.take(n, PATIENCE)
                    seconds.append((marks[-1][1] - begin) / 1e9)
                    check_hanging(hangs)
    table = Table(f"{n} services beside others whose program lies on a file system that does not answer",
                  ["hanging", "all others running after s", "x none"])
    none = statistics.median(walls[0])
    for hangs, seconds in walls.items():
        table.row(hangs, f"{statistics.median(seconds):.3f}", f"{statistics.median(seconds) / none:.2f}")
    table.target("one hanging", statistics.median(walls[1]) / none, 1.2, "x none")
    return table


def check_hanging(hangs):
    """Manager and spawner, and the children that have not reached their program: else the figure means nothing."""
    left = len(processes.managers()) - 2
    if left != hangs:
        raise RuntimeError(f"{left} children hang, {hangs} should")


def idle(make, n, seconds):
    """Claim 5."""
    with make(Mitori) as manager:
        manager.prepare(n)
        manager.launch(n)
        manager.marks.take(n, PATIENCE)
        time.sleep(2.0)
        mine = processes.managers() + processes.recorders()
        switches, cpu = processes.voluntary_switches(mine), processes.cpu_seconds(mine)
        time.sleep(seconds)
        switches, cpu = processes.voluntary_switches(mine) - switches, processes.cpu_seconds(mine) - cpu
    table = Table(f"{n} idle services, {seconds} s", ["", "wake-ups", "CPU ms"])
    table.row(Mitori.name, switches, f"{cpu * 1e3:.1f}")
    table.target("wake-ups", switches, 0, "")
    return table
