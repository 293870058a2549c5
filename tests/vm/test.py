"""mitori as process 1 of a whole machine with pure cgroup v2: it comes up, tracks what forks away, and ends the machine
itself, with its disk written and clean."""

import json
import pathlib
import re
import unittest

import harness
from machine import LIMIT, Machine, why_not_here
from place import Place

HERE = pathlib.Path(__file__).resolve().parent
SYSTEM = HERE.parent / "system"
UNITS = [*(HERE / "units").iterdir(), HERE / "agent.sh", *(SYSTEM / "places/units").iterdir()]
ENABLED = ("agent.service", "once.service", "first.service", "second.service", "stray.service")
machine = None


def setUpModule():
    global machine
    reason = why_not_here()
    if reason:
        raise unittest.SkipTest(reason)
    machine = Machine(UNITS, ENABLED)
    unittest.addModuleCleanup(machine.close)


class Case(unittest.TestCase):
    ok = harness.Case.ok

    @property
    def machine(self):
        return machine

    def wait_until_up(self):
        harness.wait_until(lambda: machine.mitori("is-system-running").stdout.strip() == "running", "all is up", LIMIT)


class Running(Place, Case):
    """The first boot."""

    tracks = "unified"

    def test_process_1_is_mitori_and_all_that_is_enabled_is_up(self):
        self.wait_until_up()
        self.assertEqual(self.ok(machine.run("cat", "/proc/1/comm")), "mitori\n")
        self.assertEqual(self.ok(machine.mitori("is-active", *ENABLED)), "active\n" * len(ENABLED))
        self.assertEqual(self.ok(machine.run("cat", "/run/once")), "done\n")
        self.assertEqual(machine.show("default.target", "ActiveState"), "active")

    def test_it_is_a_v2_tree_with_all_controllers_and_a_group_for_each_unit(self):
        self.assertLessEqual({"cpu", "io", "memory", "pids"},
                             set(self.ok(machine.run("cat", "/sys/fs/cgroup/cgroup.controllers")).split()))
        groups = {p.command: p.group for p in machine.processes()}
        self.assertEqual(groups["sleep 1000"], "/system.slice/family.service")
        self.assertEqual(groups["sleep 2000"], "/system.slice/first.service")
        self.assertEqual(groups["sleep 2002"], "/system.slice/stray.service")

    def test_the_bounds_of_a_unit_are_in_force(self):
        self.ok(machine.mitori("start", "bounded.service"))
        folder = "/sys/fs/cgroup/system.slice/bounded.service/"
        bounds = {"memory.min": 1 << 20, "memory.low": 2 << 20, "memory.high": 30 << 20, "memory.max": 40 << 20,
                  "pids.max": 7, "cpu.max": "50000 100000", "cpu.weight": 20}
        said = self.ok(machine.run("sh", "-c", "cd %s; cat %s" % (folder, " ".join(bounds)))).splitlines()
        self.assertEqual(dict(zip(bounds, said)), {name: str(value) for name, value in bounds.items()})
        self.ok(machine.mitori("stop", "bounded.service"))

    def test_memory_that_runs_out_is_the_cause_that_is_told(self):
        for unit in ("greedy.service", "worker.service", "together.service"):
            with self.subTest(unit=unit):
                machine.mitori("start", unit)
                harness.wait_until(lambda: machine.show(unit, "ActiveState") == "failed", f"{unit} has failed", LIMIT)
                self.assertEqual(machine.show(unit, "Result"), "oom-kill")
                self.assertIn(f"{unit}: A process of this unit has been killed" if unit != "together.service" else unit,
                              machine.log())
        self.assertEqual([p for p in machine.processes() if "sleep 300" in p.command], [])
        why = self.ok(machine.mitori("why", "greedy.service"))
        self.assertRegex(why, r"(?s)greedy\.service\).* was killed by SIGKILL .*by the kernel.*MemoryMax=")
        self.ok(machine.mitori("reset-failed"))

    def test_who_sent_a_signal_is_told_by_this_kernel_too(self):
        """Linux 6.1. Emulated, libbpf takes its time to read that kernel's types; until then it is not known."""

        def ended_by_a_shell():
            machine.mitori("start", "family.service")
            pid = machine.show("family.service", "MainPID")
            sender = machine.shell(f"sh -c 'echo $$; kill -9 {pid}'")[0].strip()
            machine.wait_for("family.service", ActiveState="failed")
            ends = json.loads(self.ok(machine.mitori("deaths", "--unit", "family.service", "-o", "json")))
            end = next(end for end in ends if end["pid"] == int(pid))
            return end["cause"] == "process" and (end, int(sender))

        end, sender = harness.wait_until(ended_by_a_shell, "the kernel is asked who did it", 4 * LIMIT)
        self.assertEqual(end["sender_pid"], sender)
        self.assertEqual(end["sender_command"], "sh")
        self.ok(machine.mitori("reset-failed"))


class Ending(Case):
    """The machine ends as it was told to, and comes up again with what was written."""

    def assertEnds(self, word):
        console = machine.wait_for_end()
        self.assertIn(f"reboot: {word}", console)
        self.assertInOrder(console)
        return console

    def assertInOrder(self, console):
        # The kernel had not to do anything by force, and process 1 did not go before it.
        self.assertNotRegex(console, "panic|Call Trace")
        self.assertEqual(machine.disk_state(), "clean")

    def test_1_poweroff_stops_all_in_order_writes_the_disk_and_ends_the_machine(self):
        machine.send("mitori poweroff")
        console = self.assertEnds("Power down")
        self.assertEqual(machine.on_disk("/order"), "second\nfirst\n")
        said = [re.search(rf"Stopped {unit}", console) for unit in ("second.service", "first.service")]
        self.assertTrue(all(said), console)
        self.assertLess(said[0].start(), said[1].start())
        # Somebody that no unit would stop had a file of it open.
        self.assertIn("Unmounted /srv.", console)
        self.assertIn("All is stopped and written: poweroff.", console)

    def test_2_ctrl_alt_del_reboots_it(self):
        machine.boot_again()
        self.wait_until_up()
        self.assertEqual(self.ok(machine.run("cat", "/srv/order")), "second\nfirst\n")
        # The kernel sends process 1 this signal at those keys.
        machine.send("kill -INT 1")
        self.assertEnds("Restarting system")

    def test_3_exit_of_its_manager_is_its_end(self):
        machine.boot_again()
        self.wait_until_up()
        machine.send("mitori exit")
        self.assertEnds("Power down")

    def test_4_halt_stops_it_where_it_is(self):
        machine.boot_again()
        self.wait_until_up()
        machine.send("mitori halt")
        console = machine.wait_for_console("reboot: System halted")
        self.assertIsNone(machine.qemu.poll(), "it is neither off nor does it begin anew")
        machine.switch_off()
        self.assertInOrder(console)


def load_tests(loader, _, __):
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in (Running, Ending))


if __name__ == "__main__":
    harness.main()
