// A service's way up: what each Type= waits for, and what a failure on the way leads to.
#include <fstream>
#include <gmock/gmock.h>

#include "fake/fake_host.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;
using mitori::test::Life;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

std::string const up_to_start = "condition; start-pre; start; spawn /bin/d";
std::string const quiet_end = "stop-post; final-sigterm; final-sigkill; ";

TEST(Start, of_type_dbus_is_done_with_its_process_as_nobody_watches_the_bus) {
    Life life("Type=dbus\nBusName=org.example.D\nExecStart=/bin/d");
    life.service.start();
    life.host.executed();
    EXPECT_EQ(life.state(), "running");
}

TEST(ServiceStart, of_type_simple_is_up_with_its_process) {
    Life life("ExecStart=/bin/d");
    life.service.start();
    EXPECT_EQ(life.told(), up_to_start);
    auto const pid = life.host.started();
    EXPECT_EQ(life.told(), "start-post; running");
    EXPECT_EQ(life.service.main_pid(), pid);
}

TEST(ServiceStart, of_type_exec_waits_for_the_program) {
    Life life("Type=exec\nExecStart=/bin/d");
    life.service.start();
    auto const pid = life.host.started();
    EXPECT_EQ(life.state(), "start");
    life.service.on_executed(life.host.last_spawn);
    EXPECT_EQ(life.state(), "running");
    EXPECT_EQ(life.service.main_pid(), pid);
}

TEST(ServiceStart, of_type_exec_fails_with_the_step_s_status) {
    Life life("Type=exec\nExecStart=/bin/d");
    life.service.start();
    auto const pid = life.host.started();
    life.service.on_spawn_failed(life.host.last_spawn, process::Stage::exec, {ENOENT, "", "/bin/d"});
    EXPECT_EQ(life.state(), "start") << "the child's end is still to come";
    life.host.exit(pid, 203);
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "exit-code");
    EXPECT_THAT(life.host.log, Contains(HasSubstr("Failed at step EXEC spawning /bin/d")));
}

TEST(ServiceStart, of_type_notify_waits_for_ready) {
    Life life("Type=notify\nExecStart=/bin/d");
    life.service.start();
    life.host.executed();
    life.say("STATUS=warming up");
    EXPECT_EQ(life.state(), "start");
    life.say("READY=1\nSTATUS=up");
    EXPECT_EQ(life.state(), "running");
    EXPECT_EQ(life.service.status_text(), "up");
}

TEST(ServiceStart, of_type_notify_that_ends_well_before_ready_is_a_protocol_error) {
    Life life("Type=notify\nExecStart=/bin/d");
    life.service.start();
    life.host.exit(life.host.executed());
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "protocol");
}

TEST(ServiceStart, of_type_idle_waits_for_the_others) {
    Life life("Type=idle\nExecStart=/bin/d");
    life.service.start();
    EXPECT_EQ(life.told(), "condition; start-pre; start");
    life.loop.advance(5s);
    EXPECT_EQ(life.told(), "spawn /bin/d");
    life.host.started();
    EXPECT_EQ(life.state(), "running");
}

TEST(ServiceStart, of_type_idle_can_be_stopped_before_it_has_begun) {
    Life life("Type=idle\nExecStart=/bin/d");
    life.service.start();
    life.stop();
    life.loop.advance(10s);
    EXPECT_EQ(life.state(), "dead");
    EXPECT_TRUE(life.host.orders.empty());
}

TEST(ServiceStart, of_type_oneshot_runs_its_commands_one_after_the_other) {
    Life life("Type=oneshot\nExecStart=/bin/a\nExecStart=/bin/b");
    life.service.start();
    life.host.exit(life.host.executed());
    EXPECT_EQ(life.told(), "condition; start-pre; start; spawn /bin/a; spawn /bin/b");
    life.host.exit(life.host.executed());
    EXPECT_EQ(life.told(), "start-post; stop; stop-sigterm; stop-sigkill; " + quiet_end + "dead");
    EXPECT_EQ(life.result(), "success");
}

TEST(ServiceStart, of_type_oneshot_ends_at_the_first_failure_but_for_a_dash) {
    Life life("Type=oneshot\nExecStart=-/bin/a\nExecStart=/bin/b\nExecStart=/bin/c");
    life.service.start();
    life.host.exit(life.host.executed(), 1);
    life.host.exit(life.host.executed(), 2);
    EXPECT_EQ(life.state(), "failed");
    EXPECT_THAT(life.told(), testing::Not(HasSubstr("/bin/c")));
    EXPECT_EQ(life.result(), "exit-code");
}

