"""Reads lines from a fifo and says them."""

import os

FIFO = "/run/tick"


def main():
    os.mkfifo(FIFO)
    while True:
        with open(FIFO, encoding="utf-8") as fifo:
            for line in fifo:
                os.write(1, line.encode())


if __name__ == "__main__":
    main()
