"""Takes memory until somebody ends it: itself, or ("worker") a child of it while it waits."""

import os
import signal
import sys

if sys.argv[1:] == ["worker"] and os.fork() != 0:
    while True:
        signal.pause()
taken = []
while True:
    taken.append(bytearray(os.urandom(1) * (1 << 20)))
