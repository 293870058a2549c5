"""`mitori run`: one command, beside the tools whose options and exit statuses it has."""

import json
import os
import signal
import subprocess
import time

import harness

HIDES = r"""
import os, signal, sys, time
def hide(depth):
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
        if depth: hide(depth - 1)
        os.environ.clear()
        while True: time.sleep(1000)
hide(3)
print("hidden", flush=True)
"""


class RunCase(harness.Case):
    folder = __file__
    init = "reaper"
    user = None

    def mitori_run(self, *words, **how):
        return self.machine.run("mitori", "run", *words, **how)

    def begin(self, *words, **how):
        """A run that goes on: its process, and the pid of `mitori run` inside."""
        inside = ["sh", "-c", 'echo $$ >&2; exec "$@"', "sh", "mitori", "run", *words]
        process = subprocess.Popen(self.machine.command(*inside, **how), env=harness.ENVIRONMENT, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        pid = int(process.stderr.readline())
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)

        def end():
            if process.poll() is None:
                self.machine.run("kill", "-KILL", str(pid))
                process.wait(harness.LIMIT)

        self.addCleanup(end)
        return process, pid

    def left(self):
        return [p for p in self.machine.processes() if p.name in ("sleep", "mitori", "python3") and p.state != "Z"
                and p.pid != 1]

    def assertNobodyLeft(self):
        self.assertEqual(self.left(), [])


class Statuses(RunCase):
    def test_each_exit_status_is_the_commands_own(self):
        script = 'i=0; while [ $i -lt 256 ]; do mitori run -- sh -c "exit $i"; echo $?; i=$((i + 1)); done'
        answer = self.machine.run("sh", "-c", script, limit=harness.LIMIT * 4)
        self.assertEqual(answer.stdout.split(), [str(n) for n in range(256)], answer.stderr)

    def test_each_signal_is_128_and_its_number(self):
        deadly = [n for n in range(1, 65) if n not in (17, 18, 19, 20, 21, 22, 23, 28, 32, 33)]
        script = "for i in %s; do mitori run --limit core=0 -- sh -c \"kill -$i \\$\\$\"; echo $?; done" % " ".join(
            map(str, deadly))
        answer = self.machine.run("sh", "-c", script, limit=harness.LIMIT * 2)
        self.assertEqual(answer.stdout.split(), [str(128 + n) for n in deadly], answer.stderr)

    def test_what_cannot_run_is_126_or_127_and_what_we_cannot_do_is_125(self):
        self.machine.write("/srv/plain", "text\n", mode=0o644)
        for words, status, text in ((["/proc/nonexistent/x"], 127, "No such file"), (["no-such-command"], 127, "No such"),
                                    (["/srv/plain"], 126, "Permission denied"), (["/srv"], 126, "Permission denied"),
                                    (["--timeout", "soon", "true"], 125, "not a time span"),
                                    (["--nosuch", "true"], 125, "nosuch"), ([], 125, "no command"),
                                    (["--user", "nobody-at-all", "true"], 125, "nobody-at-all"),
                                    (["--cwd", "/proc/nonexistent", "true"], 125, "/proc/nonexistent")):
            answer = self.mitori_run(*words)
            self.assertEqual(answer.returncode, status, (words, answer.stderr))
            self.assertIn(text, answer.stderr, words)

    def test_timeouts_end_as_those_of_timeout(self):
        """One table, through `timeout` and through us."""
        trap = 'trap "exit 7" TERM; while :; do sleep 0.05; done'
        deaf = 'trap "" TERM; while :; do sleep 0.05; done'
        for options, script in (([], "exit 3"), ([], "sleep 1000"), (["-s", "INT"], "sleep 1000"),
                                (["-s", "KILL"], "sleep 1000"), (["-k", "0.2"], deaf), (["--preserve-status"], trap),
                                (["--preserve-status"], "sleep 1000"), ([], "kill -STOP $$")):
            theirs = self.machine.run("timeout", *options, "0.3", "sh", "-c", script)
            ours = self.mitori_run(*options, "--timeout", "0.3", "--", "sh", "-c", script)
            # timeout(1) kills itself, too, when it sends SIGKILL
            status = theirs.returncode if theirs.returncode >= 0 else 128 - theirs.returncode
            self.assertEqual(ours.returncode, status, (options, script, ours.stderr))
        self.assertNobodyLeft()


