"""What the cases of this folder share: a recorder in a machine, and its ledger read with Python's own SQLite."""

import contextlib
import pathlib
import shutil
import sqlite3
import tempfile

import harness

LEDGER = "/run/host.sqlite"


def tool(name):
    """A program of these tests, which is built beside mitori."""
    return pathlib.Path(harness.MITORI).with_name(name)


def put(machine, name):
    """The tool, where the machine finds it. Its word there."""
    shutil.copy(tool(name), machine.root / "run" / name)
    return f"/run/{name}"


class Recorder:
    """`mitori record --host` in a machine."""

    def __init__(self, machine, *options, **how):
        self.machine = machine
        before = machine.log()
        self.process = machine.start("mitori", "record", "--host", "--ledger", LEDGER, *options, **how)
        said = lambda: machine.log()[len(before):]
        harness.wait_until(lambda: "recording into" in said() or self.process.poll() is not None, "it records")
        self.said = said()

    def pid(self):
        return next(p.pid for p in self.machine.processes() if p.name == "mitori-host")

    def end(self):
        """As a service's end: it writes what it knows."""
        self.machine.kill(self.pid(), 15)
        return self.process.wait(harness.LIMIT)


@contextlib.contextmanager
def ledger(machine, place=LEDGER):
    """The file as it is now. A copy: SQLite would follow the machine's root, a link, to our own."""
    with tempfile.TemporaryDirectory() as folder:
        for end in ("", "-wal"):
            if machine.exists(place + end):
                shutil.copy(machine.root / (place + end).lstrip("/"), folder)
        with contextlib.closing(sqlite3.connect(f"{folder}/host.sqlite")) as opened:
            opened.row_factory = sqlite3.Row
            yield opened


def deaths(machine, where="1", *values, place=LEDGER):
    """Records as dictionaries, in the order of their ends."""
    with ledger(machine, place) as file:
        return [dict(row) for row in file.execute(f"SELECT * FROM deaths WHERE {where} ORDER BY number", values)]


def lost(machine):
    with ledger(machine) as file:
        return file.execute("SELECT coalesce(sum(count), 0) FROM lost").fetchone()[0]
