"""`mitori up` with a Procfile, beside two tools from npm that do the same: foreman (node's) and concurrently. They are
looked for where tools/install-deps bench puts them, in build/peers."""
import os

from . import claims
from .managers import Floor, Manager
from .table import Table

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "peers", "node_modules", ".bin")


class Up(Manager):
    """Reads a Procfile of n processes, each of its own type."""

    def commands(self, n):
        return [f"{self.program} {self.marks.path}" for _ in range(n)]

    def prepare(self, n):
        self.write("Procfile", "".join(f"p{i}: {line}\n" for i, line in enumerate(self.commands(n))))


class MitoriUp(Up):
    name = "mitori up"

    def command(self, n):
        return [os.path.join(self.build, "bin", "mitori"), "up", "--runtime-dir", os.path.join(self.folder, "run")]


class Peer(Up):
    program_name = ""

    @classmethod
    def installed(cls):
        return os.access(os.path.join(PEERS, cls.program_name), os.X_OK)

    def path(self):
        return os.path.join(PEERS, self.program_name)


class Foreman(Peer):
    name = "foreman (npm)"
    program_name = "nf"

    def command(self, n):
        return [self.path(), "start"]


class Concurrently(Peer):
    name = "concurrently (npm)"
    program_name = "concurrently"

    def command(self, n):
        return [self.path(), *self.commands(n)]


def up(make, n, rounds, peers):
    """Issue 3: from the start of the tool to all n processes running, and what the tool and its shells then use."""
    rivals = [peer for peer in (Foreman, Concurrently) if peers and peer.installed()]
    kinds = [Floor, MitoriUp, *rivals]
    samples = {kind: claims.Samples() for kind in kinds}
    for _ in range(rounds):
        for kind in kinds:
            with make(kind) as tool:
                samples[kind].all.append(claims.start_once(tool, n))
    table = Table(f"a Procfile of {n} processes, from the tool's start to all running; shells that stay count as its own",
                  ["", "wall ms", "x mitori", "CPU ms", "PSS KiB", "x mitori", "processes"])
    wall, pss = (samples[MitoriUp].median(what) for what in ("wall", "pss"))
    for kind in kinds:
        got = samples[kind]
        table.row(kind.name, f"{got.median('wall') * 1e3:.0f}", f"{got.median('wall') / wall:.1f}",
                  f"{got.median('cpu') * 1e3:.0f}", f"{got.median('pss'):.0f}", f"{got.median('pss') / pss:.1f}",
                  f"{got.median('count'):.0f}")
    if rivals:
        quickest = min(samples[kind].median("wall") for kind in rivals)
        smallest = min(samples[kind].median("pss") for kind in rivals)
        table.target("time to all running", wall / quickest, 0.2, "x the quickest peer")
        table.target("memory", pss / smallest, 0.1, "x the smallest peer")
    return table
