// The manager as a whole: what becomes of jobs.
#include <gmock/gmock.h>

#include "fake/office.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;
using mitori::test::add;
using mitori::test::Office;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// -- what becomes of a job

TEST(ManagerJob, of_a_start_is_done_when_the_service_is_up) {
    Office office;
    add(office, "a");
    office.start("a.service");
    EXPECT_EQ(office.ends(), "a.service/start/done");
    EXPECT_EQ(office.sub("a.service"), "running");
    EXPECT_EQ(office.starts(), "/bin/a");
}

TEST(ManagerJob, of_a_stop_is_done_when_no_process_is_left) {
    Office office;
    add(office, "a", "", "ExecStart=/stubborn/a\nTimeoutStopSec=5");
    office.start("a.service");
    office.stop("a.service");
    EXPECT_EQ(office.ends(), "a.service/start/done");
    office.advance(5s);
    EXPECT_EQ(office.ends(), "a.service/stop/done");
    EXPECT_EQ(office.signals(), "TERM>/stubborn/a KILL>/stubborn/a");
    EXPECT_TRUE(office.processes.empty());
    EXPECT_FALSE(office.groups.groups.contains("system.slice/a.service")) << "its group has gone, too";
}

TEST(ManagerJob, of_a_start_waits_for_the_spawner_and_nothing_else_does) {
    Office office;
    add(office, "a");
    add(office, "b");
    office.start("a.service");
    office.congested = true;
    office.start("b.service");
    office.stop("a.service");
    EXPECT_EQ(office.starts(), "/bin/a");
    EXPECT_EQ(office.ends(), "a.service/start/done a.service/stop/done");
    office.drain();
    EXPECT_EQ(office.starts(), "/bin/b");
    EXPECT_EQ(office.ends(), "b.service/start/done");
}

TEST(ManagerJob, that_was_canceled_while_it_waited_for_the_spawner_starts_nothing) {
    Office office;
    add(office, "a");
    office.congested = true;
    office.start("a.service");
    office.stop("a.service");
    office.drain();
    EXPECT_EQ(office.starts(), "");
    EXPECT_EQ(office.ends(), "a.service/start/canceled a.service/stop/done");
}

TEST(ManagerJob, of_a_start_fails_with_the_service_and_takes_those_along_that_require_it) {
    Office office;
    add(office, "a", "", "Type=exec\nExecStart=/quick/203");
    add(office, "b", "Requires=a.service\nAfter=a.service");
    add(office, "c", "Wants=a.service\nAfter=a.service");
    office.start("b.service");
    EXPECT_EQ(office.ends(), "a.service/start/failed b.service/start/dependency");
    EXPECT_EQ(office.active("b.service"), "inactive");
    office.start("c.service");
    EXPECT_EQ(office.ends(), "a.service/start/failed c.service/start/done");
}

TEST(ManagerJob, that_only_looks_is_skipped_where_the_unit_is_down) {
    Office office;
    add(office, "a");
    add(office, "b", "Requisite=a.service\nAfter=a.service");
    office.start("b.service");
    EXPECT_EQ(office.ends(), "a.service/verify-active/skipped b.service/start/dependency");
    EXPECT_EQ(office.starts(), "");
}

TEST(ManagerJob, of_a_start_is_done_without_one_where_a_condition_is_not_met) {
    Office office;
    add(office, "a", "ConditionPathExists=/proc/nonexistent");
    office.start("a.service");
    EXPECT_EQ(office.ends(), "a.service/start/done");
    EXPECT_EQ(office.active("a.service"), "inactive");
    EXPECT_FALSE(office.manager->live(office.ref("a.service")).conditions_met);
}

TEST(ManagerJob, of_a_start_fails_where_an_assert_is_not_met) {
    Office office;
    add(office, "a", "AssertPathExists=/proc/nonexistent");
    office.start("a.service");
    EXPECT_EQ(office.ends(), "a.service/start/assert");
    EXPECT_EQ(office.starts(), "");
}

TEST(ManagerJob, for_a_type_that_is_not_run_says_so) {
    Office office;
    office.file("a.socket", "[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/tmp/x\n");
    add(office, "a");
    office.start("a.socket");
    EXPECT_THAT(office.ends(), HasSubstr("a.socket/start/unsupported"));
}

TEST(ManagerJob, that_waits_can_be_canceled) {
    Office office;
    add(office, "a", "", "Type=notify");
    add(office, "b", "Wants=a.service\nAfter=a.service");
    auto const id = office.start("b.service");
    EXPECT_EQ(office.ends(), "");
    EXPECT_TRUE(office.manager->cancel(JobId{id}));
    EXPECT_FALSE(office.manager->cancel(JobId{id}));
    office.loop.settle();
    EXPECT_EQ(office.ends(), "b.service/start/canceled");
}

