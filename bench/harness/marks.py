"""The FIFO by which services say that they have come to life: programs/mark.cpp."""
import os
import select
import struct
import time

RECORD = struct.Struct("=qq")  # pid, CLOCK_MONOTONIC nanoseconds


class Missing(Exception):
    """Services that should have come to life did not in time."""


class Marks:
    """The reading end. The services write their own time, so that ours, waking up, is in no figure."""

    def __init__(self, path):
        self.path = path
        os.mkfifo(path)
        self.fd = os.open(path, os.O_RDWR)  # never at its end, though nobody else has it open

    def take(self, count, seconds):
        """The next `count` marks as (pid, nanoseconds), sorted by time."""
        marks, limit = [], time.monotonic() + seconds
        while len(marks) < count:
            left = limit - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise Missing(f"{len(marks)} of {count} services running after {seconds} s")
            data = os.read(self.fd, RECORD.size * min(4096, count - len(marks)))
            marks += RECORD.iter_unpack(data)
        return sorted(marks, key=lambda mark: mark[1])

    def drain(self):
        """Forgets what nobody has read."""
        while select.select([self.fd], [], [], 0)[0]:
            os.read(self.fd, 65536)