TEST(ServiceStart, of_type_oneshot_may_remain_after_its_exit) {
    Life life("Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/a\nExecStop=/bin/z");
    life.service.start();
    life.host.exit(life.host.executed());
    EXPECT_EQ(life.state(), "exited");
    life.stop();
    life.host.exit(life.host.executed());
    EXPECT_EQ(life.state(), "dead");
}

TEST(ServiceStart, of_type_oneshot_has_no_time_out_of_its_own) {
    Life life("Type=oneshot\nExecStart=/bin/a");
    life.service.start();
    life.host.executed();
    life.loop.advance(24h);
    EXPECT_EQ(life.state(), "start");
}

TEST(ServiceStart, without_commands_but_remaining_is_active_at_once) {
    Life life("Type=oneshot\nRemainAfterExit=yes\nExecStop=/bin/z");
    life.service.start();
    EXPECT_EQ(life.told(), "condition; start-pre; start; start-post; exited");
}

TEST(ServiceStart, walks_conditions_pre_and_post_commands_in_order) {
    Life life("ExecCondition=/bin/c\nExecStartPre=/bin/p\nExecStartPre=/bin/q\nExecStart=/bin/d\nExecStartPost=/bin/r");
    life.service.start();
    for (int i = 0; i < 3; ++i)
        life.host.exit(life.host.executed());
    life.host.executed();
    EXPECT_EQ(life.told(), "condition; spawn /bin/c; start-pre; spawn /bin/p; spawn /bin/q; start; spawn /bin/d; "
                           "start-post; spawn /bin/r");
    life.host.exit(life.host.executed());
    EXPECT_EQ(life.state(), "running");
}

TEST(ServiceStart, is_skipped_where_a_condition_command_says_no) {
    for (int const status : {1, 254}) {
        Life life("Restart=always\nExecCondition=/bin/c\nExecStart=/bin/d");
        life.service.start();
        life.host.exit(life.host.executed(), status);
        EXPECT_EQ(life.state(), "dead");
        EXPECT_EQ(life.result(), "exec-condition");
    }
}

TEST(ServiceStart, fails_where_a_condition_command_breaks) {
    Life said("ExecCondition=/bin/c\nExecStart=/bin/d");
    said.service.start();
    said.host.exit(said.host.executed(), 255);
    EXPECT_EQ(said.state(), "failed");
    EXPECT_EQ(said.result(), "exit-code");

    Life killed("ExecCondition=/bin/c\nExecStart=/bin/d");
    killed.service.start();
    killed.host.die(killed.host.executed(), SIGSEGV);
    EXPECT_EQ(killed.state(), "failed");
    EXPECT_EQ(killed.result(), "signal");
}

TEST(ServiceStart, that_fails_in_a_pre_command_runs_stop_post_and_no_stop_command) {
    Life life("ExecStartPre=/bin/p\nExecStart=/bin/d\nExecStop=/bin/s\nExecStopPost=/bin/z");
    life.service.start();
    life.host.exit(life.host.executed(), 7);
    EXPECT_EQ(life.told(), "condition; start-pre; spawn /bin/p; stop-sigterm; stop-sigkill; stop-post; spawn /bin/z");
    auto const& facts = life.host.orders.front().facts;
    EXPECT_THAT(facts.result_environment, Contains(unit::EnvironmentEntry{"SERVICE_RESULT", "exit-code"}));
    life.host.exit(life.host.executed());
    EXPECT_EQ(life.state(), "failed");
}

TEST(ServiceStart, goes_on_after_a_pre_command_that_may_fail) {
    Life life("ExecStartPre=-/bin/p\nExecStart=/bin/d");
    life.service.start();
    life.host.exit(life.host.executed(), 7);
    life.host.executed();
    EXPECT_EQ(life.state(), "running");
    EXPECT_EQ(life.result(), "success");
}

TEST(ServiceStart, that_fails_in_a_post_command_ends_the_main_process) {
    Life life("ExecStart=/bin/d\nExecStartPost=/bin/r\nExecStop=/bin/s");
    life.service.start();
    auto const main = life.host.executed();
    life.host.exit(life.host.executed(), 1);
    EXPECT_EQ(life.state(), "stop-sigterm");
    EXPECT_THAT(life.told(), HasSubstr("TERM>" + std::to_string(main)));
    EXPECT_THAT(life.host.orders, testing::IsEmpty()) << "ExecStop= is for services that have started";
    life.host.die(main, SIGTERM);
    EXPECT_EQ(life.state(), "failed");
}

