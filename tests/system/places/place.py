"""What holds of the family of units/family.service wherever a manager runs: see test.py, and tests/vm."""

import re

import harness

MAIN, WORKER, ORPHAN, STRAY = (f"sleep {number}" for number in (1000, 1001, 1002, 1003))
KIN = {MAIN, WORKER, ORPHAN, STRAY}


class Place:
    """What holds everywhere; a place below says how its manager is made and what it has to track by."""

    folder = __file__
    how = {}
    tracks = ""  # the manager's own word for the place

    def mitori(self, *words):
        return self.machine.mitori(*words, **self.how)

    def family(self):
        return {p.command: p for p in self.machine.processes() if p.command in KIN}

    def manager(self):
        return 1

    def setUp(self):
        self.ok(self.mitori("start", "family.service"))
        self.addCleanup(self.mitori, "stop", "family.service")
        harness.wait_until(lambda: set(self.family()) == KIN, "the whole family is there")

    def test_the_place_is_what_it_is_called(self):
        shown = self.ok(self.mitori("show", "--property=ControlGroups", "--value"))
        self.assertEqual(shown.strip(), self.tracks)

    def test_the_daemon_is_the_main_process(self):
        main = self.family()[MAIN]
        seen = self.machine.show("family.service", "MainPID", "ActiveState", "SubState", **self.how)
        self.assertEqual(seen, {"MainPID": str(main.pid), "ActiveState": "active", "SubState": "running"})
        self.assertEqual(main.parent, self.manager())

    def test_status_shows_the_tree(self):
        family = self.family()
        text = self.ok(self.mitori("status", "family.service"))
        self.assertRegex(text, rf"Main PID: {family[MAIN].pid} \(sleep\)")
        for command, process in family.items():
            self.assertRegex(text, rf"[├└]─{process.pid} {command}\n")

    def test_the_tree_has_each_under_its_unit_and_parent(self):
        family = self.family()
        text = self.ok(self.mitori("tree"))
        _, _, below = text.partition("family.service")
        lines = below.splitlines()[1:5]
        self.assertEqual({int(re.search(r"─(\d+)", line)[1]) for line in lines}, {p.pid for p in family.values()})

    def test_an_orphan_is_known_as_its_unit_s(self):
        for command in (ORPHAN, STRAY):
            orphan = self.family()[command]
            self.assertEqual(orphan.parent, self.manager(), command)
            text = self.ok(self.mitori("status", str(orphan.pid)))
            self.assertIn("family.service - A daemon and its kin", text)

    def test_an_orphan_that_ends_is_reaped_and_the_unit_goes_on(self):
        before = self.family()
        for command in (ORPHAN, STRAY):
            self.machine.kill(before[command].pid)
        harness.wait_until(lambda: set(self.family()) == {MAIN, WORKER} and not self.machine.zombies(), "it is reaped")
        self.assertEqual(self.machine.show("family.service", "SubState", **self.how), "running")

    def test_stop_leaves_none(self):
        self.ok(self.mitori("stop", "family.service"))
        self.assertEqual(self.family(), {})
        harness.wait_until(lambda: not self.machine.zombies(), "every end has been taken")
        self.assertEqual(self.machine.show("family.service", "ActiveState", **self.how), "inactive")

    def test_when_the_daemon_is_killed_its_kin_goes_with_it(self):
        self.machine.kill(self.family()[MAIN].pid)
        self.machine.wait_for("family.service", ActiveState="failed", Result="signal", **self.how)
        self.assertEqual(self.family(), {})
        harness.wait_until(lambda: not self.machine.zombies(), "every end has been taken")
        self.ok(self.mitori("reset-failed"))
