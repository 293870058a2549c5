"""tools/install-deps with an apt of our own: what it asks for, and that the policy file comes back as it was."""

import os
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import script

# Plays dpkg-query and apt-get over a folder: installed packages are files in it. While "apt" works, it notes what the
# policy answers; FAIL makes it fail, HANG makes it wait for its end after saying so in a fifo.
DPKG_QUERY = """#!/bin/sh
for word; do [ ! -e "$STATE/installed/$word" ] || echo "ii $word"; done
"""
APT_GET = """#!/bin/sh
echo "$@" >>"$STATE/calls"
case " $* " in *" download "*) [ -z "$FAIL" ] || exit 100; : >package.deb; exit 0 ;; esac
"$MITORI_POLICY_FILE" apache2 start
echo $? >>"$STATE/policy-answers"
case " $* " in *" install "*) ;; *) exit 0 ;; esac
[ -z "$HANG" ] || { echo here >"$STATE/reached"; exec cat "$STATE/never"; }
[ -z "$FAIL" ] || exit 100
for word; do case $word in -*|install) ;; *) : >"$STATE/installed/$word" ;; esac; done
"""
APT_CACHE = """#!/bin/sh
[ -n "$KERNEL" ] && printf 'linux-image-cloud-amd64\\n  Depends: %s\\n' "$KERNEL"
"""
# A package of one file beside others.
DPKG_DEB = """#!/bin/sh
boot=$STATE/package/boot
mkdir -p "$boot/grub" && echo image >"$boot/vmlinuz-6.1-cloud" && echo menu >"$boot/grub/menu"
tar -C "$STATE/package" -c ./boot
"""


