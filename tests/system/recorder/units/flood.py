"""Writes so many lines of 100 bytes, numbered from 0, in blocks of some hundred lines that end in mid-line."""

import os
import sys

PADDING = "x" * 91


def main():
    count = int(sys.argv[1])
    text = "".join(f"{number:08}{PADDING}\n" for number in range(count)).encode()
    block = 33333
    for begin in range(0, len(text), block):
        view = memoryview(text)[begin:begin + block]
        while view:
            view = view[os.write(1, view):]


if __name__ == "__main__":
    main()