TEST(ServiceStart, looks_at_a_main_process_that_ended_during_a_post_command_when_that_is_over) {
    Life life("ExecStart=/bin/d\nExecStartPost=/bin/r");
    life.service.start();
    auto const main = life.host.executed();
    auto const post = life.host.executed();
    life.host.exit(main, 3);
    EXPECT_EQ(life.state(), "start-post");
    life.host.exit(post);
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "exit-code");
}

TEST(ServiceStart, times_out_as_its_failure_mode_says) {
    for (auto const& [mode, state, signal] : {std::tuple{"terminate", "stop-sigterm", "TERM>100"},
                                              {"abort", "stop-watchdog", "ABRT>100"},
                                              {"kill", "stop-sigkill", "KILL>100"}}) {
        Life life("Type=notify\nTimeoutStartSec=10\nExecStart=/bin/d\nTimeoutStartFailureMode=" + std::string(mode));
        life.service.start();
        life.host.executed();
        life.loop.advance(9s);
        EXPECT_EQ(life.state(), "start");
        life.loop.advance(1s);
        EXPECT_EQ(life.state(), state);
        EXPECT_EQ(life.result(), "timeout");
        EXPECT_THAT(life.told(), HasSubstr(signal));
    }
}

TEST(ServiceStart, in_a_post_command_times_out_without_the_stop_command) {
    Life life("TimeoutStartSec=10\nExecStart=/bin/d\nExecStartPost=/bin/r\nExecStop=/bin/s");
    life.service.start();
    life.host.executed();
    life.host.executed();
    life.loop.advance(10s);
    EXPECT_EQ(life.state(), "stop-sigterm");
    EXPECT_THAT(life.told(), testing::AllOf(HasSubstr("TERM>100"), HasSubstr("TERM>101")));
}

TEST(ServiceStart, gets_more_time_when_it_asks_but_never_less) {
    Life life("Type=notify\nTimeoutStartSec=10\nExecStart=/bin/d");
    life.service.start();
    life.host.executed();
    life.say("EXTEND_TIMEOUT_USEC=1000000");
    life.loop.advance(9s);
    EXPECT_EQ(life.state(), "start") << "one second is less than what it has";
    life.say("EXTEND_TIMEOUT_USEC=5000000");
    life.loop.advance(4s);
    EXPECT_EQ(life.state(), "start");
    life.loop.advance(1s);
    EXPECT_EQ(life.state(), "stop-sigterm");
}

TEST(ServiceStart, without_a_child_is_a_failure_of_resources) {
    Life life("ExecStart=/bin/d");
    life.service.start();
    life.host.unstarted(EAGAIN);
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "resources");
}

TEST(ServiceStart, with_a_missing_user_ends_as_the_child_would_have) {
    Life life("ExecStart=/bin/d\nRestartPreventExitStatus=217\nRestart=always");
    life.host.refusal = process::SpawnError{process::Stage::user, {0, "no such user", "nobody-here"}};
    life.service.start();
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "exit-code");
    ASSERT_TRUE(life.service.main_record() && life.service.main_record()->exit);
    EXPECT_EQ(life.service.main_record()->exit->status, 217);
    EXPECT_THAT(life.host.log, Contains(HasSubstr("nobody-here")));
}

TEST(ServiceStart, keeps_a_record_of_every_command) {
    Life life("ExecStartPre=/bin/p\nExecStart=/bin/d");
    life.service.start();
    auto const pre = life.host.executed();
    life.host.exit(pre);
    life.host.executed();
    ASSERT_EQ(life.service.commands().size(), 1U);
    auto const& record = life.service.commands().front();
    EXPECT_EQ(record.purpose, exec::Purpose::start_pre);
    EXPECT_EQ(record.pid, pre);
    EXPECT_TRUE(record.exit && record.exit->clean());
}

TEST(ServiceStart, has_a_new_invocation_and_clean_books_each_time) {
    Life life("Type=notify\nExecStart=/bin/d");
    life.service.start();
    life.host.executed();
    life.say("STATUS=x\nERRNO=5");
    auto const first = life.service.invocation();
    life.host.exit(100, 1);
    EXPECT_EQ(life.result(), "exit-code");
    life.service.start();
    EXPECT_NE(life.service.invocation(), first);
    EXPECT_EQ(life.result(), "success");
    EXPECT_EQ(life.service.status_text(), "");
    EXPECT_EQ(life.service.status_errno(), 0);
    EXPECT_FALSE(life.service.main_record());
}

TEST(ServiceStart, of_an_active_service_changes_nothing) {
    Life life("ExecStart=/bin/d");
    life.service.start();
    life.host.executed();
    auto const invocation = life.service.invocation();
    static_cast<void>(life.told());
    life.service.start();
    EXPECT_EQ(life.told(), "");
    EXPECT_EQ(life.service.invocation(), invocation);
}

// -- forking

