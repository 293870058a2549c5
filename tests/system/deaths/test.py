"""The ledger of a real manager: each way to die, told in words, in JSON and in SQL."""

import json
import signal
import time

import harness


class Deaths(harness.Case):
    folder = __file__
    manager_options = ("--console", "none")

    def why(self, who):
        return self.ok(self.machine.mitori("why", who))

    def deaths(self, *options):
        return json.loads(self.ok(self.machine.mitori("deaths", "-o", "json", *options)))

    def told(self, unit, condition=lambda death: True, what="its death is in the ledger"):
        """The last record of the unit's main process, once there is one that is as it should be."""
        def look():
            answer = self.machine.mitori("deaths", "-o", "json", "--unit", unit)
            mains = [d for d in json.loads(answer.stdout or "[]") if d.get("role") == "main"]
            return mains[-1] if answer.returncode == 0 and mains and condition(mains[-1]) else None
        return harness.wait_until(look, f"{unit}: {what}")

    def followed(self, unit):
        return self.told(unit, lambda death: "followed" in death, "what followed is in the ledger")

    def test_a_stranger_kills(self):
        self.start("sleeper.service")
        pid = self.machine.main_pid("sleeper.service")
        harness.wait_until(lambda: self.machine.read(f"/proc/{pid}/comm") == "sleep\n", "its shell has become sleep")
        self.machine.kill(pid)
        death = self.told("sleeper.service", lambda death: death["pid"] == pid and "followed" in death)
        self.assertEqual(death["signal"], "SIGKILL")
        self.assertEqual(death["followed"], "failed")
        self.assertEqual(death["comm"], "sleep")
        self.assertEqual(death["uid"], 0)
        self.assertTrue(death["cgroup"].endswith("/sleeper.service") or not self.machine.group.path, death)
        words = self.why("sleeper")
        self.assertIn(f"sleep (pid {pid}, unit sleeper.service) was killed by SIGKILL at ", words)
        # By whom is what a witness tells, where there is one, and a moment later; without it the reason is told, and
        # nothing guessed.
        self.assertRegex(words, r"by whom is unknown, because wait\(2\) does not tell who sent the signal|\(kill, user root\)")
        self.assertIn("It was not restarted: its unit has failed", words)
        self.assertIn("about to sleep", words)
        harness.wait_until(lambda: self.why(str(pid)) == self.why("sleeper"), "pid and unit are told of alike")

    def test_its_own_recorder_sees_who_killed(self):
        def sees():
            return any("bpf" in death["sources"] for death in self.deaths())  # of those that ask, too
        harness.wait_until(sees, "the kernel tells the recorder of ends")
        self.start("sleeper.service")
        pid = self.machine.main_pid("sleeper.service")
        self.machine.kill(pid)
        death = self.told("sleeper.service", lambda death: death["pid"] == pid and {"wait", "bpf"} <= set(death["sources"]))
        self.assertEqual((death["cause"], death["sender_command"]), ("process", "kill"))

    def test_an_exit_code(self):
        self.machine.mitori("start", "exits.service")
        self.followed("exits.service")
        words = self.why("exits")
        self.assertIn("exited with code 3", words)
        self.assertIn("Its last lines:\n    goodbye\n", words)

    def test_a_client_stops(self):
        self.start("sleeper.service")
        pid = self.machine.main_pid("sleeper.service")
        self.stop("sleeper.service")
        death = self.told("sleeper.service", lambda death: death["pid"] == pid and "followed" in death)
        self.assertEqual(death["cause"], "manager")
        self.assertEqual(death["followed"], "stopped")
        self.assertEqual(death["sender_command"], "mitori")
        self.assertEqual(death["sender_uid"], 0)
        words = self.why("sleeper")
        self.assertRegex(words, r"by the manager: stop asked for by pid \d+ \(mitori\), user root")

    def test_a_systemctl_restarts(self):
        self.start("sleeper.service")
        pid = self.machine.main_pid("sleeper.service")
        self.ok(self.machine.mitori("restart", "sleeper.service"))
        death = self.told("sleeper.service", lambda death: death["pid"] == pid and "followed" in death)
        self.assertEqual(death["followed"], "restarted")
        self.assertEqual(death["restarted_as"], self.machine.main_pid("sleeper.service"))
        self.assertIn("restart asked for by pid", death["request"])
        self.stop("sleeper.service")

    def test_a_start_that_takes_too_long(self):
        self.machine.mitori("start", "late.service")
        self.followed("late.service")
        self.assertIn("by the manager: its start timed out after 1s", self.why("late"))

    def test_a_watchdog(self):
        self.machine.mitori("start", "silent.service")
        self.machine.wait_for("silent.service", ActiveState="failed")
        self.followed("silent.service")
        self.assertIn("was killed by SIGABRT", self.why("silent"))
        self.assertIn("by the manager: it had not said WATCHDOG=1 for 1s", self.why("silent"))

    def test_a_stop_that_takes_too_long(self):
        self.start("stubborn.service")
        status = f"/proc/{self.machine.main_pid('stubborn.service')}/status"
        caught = lambda: int(self.machine.read(status).split("SigCgt:")[1].split()[0], 16)  # noqa: E731
        harness.wait_until(lambda: caught() >> signal.SIGTERM - 1 & 1, "it has its trap")
        self.machine.mitori("stop", "stubborn.service")
        death = self.followed("stubborn.service")
        self.assertEqual(death["signal"], "SIGKILL")
        self.assertIn("it had not ended within 1s of SIGTERM; stop asked for by pid", death["request"])

    def test_a_core_dump(self):
        self.machine.mitori("start", "dumps.service")
        death = self.followed("dumps.service")
        self.assertEqual(death["signal"], "SIGSEGV")
        self.assertIn(death["kind"], ("dumped", "killed"))  # as the machine's core_pattern has it
        self.assertIn("was killed by SIGSEGV", self.why("dumps"))

    def test_it_gives_up(self):
        self.machine.mitori("start", "again.service")
        self.machine.wait_for("again.service", ActiveState="failed", Result="start-limit-hit")
        death = self.told("again.service", lambda death: death.get("followed") == "gave up: start-limit-hit")
        self.assertEqual(death["status"], 1)
        words = self.why("again")
        self.assertIn("the manager gave up: start-limit-hit", words)
        self.assertIn("this was its unit's 2nd death in 10 minutes", words)

    def job(self, name, *words):
        """What `why` tells of a job, once the log and the ledger have it."""
        def look():
            answer = self.machine.mitori("why", name)
            return answer.stdout if all(word in answer.stdout for word in words) else None
        return harness.wait_until(look, f"why {name} tells: {words}")

    def test_a_job_and_the_death_that_made_it_fail(self):
        self.assertEqual(self.machine.mitori("start", "once.service").returncode, 1)
        words = self.job("once/start", "the start of once.service, failed at ", "exited with code 7", "no luck")
        told, = json.loads(self.ok(self.machine.mitori("why", "once/start", "-o", "json")))
        self.assertEqual((told["job"]["unit"], told["job"]["type"], told["job"]["result"]),
                         ("once.service", "start", "failed"))
        self.assertEqual((told["status"], told["role"], told["last_lines"]), (7, "main", ["no luck"]))
        self.assertEqual(self.why(f"job/{told['job']['id']}"), words)
        self.assertTrue(words.startswith(f"Job {told['job']['id']}, "), words)

    def test_a_job_that_was_given_up_for_another(self):
        self.assertEqual(self.machine.mitori("start", "needs.service").returncode, 1)
        words = self.job("needs/start", "the job of a unit that it needs had failed", "exited with code 7")
        self.assertRegex(words, r"\nJob \d+, the start of once.service, failed at ")

    def test_a_job_of_a_start_that_takes_too_long(self):
        self.machine.mitori("start", "late.service")
        self.job("late/start", "the start of late.service, failed at ", "by the manager: its start timed out after 1s")

    def test_a_job_that_ends_something(self):
        self.start("other.service")
        pid = self.machine.main_pid("other.service")
        self.stop("other.service")
        self.job("other/stop", "the stop of other.service, was done at ", f"sleep (pid {pid}, unit other.service)")

    def test_a_job_that_is_not_done_yet_is_asked_of_the_manager(self):
        self.ok(self.machine.mitori("start", "--no-block", "slow.service"))
        self.assertRegex(self.why("slow/start"), r"^Job \d+, the start of slow.service, is running\.\n$")
        self.stop("slow.service")

    def test_a_job_that_nobody_knows(self):
        answer = self.machine.mitori("why", "job/987654")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("a manager forgets a job when it is done, and the log does not tell of one", answer.stderr)
        answer = self.machine.mitori("why", "98765432")
        self.assertIn("no death of a process 98765432; of jobs, a manager forgets", answer.stderr)

    def test_status_of_a_failed_unit_says_where_to_ask(self):
        self.machine.mitori("start", "once.service")
        hint = "mitori why once.service"
        self.assertTrue(self.machine.mitori("status", "once").stdout.endswith(f"whose doing: {hint}\n"))
        self.assertNotIn(hint, self.machine.systemctl("status", "once").stdout)
        self.assertNotIn(hint, self.machine.mitori("status", "once", "-q").stdout)

    def test_lines_of_a_child_are_its_units_last_lines(self):
        self.machine.mitori("start", "parent.service")
        self.followed("parent.service")
        self.assertIn("Its last lines:\n    the child says so\n", self.why("parent"))

    def test_memory_is_told(self):
        self.machine.mitori("start", "exits.service")
        self.followed("exits.service")
        self.assertRegex(self.why("exits"), r"used .*\d+(\.\d+)?[KM] of memory at most")

    def test_orphans_belong_to_their_unit(self):
        self.start("family.service")
        def nine():
            return [d for d in self.deaths("--unit", "family.service") if d["status"] == 9]
        orphan = harness.wait_until(nine, "the orphan's death is in the ledger")[0]
        self.assertEqual(orphan["kind"], "exited")
        self.assertNotIn("role", orphan)
        self.stop("family.service")

    def test_none_is_missing_when_the_recorder_is_killed(self):
        before = len(self.deaths("--unit", "exits.service"))
        for _ in range(10):
            recorder = harness.wait_until(
                lambda: [p for p in self.machine.processes() if p.name == "mitori-record" and p.state != "Z"],
                "there is a recorder")[0]
            self.machine.mitori("start", "--no-block", "exits.service")
            try:
                self.machine.kill(recorder.pid)
            except AssertionError:
                pass  # it has just been restarted
            self.machine.wait_for("exits.service", ActiveState="failed")
            self.machine.mitori("reset-failed", "exits.service")
        harness.wait_until(lambda: len(self.deaths("--unit", "exits.service")) >= before + 10, "all ten are there")
        self.assertEqual(len(self.deaths("--unit", "exits.service")), before + 10)

    def test_who_is_waited_for_when_its_group_is_gone_belongs_to_its_unit_too(self):
        self.start("pair.service")
        child = harness.wait_until(lambda: [p for p in self.machine.processes() if p.command == "sleep 4000"], "a child")[0]
        self.stop("pair.service")
        death = harness.wait_until(lambda: [d for d in self.deaths() if d["pid"] == child.pid], "its end is told")[0]
        self.assertEqual((death["unit"], death["cause"]), ("pair.service", "manager"))

    def test_other_questions(self):
        self.machine.mitori("start", "exits.service")
        self.followed("exits.service")
        self.assertTrue(all(d["kind"] != "exited" or d["status"] != 0 for d in self.deaths("--failed")))
        rows = json.loads(self.ok(self.machine.mitori("deaths", "--by-unit", "-o", "json")))
        self.assertIn("exits.service", [row["name"] for row in rows])
        answer = self.machine.mitori("deaths", "--sql", "DELETE FROM death")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("can only be read", answer.stderr)
        count = self.ok(self.machine.mitori("deaths", "--sql", "SELECT count(*) FROM deaths", "-o", "csv",
                                            "--no-legend"))
        self.assertGreater(int(count), 0)
        self.assertIn("Who dies most", self.ok(self.machine.mitori("deaths", "--top")))

    def test_accounting_reads_it(self):
        if self.machine.run("sh", "-c", "command -v lastcomm sa").returncode:
            self.skipTest("acct is not installed")
        self.machine.mitori("start", "exits.service")
        self.followed("exits.service")
        # Where the whole machine is recorded, asking makes deaths, too: those of past seconds are complete.
        ended = int(time.time())
        harness.wait_until(lambda: time.time() > ended + 1.5, "that second is over, and recorded")
        until = ("--until", f"@{ended + 1}")
        self.ok(self.machine.mitori("deaths", *until, "--acct", "/tmp/pacct"))
        ours = self.deaths(*until)
        lastcomm = self.ok(self.machine.run("lastcomm", "-f", "/tmp/pacct"))
        self.assertEqual(len(lastcomm.splitlines()), len(ours))
        self.assertEqual(sorted(line.split()[0] for line in lastcomm.splitlines()),
                         sorted(death["comm"][:15] for death in ours))
        self.assertIn("sh", self.ok(self.machine.run("sa", "/tmp/pacct")))

    def test_the_file_is_whole(self):
        self.machine.mitori("start", "exits.service")
        self.followed("exits.service")
        check = ("import sqlite3; print(sqlite3.connect('/var/lib/mitori/ledger.sqlite')"
                 ".execute('PRAGMA integrity_check').fetchone()[0])")
        self.assertEqual(self.ok(self.machine.run("python3", "-c", check)), "ok\n")


