"""mitori-init under its own name and under those of the peers that it answers for, and the peers themselves."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import harness

OURS = pathlib.Path(harness.MITORI).with_name("mitori-init") if harness.MITORI else None
PEERS = {"tini": "/usr/bin/tini", "dumb-init": "/usr/bin/dumb-init", "catatonit": "/usr/bin/catatonit"}
FIRST = ["unshare", "--pid", "--fork", "--kill-child", "--"]  # process 1 of a namespace of its own
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


class Case(unittest.TestCase):
    """self.ours[name] and self.peer[name] are programs; "mitori-init" is in the first only."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        reason = harness.why_not_here()
        missing = [path for path in PEERS.values() if not shutil.which(path)]
        if reason or missing:
            raise unittest.SkipTest(reason or f"missing: {' '.join(missing)}")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="mitori-init-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.folder = folder
        cls.peer = dict(PEERS)
        cls.ours = {name: str(folder / name) for name in (*PEERS, "mitori-init")}
        for path in cls.ours.values():
            os.symlink(OURS, path)

    def programs(self):
        """(name, path) of every program: ours under each name, then the peers."""
        yield from self.ours.items()
        yield from self.peer.items()


def run(*words, env=None, **how):
    return subprocess.run(words, env={**ENVIRONMENT, **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=harness.LIMIT * 2, **how)


def without_numbers(text):
    """Messages compare without pids, and ours without the words that say whose they are."""
    text = re.sub(r" \(mitori-init [\d.]+\)", "", text)
    return re.sub(r"(?<=tini \()\d+|(?<=catatonit:)\d+|(?<=PID )\d+|(?<=pid ')\d+|(?<=pid: ')\d+|(?<=pid=)\d+"
                  r"|(?<=pid1 \()\d+", "N", text)


def wait_until(condition, what):
    return harness.wait_until(condition, what)


def state_of(pid):
    """The letter of proc(5), "" where there is no such process."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return stat[stat.rindex(")") + 2]


def children_of(pid):
    try:
        return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def main():
    if OURS and not OURS.exists():
        sys.exit(f"{OURS} is not built")
    harness.main()