class Holding(RunCase):
    def test_signals_that_come_to_it_are_passed_on(self):
        script = ("import os, signal\n"
                  "numbers = [n for n in range(1, 65) if n not in (9, 19, 17, 18, 32, 33)]\n"
                  "say = lambda n, _: os.write(1, b'%d\\n' % n)\n"
                  "for n in numbers: signal.signal(n, say)\n"
                  "os.write(1, b'ready\\n')\n"
                  "while True: signal.pause()\n")
        process, pid = self.begin("--", "python3", "-c", script)
        self.assertEqual(process.stdout.readline(), "ready\n")
        ours = {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP, signal.SIGSYS,
                signal.SIGABRT, signal.SIGPIPE, signal.SIGTTIN, signal.SIGTTOU}
        for number in (n for n in range(1, 65) if n not in (9, 17, 18, 19, 32, 33) and n not in ours):
            self.machine.kill(pid, number)
            self.assertEqual(process.stdout.readline(), f"{number}\n")
        self.machine.run("pkill", "-KILL", "-P", str(pid))
        self.assertEqual(process.wait(harness.LIMIT), 128 + 9)

    def test_nothing_that_it_started_is_left(self):
        for _ in range(10):
            answer = self.mitori_run("--", "python3", "-c", HIDES)
            self.assertEqual((answer.returncode, answer.stdout), (0, "hidden\n"), answer.stderr)
            self.assertNobodyLeft()

    def test_nothing_is_left_of_a_tree_that_forks_while_it_is_killed(self):
        fork = "import os\nwhile True:\n  if os.fork() == 0: os.setsid()\n  else: os._exit(0)\n"
        for _ in range(3):
            answer = self.mitori_run("--timeout", "0.2", "--", "sh", "-c", f'python3 -c "{fork}" & sleep 1000')
            self.assertEqual(answer.returncode, 124, answer.stderr)
            self.assertNobodyLeft()

    def test_keep_lets_them_live_and_says_who_they_are(self):
        script = "sleep 1000 >/dev/null 2>&1 & until grep -q sleep /proc/$!/comm; do :; done; echo $!"
        answer = self.mitori_run("--keep", "--", "sh", "-c", script)
        self.assertEqual(answer.returncode, 0)
        pid = int(answer.stdout)
        self.addCleanup(self.machine.kill, pid)
        self.assertEqual(answer.stderr, f"mitori run: left running: {pid} sleep\n")
        self.assertEqual([p.pid for p in self.left()], [pid])

    def test_ignored_signals_stay_ignored(self):
        answer = self.machine.run("sh", "-c", 'trap "" HUP; exec mitori run -- grep SigIgn /proc/self/status')
        self.assertEqual(int(answer.stdout.split()[1], 16) & 1, 1, answer.stdout)
        answer = self.mitori_run("--", "grep", "-E", "Sig(Ign|Blk)", "/proc/self/status")
        self.assertEqual([int(line.split()[1], 16) for line in answer.stdout.splitlines()], [0, 0])

    def test_as_process_1_it_reaps_everything(self):
        script = "for i in 1 2 3 4 5; do (sleep 0.01 & sleep 0.01 &) ; done; sleep 0.3; exit 5"
        answer = self.machine.run("unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "mitori", "run", "--",
                                  "sh", "-c", script)
        self.assertEqual(answer.returncode, 5, answer.stderr)