class Witnessed(harness.Case):
    """A manager beside `mitori record --host`: what both tell of one process is one record."""

    folder = __file__
    manager_options = ("--console", "none")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.start("mitori", "record", "--host")
        harness.wait_until(lambda: "recording into /var/lib/mitori/ledger.sqlite by BPF" in cls.machine.log(),
                           "the whole machine is recorded")

    def ended(self, end):
        """The one record of the main process that `end` ends, when both have told of it."""
        self.start("sleeper.service")
        pid = self.machine.main_pid("sleeper.service")
        end(pid)
        def look():
            found = json.loads(self.machine.mitori("deaths", "-o", "json", "--pid", str(pid)).stdout or "[]")
            return found if found and {"wait", "bpf"} <= set(found[-1]["sources"]) and "followed" in found[-1] else None
        found = harness.wait_until(look, f"manager and witness have told of {pid}")
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_a_stranger_is_named(self):
        death = self.ended(self.machine.kill)
        self.assertEqual((death["cause"], death["sender_command"], death["sender_uid"]), ("process", "kill", 0))
        self.assertEqual((death["unit"], death["role"], death["followed"]), ("sleeper.service", "main", "failed"))
        self.assertNotIn("unknown", death)
        words = self.ok(self.machine.mitori("why", "sleeper"))
        self.assertRegex(words, rf"was killed by SIGKILL at \S+ by pid {death['sender_pid']} \(kill, user root\)")

    def test_the_managers_signal_stays_its_clients_wish(self):
        death = self.ended(lambda pid: self.stop("sleeper.service"))
        self.assertEqual((death["cause"], death["sender_command"]), ("manager", "mitori"))
        self.assertIn("stop asked for by pid", death["request"])


class User(harness.Case):
    folder = __file__
    init = "reaper"

    def test_at_first_it_says_where_it_looked(self):
        answer = self.machine.mitori("why", "last")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("there is no ledger", answer.stderr)

    def test_up_leaves_its_deaths_behind(self):
        self.machine.write("/srv/app/Procfile", "web: sh -c 'exit 4'\n")
        self.machine.run("mitori", "up", "/srv/app/Procfile")
        words = self.ok(self.machine.mitori("why", "last"))
        self.assertIn("exited with code 4", words)


if __name__ == "__main__":
    harness.main()
