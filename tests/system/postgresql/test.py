"""postgresql.service and postgresql@15-main.service exactly as Debian ships them.

The clusters hang on postgresql.service by links that a generator of the package makes (systemd.generator(7)): start, stop
and reload of the one reach the other through Wants=, PartOf= and ReloadPropagatedFrom=.
"""

import daemon
import harness

CLUSTER = "postgresql@15-main.service"
GENERATED = "/run/mitori/generator/postgresql.service.wants"


class Postgresql(daemon.Daemon):
    folder = __file__
    unit, program = CLUSTER, "postgres"
    restarts = False
    # Its ExecStart=- ignores how the main process ends; what fails is the ExecStop= that finds nobody to stop.
    result = "exit-code"

    def sql(self, text):
        return self.machine.run("setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "--", "psql",
                                "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", text)

    def ask(self):
        self.ok(self.sql("create table if not exists visits (at timestamptz default now())"))
        self.ok(self.sql("insert into visits default values"))
        self.assertGreaterEqual(int(self.ok(self.sql("select count(*) from visits"))), 1)

    def test_the_generator_of_the_package_has_hung_the_cluster_on_the_service(self):
        self.assertTrue((self.machine.root / GENERATED.lstrip("/") / CLUSTER).is_symlink())
        self.assertIn(CLUSTER, self.machine.show("postgresql.service", "Wants").split())

    def test_starting_the_service_starts_the_cluster_and_stopping_it_stops_it(self):
        self.stop(self.unit)
        self.start("postgresql.service")
        # oneshot, RemainAfterExit=on; ordered after its clusters.
        self.assertState("postgresql.service", "active", "exited")
        self.assertState(self.unit, "active", "running")
        self.ask()
        self.stop("postgresql.service")
        # It goes first, as it came last; the cluster's own job is still at work then.
        self.machine.wait_for(self.unit, ActiveState="inactive", SubState="dead")
        self.assertNobodyLeft("postgresql.service", self.unit)

    def test_reloading_the_service_reloads_the_cluster(self):
        self.start("postgresql.service")
        main = self.main()
        self.machine.write("/etc/postgresql/15/main/conf.d/test.conf", "work_mem = 5MB\n")
        self.addCleanup((self.machine.root / "etc/postgresql/15/main/conf.d/test.conf").unlink)
        self.assertNotEqual(self.ok(self.sql("show work_mem")), "5MB\n")
        self.ok(self.machine.mitori("reload", "postgresql.service"))
        harness.wait_until(lambda: self.ok(self.sql("show work_mem")) == "5MB\n", "the new setting holds")
        self.assertEqual(self.main(), main)

    def test_a_cluster_that_is_not_there_is_refused_by_its_assert(self):
        answer = self.machine.mitori("start", "postgresql@15-other.service")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("assertion failed", answer.stderr.lower())

    def test_what_follows_a_killed_main_process_is_what_restart_says(self):
        self.ok(self.sql("drop table if exists kept"))
        self.ok(self.sql("create table kept as select 42 as answer"))
        super().test_what_follows_a_killed_main_process_is_what_restart_says()
        self.ok(self.machine.mitori("reset-failed"))
        self.start(self.unit)
        self.assertEqual(self.ok(self.sql("select answer from kept")), "42\n")


if __name__ == "__main__":
    harness.main()
