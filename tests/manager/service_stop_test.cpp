// A service's way down: whom it tells to end, how, and how long it waits.
#include <gmock/gmock.h>

#include "fake/fake_host.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;
using mitori::test::Life;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// A service that runs, its main process being 100, with an empty record.
std::unique_ptr<Life> running(std::string const& settings) {
    auto life = std::make_unique<Life>("ExecStart=/bin/d\n" + settings);
    life->service.start();
    life->host.executed();
    if (life->state() == "start") life->say("READY=1");
    EXPECT_EQ(life->state(), "running");
    static_cast<void>(life->told());
    return life;
}

std::string const rest = "stop-post; final-sigterm; final-sigkill; ";

// -- stopping

TEST(ServiceStop, tells_the_main_process_and_lets_it_go_on) {
    auto life = running("");
    life->stop();
    EXPECT_EQ(life->told(), "stop; stop-sigterm; TERM>100; CONT>100");
    life->host.exit(100);
    EXPECT_EQ(life->told(), rest + "dead");
    EXPECT_EQ(life->host.cleaned, std::vector{ServiceHost::Again::no});
}

TEST(ServiceStop, for_a_restart_keeps_the_group_and_what_restarts_preserve) {
    auto life = running("");
    life->service.stop(Service::For::restart);
    life->host.exit(100);
    EXPECT_EQ(life->state(), "dead");
    EXPECT_EQ(life->host.cleaned, std::vector{ServiceHost::Again::yes});
}

TEST(ServiceStop, looks_again_for_processes_after_a_start_that_was_under_way) {
    auto life = std::make_unique<Life>("ExecStart=/bin/d");
    life->service.start();
    life->stop(); // nobody is there yet
    life->host.executed();
    life->host.group.insert(101); // its own child
    life->host.exit(100);
    EXPECT_EQ(life->state(), "final-sigterm");
    EXPECT_THAT(life->told(), HasSubstr("TERM>*"));
}

TEST(ServiceStop, of_a_daemon_that_ends_by_the_signal_is_a_success) {
    auto life = running("Restart=always");
    life->stop();
    life->host.die(100, SIGTERM);
    EXPECT_EQ(life->state(), "dead");
    EXPECT_EQ(life->result(), "success");
}

TEST(ServiceStop, runs_the_stop_commands_first_and_tells_them_how_it_is) {
    auto life = running("ExecStop=/bin/s\nExecStop=/bin/t\nExecStopPost=/bin/z");
    life->stop();
    EXPECT_EQ(life->told(), "stop; spawn /bin/s");
    EXPECT_EQ(life->host.last_facts->main_pid, 100);
    life->host.exit(life->host.executed());
    life->host.exit(life->host.executed());
    EXPECT_EQ(life->told(), "spawn /bin/t; stop-sigterm; TERM>100; CONT>100");
    life->host.die(100, SIGTERM);
    EXPECT_EQ(life->told(), "stop-post; spawn /bin/z");
    auto const& told = life->host.last_facts->result_environment;
    EXPECT_THAT(told, testing::ElementsAre(unit::EnvironmentEntry{"SERVICE_RESULT", "success"},
                                           unit::EnvironmentEntry{"EXIT_CODE", "killed"},
                                           unit::EnvironmentEntry{"EXIT_STATUS", "TERM"}));
    life->host.exit(life->host.executed());
    EXPECT_EQ(life->state(), "dead");
}

TEST(ServiceStop, runs_stop_commands_also_when_the_service_ends_by_itself) {
    auto life = running("ExecStop=/bin/s");
    life->host.exit(100);
    EXPECT_EQ(life->told(), "stop; spawn /bin/s");
    EXPECT_THAT(life->host.last_facts->result_environment, Contains(unit::EnvironmentEntry{"EXIT_STATUS", "0"}));
}

