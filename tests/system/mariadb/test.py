"""mariadb.service exactly as Debian ships it: Type=notify, a shell that becomes the server, Restart=on-abnormal after 5 s,
a script after the start that runs with full rights ("!")."""

import daemon
import harness


class Mariadb(daemon.Daemon):
    folder = __file__
    unit, program = "mariadb.service", "mariadbd"
    reloads = False
    sandbox = ("AmbientCapabilities=", "ProtectControlGroups=", "ProtectHome=", "ProtectSystem=")

    def sql(self, text):
        return self.machine.run("mysql", "-NB", "-e", text)

    def ask(self):
        self.ok(self.sql("create database if not exists test; create table if not exists test.visits (n int);"
                         "insert into test.visits values (1)"))
        self.assertGreaterEqual(int(self.ok(self.sql("select count(*) from test.visits"))), 1)

    def test_its_shell_has_become_the_server_of_its_own_user(self):
        server, = [p for p in self.machine.processes_of(self.unit) if p.pid == self.main()]
        uid = int(self.ok(self.machine.run("id", "-u", "mysql")))
        self.assertEqual((server.uid, server.command), (uid, "/usr/sbin/mariadbd"))

    def test_status_shows_what_it_says_of_itself(self):
        self.assertRegex(self.ok(self.machine.mitori("status", self.unit)), r'Status: "Taking your SQL requests now')

    def test_what_clients_have_set_reaches_the_server(self):
        # galera_new_cluster(8) of the package starts a cluster so: set-environment, start, unset-environment.
        self.stop(self.unit)
        self.ok(self.machine.systemctl("set-environment", "MYSQLD_OPTS=--max-connections=77"))
        self.addCleanup(self.machine.systemctl, "unset-environment", "MYSQLD_OPTS")
        self.start(self.unit)
        self.assertEqual(self.ok(self.sql("select @@max_connections")), "77\n")
        self.ok(self.machine.systemctl("unset-environment", "MYSQLD_OPTS"))
        self.stop(self.unit)
        self.start(self.unit)
        self.assertNotEqual(self.ok(self.sql("select @@max_connections")), "77\n")

    def test_what_follows_a_killed_main_process_is_what_restart_says(self):
        self.ok(self.sql("create database if not exists test; create or replace table test.kept as select 42 as answer"))
        super().test_what_follows_a_killed_main_process_is_what_restart_says()
        self.assertEqual(self.ok(self.sql("select answer from test.kept")), "42\n")


if __name__ == "__main__":
    harness.main()