class InstallDeps(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.state = Path(self.folder.name)
        self.policy = self.state / "sbin" / "policy-rc.d"
        programs = {"dpkg-query": DPKG_QUERY, "apt-get": APT_GET, "apt-cache": APT_CACHE, "dpkg-deb": DPKG_DEB,
                    "id": "#!/bin/sh\necho 0\n"}
        script.write(self.state, {f"bin/{name}": text for name, text in programs.items()})
        for name in programs:
            (self.state / "bin" / name).chmod(0o755)
        for name in ("installed", "sbin", "kernel"):
            (self.state / name).mkdir()
        (self.state / "kernel" / "vmlinuz-here").touch()

    def environment(self, **more):
        path = f"{self.state}/bin:{os.environ['PATH']}"
        return os.environ | {"PATH": path, "STATE": str(self.state), "MITORI_POLICY_FILE": str(self.policy),
                             "MITORI_KERNEL_FOLDER": str(self.state / "kernel")} | more

    def install(self, *words, **environment):
        return script.run(script.TOOLS / "install-deps", *words, env=self.environment(**environment))

    def start_hanging(self):
        """A run, in a session of its own, whose apt waits for its end; returns when it has got there."""
        for name in ("reached", "never"):
            os.mkfifo(self.state / name)
        command = [str(script.TOOLS / "install-deps"), "build"]
        running = subprocess.Popen(command, env=self.environment(HANG="1"), stdout=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(self.end, running)
        (self.state / "reached").read_text()
        return running

    @staticmethod
    def end(running):
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait(timeout=30)

    def have(self, *packages):
        for package in packages:
            (self.state / "installed" / package).touch()

    def wanted(self, kind):
        return self.install("--list", kind).stdout.split()

    def calls(self):
        path = self.state / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def leftovers(self):
        return sorted(path.name for path in self.policy.parent.iterdir())

    def test_the_peers_from_npm_go_into_a_folder_of_ours(self):
        npm = self.state / "bin" / "npm"
        npm.write_text('#!/bin/sh\necho "$@" >"$STATE/npm"\n')
        npm.chmod(0o755)
        peers = str(self.state / "peers")
        self.have(*self.wanted("lint"))
        self.assertEqual(self.install("lint", MITORI_PEERS_FOLDER=peers).returncode, 0)
        self.assertFalse((self.state / "npm").exists(), "only benchmarks and tests need them")
        for kind in ("test", "bench"):
            self.have(*self.wanted(kind))
            self.assertEqual(self.install(kind, MITORI_PEERS_FOLDER=peers).returncode, 0)
            asked = (self.state / "npm").read_text()
            self.assertIn(f"install --prefix {peers} --no-save", asked)
            self.assertRegex(asked, r"foreman@\S+ concurrently@\S+")
            self.assertNotIn("-g", asked.split())
            (self.state / "npm").unlink()

    def kernel(self, **environment):
        """What installing for the tests does about a kernel where there is none yet."""
        (self.state / "kernel" / "vmlinuz-here").unlink()
        self.have(*self.wanted("test"))
        result = self.install("test", **environment)
        return result, sorted(path.name for path in (self.state / "kernel").iterdir())

    def test_a_kernel_s_image_is_unpacked_into_a_folder_of_ours_and_nothing_installed(self):
        result, files = self.kernel(KERNEL="linux-image-6.1-cloud")
        self.assertEqual((result.returncode, files), (0, ["vmlinuz-6.1-cloud"]), result.stderr)
        self.assertEqual(self.calls(), ["-q download linux-image-6.1-cloud"])
        self.assertEqual(self.install("test").returncode, 0)
        self.assertEqual(len(self.calls()), 1, "it is there now")

    def test_a_kernel_that_cannot_be_had_is_said_and_no_error(self):
        result, files = self.kernel(KERNEL="linux-image-6.1-cloud", FAIL="1")
        self.assertEqual((result.returncode, files), (0, []))
        self.assertIn("tests/vm is left out", result.stderr)

    def test_where_no_kernel_is_known_the_lists_are_read_first(self):
        result, files = self.kernel()
        self.assertEqual((result.returncode, files), (0, []))
        self.assertEqual(len(self.calls()), 1)
        self.assertTrue(self.calls()[0].endswith(" update"), self.calls())
        self.assertIn("no kernel is to be had here", result.stdout)

    def test_nothing_is_called_when_everything_is_there(self):
        self.have(*self.wanted("build"))
        result = self.install("build")
        self.assertEqual((result.returncode, self.calls()), (0, []), result.stderr)
        self.assertIn("everything is there", result.stdout)

    def test_only_what_is_missing_is_installed_and_named(self):
        self.have(*(package for package in self.wanted("build") if package not in ("cmake", "g++")))
        result = self.install("build")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("installing g++ cmake", result.stdout)
        self.assertEqual(len(self.calls()), 2)
        self.assertTrue(self.calls()[0].endswith(" update"), self.calls())
        self.assertTrue(self.calls()[1].endswith("install -y --no-install-recommends g++ cmake"), self.calls())

    def test_daemons_are_forbidden_while_apt_works(self):
        self.install("test")
        self.assertEqual((self.state / "policy-answers").read_text().split(), ["101", "101"])

    def test_a_policy_that_was_not_there_is_gone_again(self):
        self.assertEqual(self.install("build").returncode, 0)
        self.assertEqual(self.leftovers(), [])

    def test_a_policy_that_was_there_comes_back_as_it_was(self):
        self.policy.write_text("#!/bin/sh\nexit 104\n")
        self.policy.chmod(0o751)
        before = os.stat(self.policy)
        self.assertEqual(self.install("build").returncode, 0)
        after = os.stat(self.policy)
        self.assertEqual(self.policy.read_text(), "#!/bin/sh\nexit 104\n")
        same = ("st_mode", "st_uid", "st_gid", "st_mtime_ns", "st_ino")
        self.assertEqual([getattr(after, name) for name in same], [getattr(before, name) for name in same])
        self.assertEqual(self.leftovers(), ["policy-rc.d"])

    def test_a_symbolic_link_stays_one(self):
        self.policy.symlink_to("elsewhere")
        self.assertEqual(self.install("build").returncode, 0)
        self.assertEqual(os.readlink(self.policy), "elsewhere")

    def test_a_failure_of_apt_is_ours_and_the_policy_comes_back(self):
        self.policy.write_text("#!/bin/sh\nexit 0\n")
        result = self.install("build", FAIL="1")
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(self.policy.read_text(), "#!/bin/sh\nexit 0\n")
        self.assertEqual(self.leftovers(), ["policy-rc.d"])

    def test_an_interrupt_brings_the_policy_back(self):
        self.policy.write_text("#!/bin/sh\nexit 0\n")
        running = self.start_hanging()
        self.assertIn("exit 101", self.policy.read_text())
        os.killpg(running.pid, signal.SIGTERM)  # as a closed terminal or a stopped CI job does: to the whole group
        self.assertNotEqual(running.wait(timeout=30), 0)
        self.assertEqual(self.policy.read_text(), "#!/bin/sh\nexit 0\n")
        self.assertEqual(self.leftovers(), ["policy-rc.d"])

    def test_what_a_killed_run_left_behind_is_put_right_by_the_next(self):
        self.policy.write_text("#!/bin/sh\nexit 104\n")
        running = self.start_hanging()
        os.killpg(running.pid, signal.SIGKILL)
        running.wait(timeout=30)
        self.assertEqual(self.leftovers(), ["policy-rc.d", "policy-rc.d.saved-by-mitori"])
        self.assertEqual(self.install("build").returncode, 0)
        self.assertEqual((self.leftovers(), self.policy.read_text()), (["policy-rc.d"], "#!/bin/sh\nexit 104\n"))

    def test_without_root_and_sudo_it_says_what_to_install(self):
        script.write(self.state, {"bin/id": "#!/bin/sh\necho 1000\n", "bin/sudo": "#!/bin/sh\nexit 1\n"})
        (self.state / "bin" / "sudo").chmod(0o755)
        self.have(*(package for package in self.wanted("build") if package != "cmake"))
        result = self.install("build")
        self.assertEqual((result.returncode, self.calls()), (1, []))
        self.assertIn("apt-get install --no-install-recommends cmake", result.stderr)
        self.assertEqual(self.leftovers(), [])

    def test_an_unknown_kind_is_refused(self):
        result = self.install("dance")
        self.assertEqual(result.returncode, 2)
        self.assertIn("build|test|lint|bench", result.stderr)


if __name__ == "__main__":
    unittest.main()
