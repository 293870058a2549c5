"""Writes lines of 100 bytes, numbered from 0, in blocks of some hundred lines that end in mid-line.

    flood.py COUNT          so many lines
    flood.py COUNT:KILLS    and kills the recorder so many times on the way, in the middle of the flood: after a block,
                            and goes on with the next one at once

By its own clock it says afterwards how fast it was: /run/flood.clock has "KIND BYTES SECONDS" for each block and each
kill, the moment at which so many bytes had been taken from it.
"""

import os
import pathlib
import signal
import sys
import time

LINE = 100
PADDING = "x" * (LINE - 9)
BLOCK = 33333


def recorder():
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text() == "mitori-record\n":
                return int(folder.name)
        except OSError:
            pass  # ended meanwhile
    return None


def kill_recorder():
    while True:
        pid = recorder()
        if pid:
            os.kill(pid, signal.SIGKILL)
            return


def main():
    count, kills = (int(word) for word in (sys.argv[1] + ":0").split(":")[:2])
    text = "".join(f"{number:08}{PADDING}\n" for number in range(count)).encode()
    kill_at = [len(text) * number // (kills + 2) for number in range(1, kills + 1)]
    clock = [("block", 0, time.monotonic())]
    for begin in range(0, len(text), BLOCK):
        view = memoryview(text)[begin:begin + BLOCK]
        while view:
            view = view[os.write(1, view):]
        written = min(begin + BLOCK, len(text))
        clock.append(("block", written, time.monotonic()))
        if kill_at and written >= kill_at[0]:
            kill_recorder()
            clock.append(("kill", written, time.monotonic()))
            kill_at.pop(0)
    with open("/run/flood.clock", "w", encoding="ascii") as file:
        file.writelines(f"{kind} {at} {moment}\n" for kind, at, moment in clock)


if __name__ == "__main__":
    main()
