"""The end of a manager: it stops everything in order, leaves nobody behind, and its control group goes."""

import signal

import harness

UNITS = ("third.service", "away.service", "early.service", "deaf.service", "restarting.service")


class Shutdown(harness.Case):
    """Beside another process 1, as root; a manager for each test."""

    folder = __file__
    init = "reaper"

    def setUp(self):
        self.machine.run("rm", "-f", "/run/order", "/run/deaf")
        self.manager = self.machine.start("mitori", "manager", group="work")
        harness.wait_until(lambda: self.machine.mitori("is-system-running").returncode == 0, "it is ready")
        self.start(*UNITS)
        harness.wait_until(lambda: self.machine.exists("/run/deaf"), "the deaf one is deaf")
        harness.wait_until(lambda: len(self.machine.processes_of("away.service")) == 2, "two have run away")
        self.pid, = [p.pid for p in self.machine.processes() if p.command == "mitori manager" and p.parent == 0]

    def assertOver(self, code):
        self.assertEqual(self.manager.wait(timeout=harness.LIMIT), code)
        harness.wait_until(lambda: [p.pid for p in self.machine.processes()] == [1], "only process 1 is left")
        self.assertEqual(self.machine.read("/run/order"), "third\nsecond\nfirst\n")
        self.assertFalse(self.machine.exists("/sys/fs/cgroup/work/mitori"))

    def test_sigterm_stops_everything_in_order(self):
        self.machine.kill(self.pid, signal.SIGTERM)
        self.assertOver(0)

    def test_exit_stops_everything_in_order(self):
        self.ok(self.machine.mitori("exit"))
        self.assertOver(0)


class ShutdownOfProcessOne(harness.Case):
    folder = __file__

    def test_exit_ends_the_machine(self):
        self.start(*UNITS)
        harness.wait_until(lambda: self.machine.exists("/run/deaf"), "the deaf one is deaf")
        self.machine.mitori("exit")
        self.assertEqual(self.machine.starter.wait(timeout=harness.LIMIT), 0)


if __name__ == "__main__":
    harness.main()
