"""The same family of processes in every place: the double-forked daemon is found, status shows its kin, an orphan is known
as its unit's, and stop leaves none. A fifth place, a machine of its own with pure v2, is tests/vm."""

import harness
from place import Place


class Unified(Place, harness.Case):
    """v2, written by root."""

    tracks = "unified"


class Hybrid(Place, harness.Case):
    """v1 controllers beside a v2 tree."""

    groups = "hybrid"
    tracks = "hybrid"


class ReadOnly(Place, harness.Case):
    """Root, and trees that nobody may write: what an engine gives its containers."""

    groups = "readonly"
    tracks = "none"

    def test_the_manager_says_why_and_how_it_tracks_here(self):
        self.assertRegex(self.machine.log(), r"no control groups \(.*\): processes are tracked by session and INVOC")


class User(Place, harness.Case):
    """An ordinary user beside another init, without a group of his own."""

    init = "reaper"
    groups = "readonly"
    how = {"user": "tester"}
    tracks = "none"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.start("mitori", "manager", **cls.how, env={"SYSTEMD_UNIT_PATH": "/etc/systemd/system"})
        harness.wait_until(lambda: cls.machine.mitori("is-system-running", **cls.how).returncode == 0, "it is ready")

    def manager(self):
        pid, = [p.pid for p in self.machine.processes() if "mitori manager" in p.command and p.parent == 0]
        return pid


if __name__ == "__main__":
    harness.main()