class Options(RunCase):
    def test_it_is_what_the_options_say(self):
        answer = self.mitori_run("--nice", "5", "--limit", "nofile=100:200", "--umask", "027", "--cwd", "/srv", "--env",
                                 "A=1", "--clear-env", "--env", "PATH=/usr/bin:/bin", "--oom-score-adj", "300",
                                 "--cpu-list", "0", "--no-new-privs", "--ionice", "idle", "--sched", "batch", "--",
                                 "sh", "-c", "nice; ulimit -Sn; ulimit -Hn; umask; pwd; env | sort; "
                                 "cat /proc/self/oom_score_adj; taskset -cp $$; grep NoNewPrivs /proc/self/status; "
                                 "ionice -p $$; chrt -p $$")
        said = answer.stdout.splitlines()
        for line in ("5", "100", "200", "0027", "/srv", "A=1", "300", "NoNewPrivs:\t1", "idle"):
            self.assertIn(line, said, answer.stderr)
        self.assertRegex(answer.stdout, r"affinity list: 0\n")
        self.assertRegex(answer.stdout, r"policy: SCHED_BATCH")

    def test_a_user_comes_with_groups_and_variables(self):
        answer = self.mitori_run("--user", "tester", "-e", "USER=told", "--", "sh", "-c", "id -un; id -gn; echo $HOME $USER")
        self.assertEqual(answer.stdout.split(), ["tester", "tester", "/home/tester", "told"], answer.stderr)

    def test_streams_lead_to_files(self):
        self.machine.write("/srv/in", "from the file\n")
        self.machine.write("/srv/log", "before\n")
        answer = self.mitori_run("--stdin", "/srv/in", "--stdout", "append:/srv/log", "--stderr", "/srv/err", "--", "sh",
                                 "-c", "cat; echo oops >&2")
        self.assertEqual((answer.stdout, answer.stderr), ("", ""))
        self.assertEqual(self.machine.read("/srv/log"), "before\nfrom the file\n")
        self.assertEqual(self.machine.read("/srv/err"), "oops\n")
        both = self.mitori_run("--stdout", "/srv/both", "--stderr", "/srv/both", "--", "sh", "-c", "echo a; echo b >&2")
        self.assertEqual(both.returncode, 0)
        self.assertEqual(self.machine.read("/srv/both"), "a\nb\n")

    def test_no_network_is_a_loopback_that_is_down(self):
        answer = self.mitori_run("--net", "none", "--", "ip", "-brief", "link")
        self.assertRegex(answer.stdout, r"^lo +DOWN [^\n]*\n$", answer.stderr)

    def test_a_new_session_is_led_by_the_command(self):
        answer = self.mitori_run("--new-session", "--", "sh", "-c", 'ps -o sid= -p $$; echo $$')
        session, pid = answer.stdout.split()
        self.assertEqual(session, pid)

    def test_limits_of_control_groups_hold_or_are_said(self):
        answer = self.mitori_run("--pids", "8", "--", "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 5 & done")
        if "no control group here" in answer.stderr:
            self.assertRegex(answer.stderr, r"mitori run: pids: no control group here that limits it: \S+")
        else:
            self.assertRegex(answer.stderr, r"(?i)cannot fork|resource temporarily unavailable")
        self.assertNobodyLeft()


    def test_a_limit_of_memory_holds_or_is_said(self):
        answer = self.mitori_run("--memory", "64M", "--cpus", "1", "--", "python3", "-c", "len(b'x' * 300_000_000)")
        if "memory: no control group here" in answer.stderr:
            self.assertEqual(answer.returncode, 0, answer.stderr)
        else:
            self.assertEqual(answer.returncode, 128 + 9, answer.stderr)


class Daemons(RunCase):
    def daemonize(self, *words):
        return self.machine.mitori("daemonize", *words)

    def test_runs_alone_until_it_is_ended_and_holds_its_pid_file(self):
        words = ("--pid-file", "/run/d.pid", "--", "sleep", "1000")
        answer = self.daemonize(*words)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        pid = int(answer.stdout)
        self.assertEqual(int(self.machine.read("/run/d.pid")), pid)
        second = self.daemonize(*words)
        self.assertEqual(second.returncode, 125)
        self.assertIn("/run/d.pid", second.stderr)
        self.machine.kill(pid)
        harness.wait_until(lambda: not self.left(), "the daemon is gone")

    def test_returns_when_it_is_ready_or_with_the_reason(self):
        answer = self.daemonize("--ready", "fd", "--stdout", "/srv/ready", "--", "sh", "-c",
                                "echo set up; echo >&3; exec sleep 1000")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(self.machine.read("/srv/ready"), "set up\n")
        self.machine.kill(int(answer.stdout))
        harness.wait_until(lambda: not self.left(), "the daemon is gone")
        for words, status, text in ((("--ready", "notify", "--timeout", "0.2s", "sleep", "1000"), 125, "not ready"),
                                    (("/proc/nonexistent/x",), 127, "/proc/nonexistent/x")):
            answer = self.daemonize(*words)
            self.assertEqual((answer.returncode, answer.stdout), (status, ""), words)
            self.assertIn(text, answer.stderr)
        self.assertNobodyLeft()


