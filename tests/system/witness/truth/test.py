"""Processes end in every way; what the records say of each is what really happened."""

import contextlib
import os
import pathlib
import sys

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import recording

NAMES = ("what", "pid", "start_ticks", "kind", "status", "cause", "sender_pid", "limit_hit", "reason")


def read_truth(text):
    rows = [dict(zip(NAMES, line.split("\t"))) for line in text.splitlines()]
    for row in rows:
        for name in ("pid", "start_ticks", "status", "sender_pid"):
            row[name] = int(row[name])
    return rows


class Truth(harness.Case):
    folder = __file__
    init = "reaper"

    def setUp(self):
        self.machine.run("mknod", "-m", "600", "/dev/kmsg", "c", "1", "11")

    @contextlib.contextmanager
    def memory_group(self):
        """A group of 16 MiB in the old hierarchy of memory."""
        name = f"mitori-witness-{os.getpid()}"
        group = f"/run/memory/{name}"
        self.ok(self.machine.run("mkdir", "-p", "/run/memory"))
        self.ok(self.machine.run("mount", "-t", "cgroup", "-o", "memory", "memory", "/run/memory"))
        self.ok(self.machine.run("mkdir", group))
        try:
            self.machine.write(f"{group}/memory.limit_in_bytes", "16777216")
            yield group, f"/{name}"
        finally:
            harness.wait_until(lambda: self.machine.run("rmdir", group).returncode == 0, f"{group} can be removed")

    def make(self, *options, **how):
        """The truth, and the records: by pid and start."""
        recorder = recording.Recorder(self.machine, *options, **how)
        self.assertIn("recording into", recorder.said)
        with self.memory_group() as (folder, self.group):
            truth = self.ok(self.machine.run(recording.put(self.machine, "witness_truth"), folder, limit=120))
        self.assertEqual(recorder.end(), 0)
        return read_truth(truth), {(d["pid"], d["start_ticks"]): d for d in recording.deaths(self.machine)}

    def wrong(self, truth, death):
        """What of a record is not so."""
        if death is None:
            return "no record"
        wanted = {name: truth[name] or None for name in ("limit_hit", "reason")}
        wanted |= {name: truth[name] for name in ("kind", "status", "cause")}
        wanted["sender_pid"] = truth["sender_pid"] or None
        wanted["unknown"] = None
        seen = {name: death[name] for name in wanted}
        if truth["cause"] == "oom" and not death["limit_group"].endswith(self.group):
            return f"the limit of {death['limit_group']}, not {self.group}"
        return "" if seen == wanted else f"wanted {wanted}, recorded {seen}"

    def test_bpf_tells_all_of_it(self):
        truths, deaths = self.make("--source", "bpf")
        self.assertGreater(len(truths), 450)
        wrong = {t["what"]: w for t in truths if (w := self.wrong(t, deaths.get((t["pid"], t["start_ticks"]))))}
        print(f"{len(truths) - len(wrong)} of {len(truths)} ends are recorded as they were")
        self.assertEqual(wrong, {})
        self.assertEqual(recording.lost(self.machine), 0)


if __name__ == "__main__":
    harness.main()
