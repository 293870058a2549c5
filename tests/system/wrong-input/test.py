"""Wrong words, missing files, no rights, no manager: one clear line that names what it is about, and no trace."""

import harness

NOWHERE = "/missing/deaths.sqlite"


class WrongInput(harness.Case):
    folder = __file__
    init = "reaper"

    def refused(self, *words, hint, user=None, status=1):
        answer = self.machine.mitori(*words, user=user)
        with self.subTest(words=words, user=user):
            self.assertEqual(answer.returncode, status, answer)
            self.assertEqual(answer.stdout, "")
            for part in (hint,) if isinstance(hint, str) else hint:
                self.assertIn(part, answer.stderr)
            lines = [line for line in answer.stderr.splitlines() if not line.startswith("Try 'mitori ")]
            self.assertEqual(len(lines), 1, answer.stderr)

    def test_a_ledger_that_is_named_makes_no_folder(self):
        self.refused("record", "--host", "--ledger", NOWHERE, hint=("--ledger", "/missing", "No such file or directory"))
        self.assertFalse(self.machine.exists("/missing"))

    def test_the_usual_place_is_made(self):
        self.machine.run("rm", "-rf", "/var/lib/mitori")
        self.machine.start("mitori", "record", "--host")
        harness.wait_until(lambda: self.machine.exists("/var/lib/mitori/ledger.sqlite"), "it records")

    def test_of_deaths(self):
        self.machine.write("/tmp/no.sqlite", "this is none\n")
        self.machine.run("sh", "-c", "mkdir -p /tmp/shut && touch /tmp/shut/l.sqlite && chmod 700 /tmp/shut")
        for program in ("why", "deaths"):
            rest = ("last",) if program == "why" else ()
            self.refused(program, *rest, "--ledger", NOWHERE, hint=NOWHERE)
            self.refused(program, *rest, "--ledger", "/tmp/no.sqlite", hint=("/tmp/no.sqlite", "not a database"))
            self.refused(program, *rest, "--ledger", "/tmp/shut/l.sqlite", hint="/tmp/shut/l.sqlite", user="tester")
            self.refused(program, "--frobnicate", hint="--frobnicate")
            self.refused(program, "-o", "xml", hint=('"xml"', "json"))
        self.refused("why", hint="of whom?")
        self.refused("deaths", "nginx", hint=('"nginx"', "--unit"))
        self.refused("deaths", "--since", "yesterdayish", hint='"yesterdayish"')
        self.refused("deaths", "--signal=NONSENSE", hint='"NONSENSE"')
        self.refused("deaths", "--pid", "x", hint='"x"')
        self.refused("deaths", "-n", "many", hint='"many"')

    def test_of_recording(self):
        self.refused("record", "--host", "--source", "tea-leaves", hint='"tea-leaves"', status=125)
        self.refused("record", "--host", "--max-size", "big", hint="big", status=125)
        self.refused("record", "--host", "--max-age", "old", hint="old", status=125)
        self.refused("record", "--host", "nonsense", hint='"nonsense"', status=125)
        self.refused("record", "--host", "--ledger", "/root/x.sqlite", hint="/root", user="tester")

    def test_of_processes(self):
        for program in ("ps", "tree", "sessions", "inspect"):
            self.refused(program, "--frobnicate", hint="--frobnicate")
        self.refused("ps", "-p", "nobody", hint="nobody")
        self.refused("inspect", hint="PID")
        self.refused("inspect", "nobody", hint="nobody")
        self.refused("inspect", "999999", hint="999999")
        self.refused("tree", "999999", hint="999999")
        self.refused("tree", "nothing.service", hint="nothing.service")
        self.refused("sessions", "999999", hint="999999")
        for program in ("tree", "sessions", "inspect"):
            self.refused(program, "-o", "xml", hint="xml")

    def test_of_kill(self):
        for words, hint in (((), "kill"), (("--tree", "x"), "x"), (("--tree", "999999"), "999999"),
                            (("--session", "999999"), "999999"), (("--group", "999999"), "999999"), (("--unit", "nginx"), "--unit=nginx.service"),
                            (("-s", "NONSENSE", "--tree", "1"), "NONSENSE")):
            self.refused("kill", *words, hint=hint)
        self.refused("kill", "--tree", "1", hint="1", user="tester")

    def test_without_a_manager(self):
        for words in (("status",), ("status", "nginx"), ("list-units",), ("kill", "nginx")):
            self.refused(*words, hint="no manager answers at /run/mitori")


if __name__ == "__main__":
    harness.main()
