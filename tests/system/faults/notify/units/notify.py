# notify.py self|child|ping MESSAGE…: says each message to the manager, then goes on; `ping` also says WATCHDOG=1.
import os, signal, socket, sys

def say(text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])

how, messages = sys.argv[1], sys.argv[2:]
if how == "child" and os.fork():
    while True: signal.pause()
for message in messages:
    say(message)
if how == "ping":
    half = int(os.environ["WATCHDOG_USEC"]) / 2e6
    for count in range(1, 1 << 30):
        say(f"WATCHDOG=1\nSTATUS=ping {count}")
        signal.sigtimedwait([], half / 2)
while True: signal.pause()
