"""A command that says which signals it gets: a line "ready", then a number a line. Of those that wait at one time the
lowest comes first, so that the highest, once it is there, says that no other is under way."""

import os
import signal

every = signal.valid_signals()
signal.pthread_sigmask(signal.SIG_BLOCK, every)
os.write(1, b"ready\n")
while True:
    os.write(1, b"%d\n" % signal.sigwait(every))
