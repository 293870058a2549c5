"""Processes that stand still, one of each kind that ps has a word for. Prints "NAME PID" for each, then "ready", and
stays until it is killed."""

import ctypes
import os
import pty
import signal
import sys
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PAUSED = ["sleep", "100000"]


def say(name, pid):
    print(name, pid, flush=True)


def start(name, words=None, before=None):
    """A child that becomes a command; it is one when this returns."""
    seen, tells = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(seen)
            if before:
                before()
            os.execvp((words or PAUSED)[0], words or PAUSED)
        finally:
            os._exit(127)
    os.close(tells)
    os.read(seen, 1)  # the end of file that exec makes
    os.close(seen)
    say(name, pid)
    return pid


def stopped():
    os.kill(start("stopped"), signal.SIGSTOP)


def zombie():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    say("zombie", pid)


def signals():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    os.kill(os.getpid(), signal.SIGUSR1)


def on_terminal():
    """A session with a terminal, one group of it in the foreground and one in the background."""
    pid, ours = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        ready, done = os.pipe()
        children = []
        for front in (False, True):
            children.append(os.fork())
            if children[-1] == 0:
                os.setpgid(0, 0)
                if front:
                    os.tcsetpgrp(0, os.getpid())
                os.write(done, b"x")
                os.closerange(3, 20)
                os.execvp("sleep", ["sleep", "100001" if front else "100002"])
            os.read(ready, 1)
        os.write(1, " ".join(map(str, children)).encode())
        os.execvp("sleep", PAUSED)
    back, front = os.read(ours, 100).split()
    say("back", int(back))
    say("front", int(front))
    say("leader", pid)
    return ours  # the terminal goes with it


def threads():
    for _ in range(3):
        threading.Thread(target=time.sleep, args=(100000,), daemon=True).start()


def become_tester():
    os.setgroups([])
    os.setgid(42042)
    os.setuid(42042)


def main():
    say("main", os.getpid())
    start("plain")
    start("nice", before=lambda: os.nice(7))
    start("eager", before=lambda: os.nice(-5))
    start("batch", ["chrt", "-b", "0", *PAUSED])
    start("session", before=os.setsid)
    start("group", before=os.setpgrp)
    start("user", before=become_tester)
    start("signals", before=signals)
    start("odd", ["bash", "-c", "exec -a 'odd  (name) %d' sleep 100000"])
    start("locked", [sys.executable, "-c", "import ctypes, time; ctypes.CDLL(None).mlockall(1); time.sleep(100000)"])
    stopped()
    zombie()
    kept = on_terminal()
    threads()
    print("ready", flush=True)
    time.sleep(100000)
    os.close(kept)


if __name__ == "__main__":
    main()
