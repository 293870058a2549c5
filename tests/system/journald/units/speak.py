"""Says odd things by all three ways in which journald listens. With `--beside`: to a journald of its own, in a /run of
its own, and prints what that made of them."""

import json
import os
import socket
import struct
import subprocess
import sys
import time

STREAMS = [
    b"plain\n  lead trail \t \n\n\n \n<3>err\n<03>e\n<003>e\n<0003>e\n<8>fac\n<13>fac\n<3x>odd\n<>none\n<3\n<3>\n<3> x\n",
    b" <3>x\n<-1>x\n<7>a<3>b\na\0b\na\0\0b\0noend", b"noend  ", b"   ", b"a\rb\r\n\xff\xfe\x01\n\x0b\x0c\nx\x0b\n<1 >x\n",
    b"a" * 49152 + b"\n", b"b" * 49157 + b"\n", b"c" * 49150 + b"  cc\n", b"d" * 49151 + b"\0dd\n", b"e" * 98309,
    b"<3>" + b"f" * 98304 + b"<4>\n",
]
# With another level than info, and with a facility: it stays, whatever prefix a line has.
HEADED = [
    (30, b"with daemon\n<3>err of daemon\n"), (14, b"with user\n<7>debug of user\n"), (191, b"with local7\n<0>emerg\n"),
    (3, b"no facility\n"), (7, b"debug\n<1>alert\n"), (3 << 3, b"daemon and emerg\n"),
]
SYSLOG = [
    b"<13>Nov 22 17:45:05 cron[12]: text", b"<13>Nov  2  7:45:05 cron: text", b"<13>cron[12]: text", b"text alone",
    b"<30>Nov 22 17:45:05 host cron[12]: text", b"<13>Nov 22 17:45:05 text", b"<999>x: y", b"<1000>x: y", b"<0>x: y",
    b"<>x: y", b"<a>x: y", b"<013>x: y", b"<13>", b"   ", b"\0\0abc", b"<13>x: a\0b", b"<13>x: a \0", b"  <13>x: a\n",
    b"<13>  x: a", b"<13>x:  two", b"<13>x:a", b"<13>: text", b"<13>[12]: text", b"<13>x[]: text", b"<13>x[1[2]: y",
    b"<13>x[a b]: y", b"<13>x:\ty", b"<13>nov 22 17:45:05 x: y", b"<13>Nov 22 17:45:05", b"<13>x: multi\nline\n",
    b"\xff\xfe: \x80", b"<13>a::b: y",
]


# What ends a stream or a socket's datagrams; the long ones are cut.
LAST = {"noend", "   ", "<1 >x", "bbbbb", "cc", "dd", "eeeee", "fff<4>", "y", "x5", "err of daemon",
        "debug of user", "emerg", "no facility", "alert", "daemon and emerg"}


def binary(name, value):
    return name + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"


NATIVE = [
    b"MESSAGE=hello\nA=1\nB= sp \n", b"MESSAGE=one\n\nMESSAGE=two\n", b"MESSAGE=a\nA=trail",
    binary(b"MESSAGE", b"multi\nline\0x"), binary(b"MESSAGE", b""), b"MESSAGE=1\nMESSAGE=2\n", b"a=1\nMESSAGE=x1\n",
    b"A" * 65 + b"=1\nMESSAGE=x65\n", binary(b"bad", b"v") + b"MESSAGE=x2\n", b".control=1\n#c\nA=1\nMESSAGE=x3\n",
    b"A=2\nMESSAGE\n" + struct.pack("<Q", 5) + b"abcd\n", b"PRIORITY=9\nMESSAGE=x4\n", b"A=\xff\xfe\nMESSAGE=x5\n",
]


def connected(kind, name):
    made = socket.socket(socket.AF_UNIX, kind)
    made.connect("/run/systemd/journal/" + name)
    return made


def speak():
    for number, said in enumerate(STREAMS):
        with connected(socket.SOCK_STREAM, "stdout") as stream:
            stream.sendall(b"stream%d\n\n6\n1\n0\n0\n0\n" % number + said)
    for number, (priority, said) in enumerate(HEADED):
        with connected(socket.SOCK_STREAM, "stdout") as stream:
            stream.sendall(b"streamed%d\n\n%d\n1\n0\n0\n0\n" % (number, priority) + said)
    for name, datagrams in (("dev-log", SYSLOG), ("socket", NATIVE)):
        with connected(socket.SOCK_DGRAM, name) as sock:
            for said in datagrams:
                sock.send(said)


def main():
    if sys.argv[1:] != ["--beside"]:
        return speak()
    os.makedirs("/run/systemd/journal")
    os.makedirs("/etc/systemd", exist_ok=True)
    with open("/etc/systemd/journald.conf", "w") as conf:
        conf.write("[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=off\nForwardToSyslog=no\nRateLimitBurst=0\n")
    journald = subprocess.Popen(["/lib/systemd/systemd-journald"], stdout=sys.stderr)
    end = time.monotonic() + 60
    while not os.path.exists("/run/systemd/journal/stdout") and time.monotonic() < end:
        time.sleep(0.02)
    speak()
    show = ["journalctl", "-q", "--no-pager", "--all", "-o", "json", f"_PID={os.getpid()}"]
    lines = []
    while time.monotonic() < end:
        lines = subprocess.run(show, capture_output=True, text=True).stdout.splitlines()
        said = {str(json.loads(line).get("MESSAGE")) for line in lines}
        if said >= LAST:
            break
        time.sleep(0.05)
    journald.terminate()
    journald.wait()
    print("\n".join(lines))


main()