class Forking : public testing::Test {
protected:
    /// Starts the service; its command is the process 100, and 101 is what it forks.
    void fork(Life& life) {
        life.service.start();
        auto const command = life.host.executed();
        daemon = life.host.joins();
        life.host.ours.insert(daemon);
        life.host.exit(command);
    }
    void write_pid(std::string_view text) { std::ofstream(file) << text; }
    [[nodiscard]] std::string settings() const {
        return "Type=forking\nTimeoutStartSec=10\nPIDFile=" + file + "\nExecStart=/bin/d";
    }
    mitori::test::TemporaryDirectory directory;
    std::string file = directory / "d.pid";
    pid_t daemon = 0;
};

TEST_F(Forking, guesses_the_only_process_that_is_left) {
    Life life("Type=forking\nExecStart=/bin/d");
    fork(life);
    EXPECT_EQ(life.state(), "running");
    EXPECT_EQ(life.service.main_pid(), daemon);
}

TEST_F(Forking, guesses_the_only_child_of_ours_among_several) {
    Life life("Type=forking\nExecStart=/bin/d");
    life.service.start();
    life.host.executed();
    daemon = life.host.joins();
    life.host.ours.insert(daemon);
    life.host.joins();
    life.host.exit(100);
    EXPECT_EQ(life.service.main_pid(), daemon);
}

TEST_F(Forking, does_not_guess_where_it_must_not) {
    Life life("Type=forking\nGuessMainPID=no\nExecStart=/bin/d");
    fork(life);
    EXPECT_EQ(life.state(), "running");
    EXPECT_FALSE(life.service.main_pid());
    life.host.exit(daemon);
    life.loop.settle();
    EXPECT_EQ(life.state(), "dead") << "it lives as long as its last process";
}

TEST_F(Forking, reads_the_pid_file_and_removes_it_at_the_end) {
    Life life(settings());
    life.service.start();
    life.host.executed();
    daemon = life.host.joins();
    write_pid(std::to_string(daemon) + "\n");
    life.host.exit(100);
    EXPECT_EQ(life.service.main_pid(), daemon);
    life.host.exit(daemon);
    EXPECT_EQ(life.state(), "dead");
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Forking, waits_for_a_pid_file_that_comes_late) {
    Life life(settings());
    fork(life);
    EXPECT_EQ(life.state(), "start");
    write_pid("");
    life.host.path_changes();
    EXPECT_EQ(life.state(), "start") << "not complete yet";
    write_pid(std::to_string(daemon));
    life.host.path_changes();
    EXPECT_EQ(life.state(), "running");
    EXPECT_EQ(life.service.main_pid(), daemon);
}

TEST_F(Forking, looks_again_at_a_process_that_is_not_yet_known_as_the_unit_s) {
    Life life(settings());
    write_pid("999");
    fork(life);
    EXPECT_EQ(life.state(), "start");
    write_pid(std::to_string(daemon)); // nobody tells that it is another's now, as nobody tells when marks come
    life.loop.advance(99ms);
    EXPECT_EQ(life.state(), "start");
    life.loop.advance(1ms);
    EXPECT_EQ(life.state(), "running");
    EXPECT_EQ(life.service.main_pid(), daemon);
}

TEST_F(Forking, times_out_without_its_pid_file) {
    Life life(settings());
    life.host.all_mortal = true;
    fork(life);
    life.loop.advance(10s);
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "timeout");
}

TEST_F(Forking, refuses_a_pid_file_that_names_a_foreign_process) {
    Life life(settings());
    write_pid("999");
    fork(life);
    EXPECT_EQ(life.state(), "start");
    EXPECT_FALSE(life.service.main_pid());
    EXPECT_THAT(life.host.log, Contains(HasSubstr("it is not of the unit")));
}

TEST_F(Forking, fails_at_once_when_nobody_is_left_to_write_the_pid_file) {
    Life life(settings());
    life.service.start();
    life.host.exit(life.host.executed());
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "protocol");
}

TEST_F(Forking, fails_when_the_daemon_ends_while_its_pid_file_is_awaited) {
    Life life(settings());
    fork(life);
    life.host.exit(daemon);
    life.loop.settle();
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "protocol");
}

TEST_F(Forking, fails_when_its_command_does) {
    Life life("Type=forking\nExecStart=/bin/d");
    life.service.start();
    life.host.exit(life.host.executed(), 1);
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "exit-code");
}

TEST_F(Forking, ends_with_its_daemon) {
    Life life("Type=forking\nExecStart=/bin/d");
    fork(life);
    life.host.exit(daemon, 4);
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "exit-code");
}

} // namespace
} // namespace mitori::manager