TEST(ServiceStop, runs_no_stop_command_after_a_failure) {
    auto life = running("ExecStop=/bin/s\nExecStopPost=/bin/z");
    life->host.dump(100, SIGSEGV);
    EXPECT_EQ(life->told(), "stop-sigterm; stop-sigkill; stop-post; spawn /bin/z");
    EXPECT_THAT(life->host.last_facts->result_environment,
                testing::ElementsAre(unit::EnvironmentEntry{"SERVICE_RESULT", "core-dump"},
                                     unit::EnvironmentEntry{"EXIT_CODE", "dumped"},
                                     unit::EnvironmentEntry{"EXIT_STATUS", "SEGV"}));
    life->host.exit(life->host.executed());
    EXPECT_EQ(life->state(), "failed");
}

TEST(ServiceStop, of_a_start_on_its_way_signals_both_processes_and_runs_no_second_command_beside_them) {
    Life life("ExecStart=/bin/d\nExecStartPost=/bin/r\nExecStop=/bin/s");
    life.service.start();
    life.host.executed();
    life.host.executed();
    static_cast<void>(life.told());
    life.stop();
    EXPECT_EQ(life.told(), "stop-sigterm; TERM>100; CONT>100; TERM>101; CONT>101");
    life.host.die(101, SIGTERM);
    EXPECT_EQ(life.state(), "stop-sigterm");
    life.host.die(100, SIGTERM);
    EXPECT_EQ(life.state(), "failed") << "its command was killed";
}

TEST(ServiceStop, reaches_a_child_that_is_reported_only_afterwards) {
    Life life("ExecStart=/bin/d");
    life.service.start();
    life.stop();
    EXPECT_EQ(life.state(), "stop-sigterm") << "nobody to signal yet, but somebody is coming";
    static_cast<void>(life.told());
    auto const pid = life.host.started();
    EXPECT_EQ(life.told(), "TERM>" + std::to_string(pid));
    life.host.die(pid, SIGTERM);
    EXPECT_EQ(life.state(), "dead");
}

TEST(ServiceStop, goes_on_when_the_child_that_was_coming_never_came) {
    Life life("ExecStart=/bin/d");
    life.service.start();
    life.stop();
    life.host.unstarted(EPIPE);
    EXPECT_EQ(life.state(), "dead");
}

TEST(ServiceStop, kills_who_does_not_listen) {
    auto life = running("TimeoutStopSec=5");
    life->stop();
    life->loop.advance(5s);
    EXPECT_EQ(life->told(), "stop; stop-sigterm; TERM>100; CONT>100; stop-sigkill; KILL>100");
    life->host.die(100, SIGKILL);
    EXPECT_EQ(life->state(), "failed");
    EXPECT_EQ(life->result(), "timeout");
}

TEST(ServiceStop, does_not_wait_for_ever_for_what_cannot_be_killed) {
    auto life = running("TimeoutStopSec=5");
    life->stop();
    life->loop.advance(30s);
    EXPECT_EQ(life->state(), "failed");
    EXPECT_EQ(life->result(), "timeout");
    // Its end, when it comes at last, is nobody's business: not even of the next life.
    life->service.start();
    auto const next = life->host.executed();
    life->host.die(100, SIGKILL);
    EXPECT_EQ(life->state(), "running");
    EXPECT_EQ(life->service.main_pid(), next);
}

TEST(ServiceStop, times_out_as_its_failure_mode_says) {
    auto abort = running("TimeoutStopSec=5\nTimeoutStopFailureMode=abort\nTimeoutAbortSec=7");
    abort->stop();
    abort->loop.advance(5s);
    EXPECT_EQ(abort->state(), "stop-watchdog");
    EXPECT_THAT(abort->told(), HasSubstr("ABRT>100"));
    abort->loop.advance(6s);
    EXPECT_EQ(abort->state(), "stop-watchdog");
    abort->loop.advance(1s);
    EXPECT_EQ(abort->state(), "stop-sigkill");

    auto kill = running("TimeoutStopSec=5\nTimeoutStopFailureMode=kill\nExecStop=/bin/s");
    kill->stop();
    kill->host.executed();
    kill->loop.advance(5s);
    EXPECT_EQ(kill->state(), "stop-sigkill");
    EXPECT_THAT(kill->told(), HasSubstr("KILL>100; KILL>101"));
}

