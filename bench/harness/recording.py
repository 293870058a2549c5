"""What recording the deaths of the whole machine costs a loop that does nothing but start processes."""
import os
import shutil
import signal
import statistics
import subprocess
import tempfile

from .table import Table

STARTS = 2000
GOALS = {"bpf": 3.0, "connector": 10.0}  # percent


class NotHere(Exception):
    """This source cannot be had; says why."""


class Recorder:
    """`mitori record --host` with one source, into a ledger of its own."""

    def __init__(self, build, source, folder):
        command = [os.path.join(build, "bin", "mitori"), "record", "--host", "--source", source,
                   "--ledger", os.path.join(folder, f"{source}.sqlite")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "recording into" in line:
                return
            last = line
        self.process.wait()
        raise NotHere(last.strip())

    def end(self):
        """The CPU seconds that it used, from its own start on."""
        self.process.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = status
        self.process.stderr.close()
        return usage.ru_utime + usage.ru_stime


def loop_seconds(build, starts):
    program, tiny = (os.path.join(build, "bin", name) for name in ("bench_spawn_loop", "bench_tiny"))
    return float(subprocess.run([program, str(starts), tiny], check=True, text=True, stdout=subprocess.PIPE).stdout)


def measure(build, source, folder, starts):
    """Seconds of the loop, and of the recorder's CPU without its start."""
    if source is None:
        return loop_seconds(build, starts), 0.0
    idle = Recorder(build, source, folder).end()
    recorder = Recorder(build, source, folder)
    try:
        seconds = loop_seconds(build, starts)
    finally:
        used = recorder.end()
    return seconds, max(used - idle, 0.0)


def recording(build, rounds, starts=STARTS):
    """Alternating, so that whatever else the machine does meets all of them. Medians."""
    folder = tempfile.mkdtemp(prefix="mitori-bench-recording-", dir=os.environ.get("MITORI_BENCH_DISK", "/var/tmp"))
    figures, absent = {None: [], "bpf": [], "connector": []}, {}
    try:
        loop_seconds(build, starts)  # warm
        for _ in range(rounds):
            for source, taken in figures.items():
                if source not in absent:
                    try:
                        taken.append(measure(build, source, folder, starts))
                    except NotHere as why:
                        absent[source] = str(why)
    finally:
        shutil.rmtree(folder)
    return show(figures, absent, starts)


def show(figures, absent, starts):
    table = Table(f"{starts} starts of a program that does nothing, one after the other, while deaths are recorded",
                  ["", "starts/s", "loss %", "recorder's CPU, us/death"])
    alone = statistics.median(seconds for seconds, _ in figures[None])
    table.row("not recorded", f"{starts / alone:.0f}", "", "")
    for source, goal in GOALS.items():
        if source in absent:
            table.row(source, f"not here: {absent[source]}", "", "")
            continue
        seconds = statistics.median(seconds for seconds, _ in figures[source])
        cpu = statistics.median(cpu for _, cpu in figures[source])
        loss = (1 - alone / seconds) * 100
        table.row(source, f"{starts / seconds:.0f}", f"{loss:.1f}", f"{cpu / starts * 1e6:.1f}")
        table.target(f"loss with {source}", loss, goal, "%")
    return table
