"""A process that has one of everything that can be asked about; says its number and its child's, and stays."""

import os
import signal
import socket
import subprocess
import time

listener = socket.create_server(("127.0.0.1", 4321))
client = socket.create_connection(("127.0.0.1", 4321))
server, _ = listener.accept()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 5353))
unix = socket.socket(socket.AF_UNIX)
unix.bind("/tmp/subject.socket")
unix.listen()
caller = socket.socket(socket.AF_UNIX)
caller.connect("/tmp/subject.socket")
called, _ = unix.accept()
ours, childs = socket.socketpair()
kept = open("/tmp/subject.data", "w+b")
kept.write(b"12345")
kept.flush()
child = subprocess.Popen(["sleep", "100000"], stdin=subprocess.PIPE, pass_fds=[childs.fileno()])
childs.close()
signal.signal(signal.SIGUSR1, lambda *_: None)
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])
print(os.getpid(), child.pid, flush=True)
time.sleep(100000)
