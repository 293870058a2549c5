"""What processes use, read from /proc of the namespace that we are alone in: whoever is no service and not one of us is
the manager's."""
import os
import signal
import time

SERVICE = "bench_mark"


def read(pid, name):
    with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
        return file.read()


def everyone():
    """All processes of the namespace but our own."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def is_service(pid):
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe")) == SERVICE
    except OSError:
        return False


def is_recorder(pid):
    return read(pid, "cmdline").split("\0")[:2] == ["mitori", "record"]


def managers():
    """With their helpers; a recorder of logs is none of them."""
    return [pid for pid in everyone() if not is_service(pid) and not is_recorder(pid)]


def recorders():
    return [pid for pid in everyone() if not is_service(pid) and is_recorder(pid)]


def cpu_seconds(pids):
    """User and system time, exact to the nanosecond: clock ticks would round a thousand small processes to nothing."""
    return sum(int(read(pid, "schedstat").split()[0]) for pid in pids) / 1e9


def pss_kib(pids):
    """Proportional set size: what is shared counts once."""
    total = 0
    for pid in pids:
        for line in read(pid, "smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total


def voluntary_switches(pids):
    """How often these processes have gone to sleep, which is how often something woke them up."""
    total = 0
    for pid in pids:
        for line in read(pid, "status").splitlines():
            if line.startswith("voluntary_ctxt_switches:"):
                total += int(line.split()[1])
    return total


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def end_everyone(seconds=30):
    """Ends what is left, each by its pid; we are the namespace's init, so all are ours to reap."""
    limit = time.monotonic() + seconds
    while left := everyone():
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        reap()
        if time.monotonic() > limit:
            raise TimeoutError(f"processes that do not end: {left}")
        time.sleep(0.01)
