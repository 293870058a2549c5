"""Makes one case of the textbooks, says "NAME PID" of each process of it, then "ready", and stays until it is killed.
A line on its standard input takes the case to its next step, which is said in the same way."""

import ctypes
import fcntl
import os
import pty
import signal
import sys
import termios
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_CHILD_SUBREAPER = 36
CLONE_PARENT = 0x8000
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]


def say(name, pid):
    os.write(1, f"{name} {pid}\n".encode())


def become(name):
    """What stands still under that name."""
    os.execvp("sleep", [name, "100000"])


def fork(name, act, announced=True):
    """A child that acts and then stands still; its number, once it does."""
    seen, tells = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(seen)
        os.set_inheritable(tells, False)
        act()
        become(name)
    os.close(tells)
    while os.read(seen, 1):  # the end of file: exec, in every descendant that holds it
        pass
    os.close(seen)
    if announced:
        say(name, pid)
    return pid


def nothing():
    pass


def leave_child():
    """A parent that makes a child and ends before it."""
    parent = os.fork()
    if parent == 0:
        fork("child", nothing)
        os._exit(0)
    os.waitpid(parent, 0)


def parent_exits_first():
    fork("leader", lambda: (os.setsid(), leave_child()))


def subreaper():
    def middle():
        fork("leader", lambda: (os.setsid(), leave_child()))

    def reaper():
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        fork("middle", middle)

    fork("reaper", reaper)


def clone_parent():
    def leader():
        os.setsid()
        seen, tells = os.pipe()
        pid = LIBC.syscall(CLONE, CLONE_PARENT | signal.SIGCHLD, 0, 0, 0, 0)
        if pid == 0:
            become("sibling")
        os.close(tells)
        os.read(seen, 1)
        say("sibling", pid)

    fork("leader", leader)


def double_fork():
    first = os.fork()
    if first == 0:
        os.setsid()
        say("session", os.getpid())
        fork("daemon", nothing)
        os._exit(0)
    os.waitpid(first, 0)


def setsid():
    fork("leader", lambda: (os.setsid(), fork("child", nothing)))


def zombie():
    def careless():
        os.setsid()
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        say("zombie", pid)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    fork("careless", careless)


def job_control():
    """A shell's session on a terminal: one job in the background, a pipeline in the foreground, one that is stopped."""
    master, terminal = pty.openpty()

    def shell():
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        fork("background", os.setpgrp)
        first = fork("grep", os.setpgrp)
        fork("sort", lambda: os.setpgid(0, first))
        os.kill(fork("stopped", os.setpgrp), signal.SIGSTOP)
        os.tcsetpgrp(terminal, first)

    fork("shell", shell)
    return master


def stopped_orphans():
    """When the leader ends, its stopped job is in an orphaned group: the kernel sends SIGHUP and SIGCONT."""
    def job():
        os.closerange(3, 100)  # fork() waits for their end
        os.setpgrp()
        got = []
        for number in (signal.SIGHUP, signal.SIGCONT):
            signal.signal(number, lambda sent, _: got.append(signal.Signals(sent).name))
        say("job", os.getpid())
        os.kill(os.getpid(), signal.SIGSTOP)
        while len(got) < 2:
            time.sleep(0.001)
        for name in sorted(got):
            say(name, 1)
        os.write(1, b"ready\n")

    def leader():
        os.setsid()
        pid = os.fork()
        if pid == 0:
            job()
            become("job")
        os.waitid(os.P_PID, pid, os.WSTOPPED)

    pid = fork("leader", leader)
    os.write(1, b"ready\n")
    sys.stdin.readline()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def main():
    kept = globals()[sys.argv[1]]()
    if sys.argv[1] != "stopped_orphans":
        os.write(1, b"ready\n")
    time.sleep(100000)
    return kept


if __name__ == "__main__":
    main()
