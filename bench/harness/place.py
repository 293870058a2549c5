"""The private place of a run: PID and mount namespaces of our own, a control group of our own, a folder of our own. All
three are gone afterwards, however the run ends."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

INSIDE = "MITORI_BENCH_INSIDE"


def cgroup_root():
    """Where cgroup v2 is mounted, or nothing."""
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, where, kind, *_ = line.split()
            if kind == "cgroup2":
                return where
    return None


def remove_groups(top):
    """Removes a control group and all below it; they must be empty of processes."""
    for folder, below, _ in os.walk(top, topdown=False):
        for name in below:
            os.rmdir(os.path.join(folder, name))


def clear_group(group):
    if group:
        remove_groups(group)


def go_inside(group):
    """In the child, before it becomes unshare."""
    if group:
        with open(os.path.join(group, "cgroup.procs"), "w", encoding="utf-8") as procs:
            procs.write("0")


def run_inside():
    """Runs this same command line in the private place and returns its exit status."""
    root = cgroup_root()
    group = os.path.join(root, f"mitori-bench-{os.getpid()}") if root else None
    scratch = tempfile.mkdtemp(prefix="mitori-bench-")
    if group:
        os.mkdir(group)
    environment = dict(os.environ, **{INSIDE: f"{scratch}:{group or ''}"})
    try:
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, *sys.argv]
        return subprocess.run(command, env=environment, preexec_fn=lambda: go_inside(group), check=False).returncode
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if group:
            remove_when_empty(group)


def remove_when_empty(group):
    for _ in range(500):
        try:
            remove_groups(group)
            os.rmdir(group)
            return
        except OSError:
            time.sleep(0.01)  # the last of those that were killed are still on their way out
    print(f"bench: cannot remove {group}", file=sys.stderr)


def inside():
    """(scratch folder, control group or None) when we are in the private place already, else nothing."""
    value = os.environ.get(INSIDE)
    if value is None:
        return None
    scratch, _, group = value.partition(":")
    return scratch, group or None
