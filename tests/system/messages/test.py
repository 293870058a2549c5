"""What the manager says of units carries systemd's own MESSAGE_ID= and fields: journalctl finds and explains it."""

import json
import pathlib

import harness

STARTING, STARTED = "7d4958e842da4a758f6c1cdc7b36dcc5", "39f53479d3a045ac8e11786248231fbf"
STOPPING, STOPPED = "de5b426a63be47a7b6ac3eaac82e2f6f", "9d1aaa27d60140bd96365438aad20286"
RELOADING, RELOADED = "d34d037fff1847e6ae669a370e694725", "7b05ebc668384222baa8881179cfda54"
FAILED, PROCESS_EXIT = "be02cf6855d2428ba40df7e9d022f03d", "98e322203f7a4ed290d09fe03c09fe15"
FAILURE_RESULT, SUCCESS = "d9b373ed55a64feb8242e02dbe79a49c", "7ad2d189f7e94e70a38c781354912448"
RESTART = "5eb03494b6584870a536b337290809b3"
INVOCATION = "[0-9a-f]{32}"


class Messages(harness.Case):
    folder = __file__
    manager_options = ("--console", "none")

    def journalctl(self, *words):
        journal = pathlib.Path("/run/mitori") / (self.machine.root / "run/mitori/journal").readlink()
        return self.ok(self.machine.run("journalctl", "-D", str(journal), "-q", "--no-pager", *words))

    def entries(self, unit, message_id):
        return [json.loads(line) for line in
                self.journalctl("-o", "json", f"MESSAGE_ID={message_id}", f"UNIT={unit}").splitlines()]

    def assertSaid(self, unit, message_id, text, **fields):
        entry = harness.wait_until(lambda: self.entries(unit, message_id), f"{text!r} is in the journal")[0]
        self.assertEqual((entry["MESSAGE"], {name: entry.get(name) for name in fields}), (text, fields))
        self.assertRegex(entry["INVOCATION_ID"], f"^{INVOCATION}$")
        return entry

    def test_a_service_that_comes_and_goes(self):
        unit, name = "stays.service", "stays.service - A service that stays"
        for verb in ("start", "reload"):
            self.ok(self.machine.mitori(verb, unit))
        invocation = self.machine.show(unit, "InvocationID")
        self.ok(self.machine.mitori("stop", unit))
        self.assertSaid(unit, STARTING, f"Starting {name}...", JOB_TYPE="start", JOB_RESULT=None)
        started = self.assertSaid(unit, STARTED, f"Started {name}.", JOB_TYPE="start", JOB_RESULT="done")
        self.assertEqual(started["INVOCATION_ID"], invocation)
        self.assertSaid(unit, RELOADING, f"Reloading {name}...", JOB_TYPE="reload")
        self.assertSaid(unit, RELOADED, f"Reloaded {name}.", JOB_TYPE="reload", JOB_RESULT="done")
        self.assertSaid(unit, STOPPING, f"Stopping {name}...", JOB_TYPE="stop")
        self.assertSaid(unit, SUCCESS, f"{unit}: Deactivated successfully.")
        self.assertSaid(unit, STOPPED, f"Stopped {name}.", JOB_TYPE="stop", JOB_RESULT="done")

    def test_a_service_that_fails(self):
        unit = "fails.service"
        self.machine.mitori("start", unit)
        self.machine.wait_for(unit, ActiveState="failed", SubState="failed")
        self.assertSaid(unit, PROCESS_EXIT, f"{unit}: Main process exited, code=exited, status=3/NOTIMPLEMENTED",
                        EXIT_CODE="exited", EXIT_STATUS="3")
        self.assertSaid(unit, FAILURE_RESULT, f"{unit}: Failed with result 'exit-code'.", UNIT_RESULT="exit-code")
        self.assertSaid(unit, RESTART, f"{unit}: Scheduled restart job, restart counter is at 1.", N_RESTARTS="1")

    def test_a_job_that_fails_and_one_that_needed_it(self):
        self.assertNotEqual(self.machine.mitori("start", "needs.service").returncode, 0)
        self.assertSaid("cannot.service", FAILED, "Failed to start cannot.service.", JOB_TYPE="start",
                        JOB_RESULT="failed")
        entry, = harness.wait_until(lambda: self.entries("needs.service", FAILED), "the dependency is told")
        self.assertEqual((entry["MESSAGE"], entry["JOB_RESULT"]),
                         ("Dependency failed for needs.service.", "dependency"))

    def test_the_catalog_explains_them(self):
        self.ok(self.machine.run("journalctl", "--update-catalog"))
        self.machine.mitori("start", "cannot.service")
        harness.wait_until(lambda: self.entries("cannot.service", FAILED), "the failure is in the journal")
        theirs = self.journalctl("-x", "-n", "1", f"MESSAGE_ID={FAILED}", "UNIT=cannot.service")
        self.assertIn("A start job for unit cannot.service has failed", theirs)
        ours = self.ok(self.machine.mitori("logs", "-x", "-n", "1", f"MESSAGE_ID={FAILED}", "UNIT=cannot.service"))
        self.assertIn("A start job for unit cannot.service has failed", ours)
        self.assertIn("The job identifier is", ours)


if __name__ == "__main__":
    harness.main()
