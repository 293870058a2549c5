"""A storm of orphans: 100,000 of them, three generations deep, ending at random. All are reaped, none waits long, and the
init is as large afterwards as it was before."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import sides  # noqa: E402  (the folder of all cases of mitori-init)

ORPHANS = 100_000
# As many as end while the init waits for a processor. On two crowded ones it has to wait for a few milliseconds.
MOST_ZOMBIES = 1000
FIRST_PAGES = 16  # KiB: what the first orphan makes the init touch. A byte for each of them all would be six times that
STORM = str(sides.OURS.with_name("init_storm")) if sides.OURS else ""


def memory(pid):
    """KiB: the whole of it that is in memory, and what is its own."""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    figures = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    return figures["Rss"], sum(kib for name, kib in figures.items() if name.startswith("Private_"))


class Zombies(threading.Thread):
    """Counts the init's children that have ended, all the while; remembers the most."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.most, self.looks, self.over = pid, 0, 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.05):  # looking must not be what costs most
            self.most = max(self.most, sum(sides.state_of(child) == "Z" for child in sides.children_of(self.pid)))
            self.looks += 1


class Orphans(sides.Case):
    def storm(self, families, *words, first=True, warned=False):
        """The most zombies there were at a time, and memory before and after."""
        process = subprocess.Popen([*(sides.FIRST if first else []), *words, "--", STORM, str(families)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE if warned else None)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        pid = sides.wait_until(lambda: sides.children_of(process.pid), "process 1")[0] if first else process.pid
        command = sides.wait_until(lambda: sides.children_of(pid), "the storm")[0]
        before = memory(pid)
        zombies = Zombies(pid)
        self.assertEqual(process.stdout.readline(), b"done\n")
        sides.wait_until(lambda: sides.children_of(pid) == [command], "nobody is left but the storm itself")
        zombies.over.set()
        zombies.join()
        after = memory(pid)
        os.kill(pid, signal.SIGTERM)
        said = process.stderr.read() if warned else b""
        self.assertEqual(process.wait(sides.harness.LIMIT), 143)
        if warned:
            process.stderr.close()
        self.assertGreater(zombies.looks, 2)
        return zombies.most, before, after, said

    def test_a_hundred_thousand_are_reaped(self):
        begin = time.monotonic()
        most, before, after, _ = self.storm(ORPHANS // 25, self.ours["mitori-init"])
        print(f"{ORPHANS} orphans in {time.monotonic() - begin:.0f} s, at most {most} zombies, memory before and after "
              f"{before} {after} KiB", file=sys.stderr)
        self.assertLess(most, MOST_ZOMBIES)
        self.assertLessEqual(after[0] - before[0], FIRST_PAGES)
        self.assertLessEqual(after[1], 200)

    def test_under_each_name_and_not_only_as_process_1(self):
        for name in self.ours:
            for first in (True, False):
                if name == "dumb-init" and not first:
                    continue  # no subreaper, as the peer is none: orphans go elsewhere
                with self.subTest(name=name, first=first):
                    options = ["-s"] if name == "tini" else []
                    most, before, after, _ = self.storm(40, self.ours[name], *options, first=first)
                    self.assertLess(most, MOST_ZOMBIES)
                    self.assertLessEqual(after[0] - before[0], FIRST_PAGES)

    def test_each_is_told_of_where_asked(self):
        for words in ([self.ours["mitori-init"], "-w"], [self.ours["tini"], "-s", "-w"], [sides.PEERS["tini"], "-s", "-w"]):
            with self.subTest(words=words):
                *_, said = self.storm(20, *words, warned=True)
                self.assertEqual(len(said.splitlines()), 20 * 25, said[:500])


if __name__ == "__main__":
    sides.main()
