"""How long `mitori why` and its like take with many deaths in the ledger, and what a death costs there."""
import os
import shutil
import subprocess
import tempfile

from .read_logs import milliseconds
from .table import Table

GOAL = 20.0  # milliseconds, with ten million deaths


def make_ledger(build, path, deaths):
    """The seconds that it took."""
    program = os.path.join(build, "bin", "bench_make_ledger")
    return float(subprocess.run([program, path, str(deaths)], check=True, text=True, stdout=subprocess.PIPE).stdout)


def read_ledger(build, deaths, rounds):
    """The file lies below $MITORI_BENCH_DISK, or /var/tmp: the scratch may be a tmpfs."""
    mitori = os.path.join(build, "bin", "mitori")
    folder = tempfile.mkdtemp(prefix="mitori-bench-ledger-", dir=os.environ.get("MITORI_BENCH_DISK", "/var/tmp"))
    try:
        path = os.path.join(folder, "ledger.sqlite")
        taken = make_ledger(build, path, deaths)
        size = os.path.getsize(path)
        table = Table(f"Asking a ledger of {deaths} deaths ({size / 2**30:.2f} GiB, {size / deaths:.0f} bytes each; "
                      f"added in {taken:.0f} s, {deaths / taken:.0f} a second)",
                      ["", "ms", "goal"])
        table.row("true", f"{milliseconds(['/bin/true'], rounds):.2f}", "")
        table.row("mitori --version", f"{milliseconds([mitori, '--version'], rounds):.2f}", "")
        for words, goal in ((["why", "web-7.service"], GOAL), (["why", "123456"], GOAL), (["why", "last"], GOAL),
                            (["deaths", "--unit", "web-7", "-n", "20"], None), (["deaths", "--failed", "-n", "20"], None),
                            (["deaths", "-n", "20"], None)):
            figure = milliseconds([mitori, *words, "--ledger", path], rounds)
            table.row("mitori " + " ".join(words), f"{figure:.2f}",
                      "" if goal is None else f"< {goal:.0f}: {'met' if figure < goal else 'MISSED'}")
        return table
    finally:
        shutil.rmtree(folder)