TEST(ServiceStop, leaves_processes_where_it_must_not_kill) {
    auto life = running("TimeoutStopSec=5\nSendSIGKILL=no");
    life->stop();
    life->loop.advance(20s);
    EXPECT_EQ(life->state(), "failed");
    EXPECT_EQ(life->result(), "timeout");
    EXPECT_THAT(life->told(), Not(HasSubstr("KILL")));
    EXPECT_TRUE(life->host.group.contains(100));
}

// -- KillMode=

TEST(KillMode, control_group_tells_everybody_and_waits_for_them) {
    auto life = running("TimeoutStopSec=5");
    life->host.joins();
    life->stop();
    EXPECT_EQ(life->told(), "stop; stop-sigterm; TERM>100; CONT>100; TERM>*; CONT>*");
    life->host.exit(100);
    EXPECT_EQ(life->told(), "stop-post; final-sigterm; TERM>*; CONT>*") << "one is left";
    life->host.exit(101);
    EXPECT_EQ(life->told(), "dead");
}

TEST(KillMode, mixed_tells_the_main_process_and_kills_the_others) {
    auto life = running("KillMode=mixed");
    life->host.joins();
    life->stop();
    EXPECT_EQ(life->told(), "stop; stop-sigterm; TERM>100; CONT>100");
    life->host.exit(100);
    EXPECT_EQ(life->told(), "stop-post; final-sigterm; final-sigkill; KILL>*");
    life->host.die(101, SIGKILL);
    EXPECT_EQ(life->told(), "dead");
}

TEST(KillMode, process_leaves_the_others) {
    auto life = running("KillMode=process");
    life->host.joins();
    life->stop();
    life->host.exit(100);
    EXPECT_EQ(life->told(), "stop; stop-sigterm; TERM>100; CONT>100; " + rest + "dead");
    EXPECT_TRUE(life->host.group.contains(101));
}

TEST(KillMode, none_leaves_everybody_and_forgets_them) {
    auto life = running("KillMode=none\nExecStop=/bin/s");
    life->stop();
    life->host.exit(life->host.executed());
    EXPECT_EQ(life->state(), "dead");
    EXPECT_THAT(life->told(), Not(HasSubstr("TERM")));
    EXPECT_FALSE(life->service.main_pid());
    EXPECT_TRUE(life->host.held.empty());
}

TEST(KillSignal, is_what_the_unit_says_for_each_occasion) {
    auto life = running("TimeoutStopSec=5\nKillSignal=SIGINT\nFinalKillSignal=SIGQUIT\nRestartKillSignal=SIGUSR1");
    life->stop();
    life->loop.advance(5s);
    EXPECT_EQ(life->told(), "stop; stop-sigterm; INT>100; CONT>100; stop-sigkill; QUIT>100; CONT>100");

    auto again = running("KillSignal=SIGINT\nRestartKillSignal=SIGUSR1");
    again->service.stop(Service::For::restart);
    EXPECT_THAT(again->told(), HasSubstr("USR1>100"));
}

TEST(KillSignal, is_followed_by_a_hang_up_where_asked_for_but_only_the_first) {
    auto life = running("TimeoutStopSec=5\nSendSIGHUP=yes\nTimeoutStopFailureMode=abort");
    life->stop();
    EXPECT_EQ(life->told(), "stop; stop-sigterm; TERM>100; CONT>100; HUP>100");
    life->loop.advance(5s);
    EXPECT_EQ(life->told(), "stop-watchdog; ABRT>100; CONT>100");

    auto itself = running("SendSIGHUP=yes\nKillSignal=SIGHUP");
    itself->stop();
    EXPECT_EQ(itself->told(), "stop; stop-sigterm; HUP>100; CONT>100");
}

} // namespace
} // namespace mitori::manager