TEST(ManagerJob, has_its_own_time_from_when_it_was_queued) {
    Office office;
    add(office, "a", "", "Type=notify\nTimeoutStartSec=infinity");
    add(office, "b", "JobTimeoutSec=10\nWants=a.service\nAfter=a.service");
    office.start("b.service");
    office.advance(9s);
    EXPECT_EQ(office.ends(), "");
    office.advance(1s);
    EXPECT_EQ(office.ends(), "b.service/start/timeout");
}

TEST(ManagerJob, that_runs_too_long_is_over_and_the_unit_goes_on) {
    Office office;
    add(office, "a", "JobRunningTimeoutSec=10", "Type=notify\nTimeoutStartSec=infinity");
    office.start("a.service");
    office.advance(10s);
    EXPECT_EQ(office.ends(), "a.service/start/timeout");
    EXPECT_EQ(office.sub("a.service"), "start");
}

TEST(ManagerJob, of_a_restart_ends_in_a_new_process) {
    Office office;
    add(office, "a");
    office.start("a.service");
    auto const before = office.pid_of("/bin/a");
    static_cast<void>(office.ends());
    office.job(JobType::restart, "a.service");
    EXPECT_EQ(office.ends(), "a.service/start/done");
    EXPECT_NE(office.pid_of("/bin/a"), before);
    EXPECT_EQ(office.sub("a.service"), "running");
}

TEST(ManagerJob, of_a_try_restart_leaves_what_is_down) {
    Office office;
    add(office, "a");
    office.job(JobType::try_restart, "a.service");
    EXPECT_EQ(office.active("a.service"), "inactive");
    office.start("a.service");
    auto const before = office.pid_of("/bin/a");
    office.job(JobType::try_restart, "a.service");
    EXPECT_NE(office.pid_of("/bin/a"), before);
}

TEST(ManagerJob, of_a_reload_is_done_or_fails_with_its_command_and_keeps_the_process) {
    Office office;
    add(office, "a", "", "ExecReload=/bin/reload");
    office.start("a.service");
    auto const main = office.pid_of("/bin/a");
    office.job(JobType::reload, "a.service");
    EXPECT_EQ(office.active("a.service"), "reloading");
    office.exit("/bin/reload");
    office.job(JobType::reload, "a.service");
    office.exit("/bin/reload", 1);
    EXPECT_EQ(office.ends(), "a.service/start/done a.service/reload/done a.service/reload/failed");
    EXPECT_EQ(office.pid_of("/bin/a"), main);
    EXPECT_EQ(office.sub("a.service"), "running");
}

TEST(ManagerJob, of_a_start_ends_with_a_failure_that_will_be_restarted) {
    Office office;
    add(office, "a", "StartLimitBurst=100", "Type=exec\nExecStart=/quick/203\nRestart=on-failure\nRestartSec=5");
    office.start("a.service");
    EXPECT_EQ(office.ends(), "a.service/start/failed");
    EXPECT_EQ(office.sub("a.service"), "auto-restart");
    EXPECT_EQ(office.active("a.service"), "activating");
    office.advance(5s);
    EXPECT_EQ(office.starts(), "/quick/203 /quick/203") << "and the restart has happened";
    EXPECT_EQ(office.sub("a.service"), "auto-restart");
}

TEST(ManagerJob, of_a_start_waits_for_a_restart_that_is_due) {
    Office office;
    add(office, "a", "", "Restart=always\nRestartSec=5");
    office.start("a.service");
    office.exit("/bin/a", 1);
    EXPECT_EQ(office.ends(), "a.service/start/done");
    office.start("a.service");
    EXPECT_EQ(office.ends(), "");
    office.advance(5s);
    EXPECT_EQ(office.ends(), "a.service/start/done");
    EXPECT_EQ(office.sub("a.service"), "running");
    EXPECT_EQ(office.manager->service(office.ref("a.service"))->restarts(), 1U);
}

TEST(ManagerJob, of_a_stop_ends_a_restart_that_is_due) {
    Office office;
    add(office, "a", "", "Restart=always\nRestartSec=5");
    office.start("a.service");
    office.exit("/bin/a", 1);
    office.stop("a.service");
    office.advance(1min);
    EXPECT_EQ(office.active("a.service"), "inactive");
    EXPECT_EQ(office.starts(), "/bin/a");
}

TEST(ManagerJob, of_a_start_past_the_limit_fails_each_time_it_is_asked_for) {
    Office office;
    add(office, "a", "StartLimitIntervalSec=1h\nStartLimitBurst=2", "Type=exec\nExecStart=/quick/203");
    for (int i = 0; i < 4; ++i) {
        office.start("a.service");
        EXPECT_EQ(office.ends(), "a.service/start/failed") << i;
    }
    EXPECT_EQ(office.starts(), "/quick/203 /quick/203");
    office.manager->reset_failed(office.ref("a.service"));
    EXPECT_EQ(office.active("a.service"), "inactive");
    office.start("a.service");
    EXPECT_EQ(office.starts(), "/quick/203");
}

} // namespace
} // namespace mitori::manager