class Reports(RunCase):
    def report(self, *words, **how):
        answer = self.mitori_run("--report", "/srv/report.json", *words, **how)
        return answer, json.loads(self.machine.read("/srv/report.json"))

    def test_tell_the_whole_end(self):
        answer, report = self.report("--", "sh", "-c", 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exit 3')
        self.assertEqual(answer.returncode, 3)
        self.assertEqual(report["command"][0], "sh")
        self.assertEqual(report["end"], {"how": "exited", "code": 3})
        self.assertEqual(report["exit_status"], 3)
        self.assertFalse(report["timed_out"])
        self.assertGreater(report["cpu"]["user"] + report["cpu"]["system"], 0)
        self.assertGreater(report["elapsed"], 0)
        self.assertGreater(report["peak_memory"], 100_000)
        self.assertEqual(report["descendants"], [])

    def test_tell_the_signal_and_the_timeout(self):
        _, report = self.report("--timeout", "0.1", "--", "sleep", "1000")
        self.assertEqual(report["end"], {"how": "killed", "signal": "SIGTERM", "number": 15, "core": False})
        self.assertEqual((report["timed_out"], report["exit_status"]), (True, 124))

    def test_tell_who_was_left_and_how_each_ended(self):
        _, report = self.report("--", "sh", "-c", "(sh -c 'exit 4' &); sleep 0.3; sleep 1000 & "
                                "while ! grep -q sleep /proc/$!/comm; do :; done; exit 0")
        ends = {one.get("name"): one["end"] for one in report["descendants"]}
        self.assertEqual(ends["sleep"], {"how": "killed", "signal": "SIGKILL", "number": 9, "core": False})
        self.assertEqual(ends[None], {"how": "exited", "code": 4})

    def test_tell_why_nothing_ran_and_go_to_standard_output(self):
        answer = self.mitori_run("--report", "-", "--", "/proc/nonexistent/x")
        report = json.loads(answer.stdout)
        self.assertEqual((report["end"], report["exit_status"]), (None, 127))
        self.assertIn("/proc/nonexistent/x", report["error"])


class OrdinaryUser(RunCase):
    def test_holds_a_tree_without_any_control_group(self):
        answer = self.mitori_run("--", "python3", "-c", HIDES, user="42042")
        self.assertEqual((answer.returncode, answer.stdout), (0, "hidden\n"), answer.stderr)
        self.assertNobodyLeft()

    def test_has_a_network_of_its_own_by_a_user_namespace(self):
        show = "id -u; id -g; ip -brief link; cat /proc/self/uid_map; cat /proc/self/setgroups; touch ~/mine; stat -c %u ~/mine"
        answer = self.mitori_run("--net", "none", "--", "sh", "-c", show, user="42042")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertRegex(answer.stdout, r"^42042\n42042\nlo +DOWN [^\n]*\n +42042 +42042 +1\ndeny\n42042\n$")
        answer = self.mitori_run("--net", "none", "--report", "-", "--", "sh", "-c", "kill -USR1 $$", user="42042")
        self.assertEqual(json.loads(answer.stdout)["end"]["signal"], "SIGUSR1")
        self.assertNobodyLeft()

    def test_has_none_where_no_user_namespace_may_be_made(self):
        # Counted for each user namespace by itself: the inner one has no right to make another.
        outer = ["unshare", "--user", "--map-root-user", "sh", "-c",
                 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-sys_admin --inh-caps=-all '
                 '-- "$@"', "sh"]
        for program in (["mitori", "run"], ["mitori", "daemonize"]):
            answer = self.machine.run(*outer, *program, "--net", "none", "--", "true", user="42042")
            self.assertEqual((answer.returncode, answer.stdout), (125, ""), answer.stderr)
            self.assertIn("--net none: no network of its own is to be had here; without CAP_SYS_ADMIN it takes a user "
                          "namespace (user_namespaces(7)): No space left on device", answer.stderr)

    def test_what_it_may_not_is_said(self):
        for words in (("--user", "root", "id"), ("--nice", "-5", "true")):
            answer = self.mitori_run(*words, user="42042")
            self.assertEqual(answer.returncode, 125, (words, answer.stderr))
            self.assertIn("mitori run: ", answer.stderr)
        answer = self.mitori_run("--memory", "64M", "true", user="42042")
        self.assertEqual(answer.returncode, 0)
        self.assertIn("mitori run: memory: no control group here that limits it", answer.stderr)


if __name__ == "__main__":
    harness.main()
