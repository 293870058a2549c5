"""memcached.service exactly as Debian ships it: a wrapper that becomes the daemon, Restart=always, a sandbox."""

import daemon
import harness

TALK = """
import socket, sys
with socket.create_connection(("127.0.0.1", 11211), 10) as talk:
    talk.sendall(b"set key 0 0 5\\r\\nvalue\\r\\nget key\\r\\nquit\\r\\n")
    while text := talk.recv(4096):
        sys.stdout.write(text.decode())
"""


class Memcached(daemon.Daemon):
    folder = __file__
    unit, program = "memcached.service", "memcached"
    reloads = False
    sandbox = ("CapabilityBoundingSet=", "MemoryDenyWriteExecute=", "NoNewPrivileges=", "PrivateDevices=",
               "PrivateTmp=", "ProtectControlGroups=", "ProtectKernelModules=", "ProtectKernelTunables=",
               "ProtectSystem=", "RestrictAddressFamilies=", "RestrictNamespaces=", "RestrictRealtime=")

    def ask(self):
        self.assertEqual(self.python(TALK), "STORED\nVALUE key 0 5\nvalue\nEND\n")

    def test_its_wrapper_has_become_the_daemon(self):
        self.wait_for_answer()  # it has given its privileges away by then
        daemon, = self.machine.processes_of(self.unit)
        uid = int(self.ok(self.machine.run("id", "-u", "memcache")))
        self.assertEqual((daemon.pid, daemon.uid), (self.main(), uid))
        self.assertTrue(daemon.command.startswith("/usr/bin/memcached -m 64 -p 11211"), daemon.command)


if __name__ == "__main__":
    harness.main()
