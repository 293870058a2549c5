"""How the command's end becomes ours: each status, each signal, each reason why there is no command, each message; beside
the peers, as process 1 and as an ordinary process."""

import itertools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import sides  # noqa: E402  (the folder of all cases of mitori-init)

# One shell runs them all: `$@` is the program, each line of the answer a status.
STATUSES = 'n=0; while [ $n -le 255 ]; do "$@" sh -c "exit $n"; echo $?; n=$((n + 1)); done'
# 17, 18, 23 and 28 do nothing by default, 19 to 22 stop: what stops is no end.
ENDINGS = [n for n in range(1, 65) if n not in (17, 18, 19, 20, 21, 22, 23, 28)]
SIGNALS = 'ulimit -c 0; for n in NUMBERS; do "$@" sh -c "kill -$n \\$\\$"; echo $?; done'.replace(
    "NUMBERS", " ".join(map(str, ENDINGS)))


class Ends(sides.Case):
    def lines(self, script, *words):
        answer = sides.run("sh", "-c", script, "sh", *words)
        return [int(line) for line in answer.stdout.split()]

    def test_every_status(self):
        for name, path in self.programs():
            for place, before in (("ordinary", []), ("process 1", sides.FIRST)):
                with self.subTest(program=path, place=place):
                    self.assertEqual(self.lines(STATUSES, *before, path, "--"), list(range(256)))

    def test_every_signal_is_128_and_its_number(self):
        for name, path in self.programs():
            for place, before in (("ordinary", []), ("process 1", sides.FIRST)):
                with self.subTest(program=path, place=place):
                    self.assertEqual(self.lines(SIGNALS, *before, path, "--"), [128 + n for n in ENDINGS])

    def test_statuses_that_tini_turns_into_success(self):
        for words in (["-e", "143"], ["-e", "3", "-e", "7"], ["-e", "010"], ["-e", " 8"], ["-e", "+8"], ["-e", ""]):
            for status in (0, 3, 7, 8, 10):
                with self.subTest(words=words, status=status):
                    self.same("tini", "-s", *words, "--", "sh", "-c", f"exit {status}")
        self.same("tini", "-s", "-e", "143", "--", "sh", "-c", "kill $$")
        ours = sides.run(self.ours["mitori-init"], "--success", "143", "--", "sh", "-c", "kill $$")
        self.assertEqual(ours.returncode, 0)

    # -- the same words, statuses and streams

    def same(self, name, *words, env=None, text=True):
        """The peer and we: the same status, and the same text on the same streams; `text` "kind": some or none."""
        ours, theirs = (sides.run("sh", "-c", 'exec "$0" "$@"', side[name], *words, env=env, cwd=self.folder)
                        for side in (self.ours, self.peer))
        self.assertEqual(ours.returncode, theirs.returncode, f"{ours.stderr} {theirs.stderr}")
        for stream in ("stdout", "stderr"):
            mine, its = (sides.without_numbers(getattr(answer, stream)).replace(str(path), name) for answer, path in
                         ((ours, self.ours[name]), (theirs, self.peer[name])))
            if text == "kind":
                self.assertEqual(bool(mine), bool(its), stream)
            else:
                self.assertEqual(mine, its, stream)
        return ours

    def test_what_cannot_be_executed(self):
        (self.folder / "plain").write_text("no program\n")
        self.script("shell", "exit 7\n")
        self.script("lost", "#!/proc/nonexistent/interpreter\n")
        self.script("empty", "")
        commands = ["/proc/nonexistent", "nonexistent", "./plain", "./shell", "./lost", "./empty", "/tmp", "", "./plain/x",
                    "x" * 300, "/" + "x" * 5000]
        for name, command in itertools.product(sides.PEERS, commands):
            with self.subTest(name=name, command=command[:20]):
                options = ["-s"] if name == "tini" else []
                self.same(name, *options, "--", command)

    def script(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)

    def test_our_own_statuses_are_those_of_env_and_timeout(self):
        self.script("lost2", "#!/proc/nonexistent/interpreter\n")
        (self.folder / "plain2").write_text("no program\n")
        for command, status in (("/proc/nonexistent", 127), ("nonexistent", 127), ("./plain2", 126), ("/tmp", 126),
                                ("./lost2", 127), ("./plain2/x", 127)):
            with self.subTest(command=command):
                answer = sides.run(self.ours["mitori-init"], "--", command, cwd=self.folder)
                self.assertEqual(answer.returncode, status)
                self.assertRegex(answer.stderr, f"^mitori-init: {command}: [A-Z].*\n$")
        self.assertEqual(sides.run(self.ours["mitori-init"], "--nonsense").returncode, 125)

    def test_the_path_is_searched_as_execvp_searches(self):
        for folder in ("one", "two"):
            (self.folder / folder).mkdir(exist_ok=True)
        (self.folder / "one" / "both").write_text("exit 1\n")
        self.script("two/both", "exit 2\n")
        self.script("here", "exit 3\n")
        (self.folder / "one" / "denied").write_text("")
        for name in sides.PEERS:
            for path, command in ((f"{self.folder}/one:{self.folder}/two", "both"), (f"{self.folder}/one", "denied"),
                                  (":/usr/bin", "here"), ("/proc/nonexistent:", "here"), ("", "here"),
                                  (f"{self.folder}/plain:/usr/bin:/bin", "true"), ("/proc/nonexistent", "true")):
                with self.subTest(name=name, path=path, command=command):
                    # The shell would look for itself in this PATH.
                    options = ["-s"] if name == "tini" else []
                    self.assertEqual(*(sides.run(side[name], *options, "--", command, env={"PATH": path},
                                                 cwd=self.folder).returncode for side in (self.ours, self.peer)))

    def test_options_of_tini(self):
        self.table("tini", [
            (["-s", "true"], {}), (["-vs", "--", "true"], {}), (["-svvv", "--", "sh", "-c", "exit 3"], {}),
            (["-svv", "--", "sh", "-c", "kill -9 $$"], {}), (["-p", "SIGKILL", "-s", "true"], {}),
            (["-p", "FOO", "true"], {}), (["-p", "", "true"], {}), (["-e", "256", "true"], {}), (["-e", "-1", "true"], {}),
            (["-e", "x", "true"], {}), (["-e", "0x1", "true"], {}), (["-s", "sh", "-c", "exit 9"], {"POSIXLY_CORRECT": ""}),
            (["-s", "true", "-v"], {}), (["--", "--", "true"], {"TINI_VERBOSITY": "0"}), (["--version"], {}),
            (["true"], {"TINI_VERBOSITY": "0"}), (["true"], {"TINI_SUBREAPER": "", "TINI_VERBOSITY": "4"}),
            (["true"], {"TINI_SUBREAPER": "", "TINI_VERBOSITY": "2x"}), (["-v", "true"], {"TINI_VERBOSITY": "abc"}),
            (["-vvvw", "-s", "--", "sh", "-c", "exit 255"], {}),
        ])
        self.table("tini", [(words, {}) for words in (
            [], ["-h"], ["-hx"], ["-z", "true"], ["--foo", "true"], ["--version", "x"], ["-e"], ["-l"], ["--"],
            ["true"], ["-s", "sh", "-c", "true"])], text="kind")

    def test_options_of_dumb_init(self):
        self.table("dumb-init", [
            (["true"], {}), (["--version"], {}), (["-vV"], {}), ([], {}), (["--"], {}), (["--", "-x"], {}), (["-z"], {}),
            (["--foo"], {}), (["-r"], {}), (["-r", "15", "true"], {}), (["-r", "32:1", "true"], {}),
            (["-r", "15:2x", "true"], {}), (["--rew", "15:2", "true"], {}), (["--rewrite=15:0", "true"], {}),
            (["--verbose=3", "true"], {}), (["--s", "true"], {}), (["true", "-z"], {}), (["--ver", "true"], {}),
            (["-c", "-v", "sleep", "0.1"], {}), (["-v", "-c", "sh", "-c", "sleep 0.1; kill -9 $$"], {}),
            (["-v", "sleep", "0.1"], {"DUMB_INIT_SETSID": "0"}), (["-v", "-c", "sleep", "0.1"], {"DUMB_INIT_SETSID": "1"}),
            (["true"], {"DUMB_INIT_DEBUG": "2"}), (["-c", "sleep", "0.1"], {"DUMB_INIT_DEBUG": "1"}),
        ])
        self.table("dumb-init", [(["-h"], {}), (["--help"], {}), (["-v", "true"], {}), (["true"], {"DUMB_INIT_DEBUG": "1"})],
                   text="kind")

    def test_options_of_catatonit(self):
        self.table("catatonit", [
            (["true"], {}), (["-V"], {}), (["--version"], {}), (["--v"], {}), (["-VL"], {}), ([], {}), (["--"], {}),
            (["-z"], {}), (["--foo"], {}), (["--help"], {}), (["--version=3"], {}), (["--", "-V"], {}), (["true", "-V"], {}),
            (["sh", "-c", "exit 9"], {"POSIXLY_CORRECT": ""}), (["sh", "-c", "exit 9"], {}),
            (["true"], {"CATATONIT_LOG": ""}), (["-g", "true"], {}),
        ])
        self.table("catatonit", [(["-h"], {}), (["-L"], {}), (["true"], {"CATATONIT_DEBUG": "0"})], text="kind")

    def table(self, name, rows, text=True):
        for words, env in rows:
            with self.subTest(name=name, words=words, env=env):
                self.same(name, *words, env=env, text=text)

    # -- what the command is given

    def test_the_command_has_the_mask_and_dispositions_that_we_had(self):
        before = ("import os, signal, sys\n"
                  "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTTOU, 40])\n"
                  "for n in (signal.SIGHUP, signal.SIGTTIN, signal.SIGCHLD, 41): signal.signal(n, signal.SIG_IGN)\n"
                  "signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
                  "os.execvp(sys.argv[1], sys.argv[1:])\n")
        show = ["grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"]
        for place in ([], sides.FIRST):  # unshare itself changes some
            bare = sides.run("python3", "-c", before, *place, *show).stdout
            self.assertEqual(len(bare.splitlines()), 3)
            for name, path in self.ours.items():
                with self.subTest(name=name, first=bool(place)):
                    answer = sides.run("python3", "-c", before, *place, path, "--", *show)
                    self.assertEqual(answer.stdout, bare, answer.stderr)

    def test_the_peers_change_the_mask_and_dispositions(self):
        """mitori-init(1) says so; a peer that has mended it is to be followed there."""
        show = ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]
        catatonit = sides.run(self.peer["catatonit"], "--", *show).stdout
        self.assertIn("SigBlk:\t0000000000380000", catatonit)
        dumb_init = sides.run("nohup", self.peer["dumb-init"], "--", *show).stdout
        self.assertIn("SigIgn:\t0000000000000000", dumb_init)

    def test_the_command_has_the_descriptors_that_we_had(self):
        for name, path in self.ours.items():
            with self.subTest(name=name):
                answer = sides.run("sh", "-c", 'exec 7</dev/null; exec "$0" -- ls /proc/self/fd', path)
                self.assertEqual(answer.stdout.split(), ["0", "1", "2", "3", "7"])  # 3 is ls's own

    def test_listen_pid_becomes_the_commands(self):
        asks = 'LISTEN_PID=%s exec "$0" -- sh -c \'[ "$LISTEN_PID" = $$ ]; echo $? $LISTEN_PID\''
        for name, value, answers in (("mitori-init", "$$", "0"), ("catatonit", "$$", "0"), ("tini", "$$", "1"),
                                     ("catatonit", "12x", "1 12x"), ("mitori-init", "1", "1 1"), ("catatonit", "", "1")):
            with self.subTest(name=name, value=value):
                sides_asked = (self.ours, self.peer) if name in self.peer else (self.ours,)
                for side in sides_asked:
                    said = sides.run("sh", "-c", asks % value, side[name], env={"TINI_SUBREAPER": ""}).stdout
                    self.assertTrue(said.startswith(answers), said)

    def test_we_hold_no_descriptor_that_nobody_else_has(self):
        """Ours and catatonit's close what they were given: a pipe ends when the command has closed it."""
        for path in (self.ours["mitori-init"], self.ours["catatonit"], self.peer["catatonit"]):
            with self.subTest(path=path):
                answer = sides.run("sh", "-c", 'exec 7</dev/null 9</dev/null; exec "$0" -- sh -c "ls /proc/\\$PPID/fd"', path)
                self.assertNotIn("7", answer.stdout.split())
                self.assertNotIn("9", answer.stdout.split())


if __name__ == "__main__":
    sides.main()
