"""The same odd bytes said to mitori and to the real journald: the same entries."""

import json
import pathlib

import harness

FIELDS = ("MESSAGE", "PRIORITY", "SYSLOG_FACILITY", "SYSLOG_IDENTIFIER", "SYSLOG_PID", "SYSLOG_TIMESTAMP", "SYSLOG_RAW",
          "_LINE_BREAK", "_TRANSPORT", "A", "B")
SPEAK = "/etc/systemd/system/speak.py"


def short(value):
    return value if len(value) < 100 else f"{len(value)} of {value[:10]}"


def entries(text):
    """The fields that both have to agree on: of each socket, and of each stream, in their order."""
    made = {}
    for line in text.splitlines():
        entry = json.loads(line)
        way = entry["_TRANSPORT"]
        source = entry["SYSLOG_IDENTIFIER"] if way == "stdout" else way
        made.setdefault(source, []).append({name: short(entry[name]) for name in FIELDS if name in entry})
    return made


class Journald(harness.Case):
    folder = __file__
    manager_options = ("--console", "none")

    def test_says_the_same(self):
        beside = self.machine.run("unshare", "-m", "sh", "-c",
                                  f"mount -t tmpfs tmpfs /run && exec python3 {SPEAK} --beside", limit=120)
        theirs = entries(self.ok(beside))
        self.assertEqual(len([source for source in theirs if source.startswith("stream")]), 17)
        self.assertGreater(sum(map(len, theirs.values())), 80)

        self.ok(self.machine.run("python3", SPEAK))
        journal = str(pathlib.Path("/run/mitori") / (self.machine.root / "run/mitori/journal").readlink())

        def ours():
            answer = self.machine.run("journalctl", "-D", journal, "-q", "--no-pager", "--all", "-o", "json",
                                      "_COMM=python3")
            made = entries(self.ok(answer))
            return made if all(len(made.get(way, [])) >= len(said) for way, said in theirs.items()) else None

        made = harness.wait_until(ours, "everything is in our journal")
        self.maxDiff = None
        for way, said in theirs.items():
            self.assertEqual(made[way], said, way)


if __name__ == "__main__":
    harness.main()
