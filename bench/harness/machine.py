"""What a result is worth only with: the machine and the commit."""
import os
import subprocess
import time


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def first(path, key):
    with open(path, encoding="utf-8") as file:
        return next((line.partition(":")[2].strip() for line in file if line.startswith(key)), "unknown")


def describe():
    here = os.path.dirname(os.path.abspath(__file__))
    git = ["git", "-c", "safe.directory=*", "-C", here]
    changed = " with changes" if output(*git, "status", "--porcelain", "--untracked-files=no", "--", "../../src") else ""
    cores = len(os.sched_getaffinity(0))
    memory = int(first("/proc/meminfo", "MemTotal").split()[0]) // 1024
    return "\n".join([
        f"date     {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, load {os.getloadavg()[0]:.1f} at the start",
        f"commit   {output(*git, 'rev-parse', '--short=12', 'HEAD')}{changed}",
        f"machine  {first('/proc/cpuinfo', 'model name')}, {cores} cores, {memory} MiB",
        f"kernel   {os.uname().release}",
        ""])


def result_file(bench, whole):
    """Only a whole run is kept."""
    if not whole:
        return open(os.devnull, "w", encoding="utf-8")
    folder = os.path.join(bench, "results")
    os.makedirs(folder, exist_ok=True)
    return open(os.path.join(folder, time.strftime("%Y-%m-%d-%H%M", time.gmtime()) + ".txt"), "w", encoding="utf-8")
