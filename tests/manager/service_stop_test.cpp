// A service's way down, its reloads, its restarts, and what it says of itself.
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

// -- reloading

TEST(Reload, runs_its_commands_and_keeps_the_main_process) {
    auto life = running("ExecReload=/bin/l\nExecReload=/bin/m");
    EXPECT_TRUE(life->service.can_reload());
    life->service.reload();
    life->host.exit(life->host.executed());
    life->host.exit(life->host.executed());
    EXPECT_EQ(life->told(), "reload; spawn /bin/l; spawn /bin/m; running");
    EXPECT_EQ(base::word(life->service.reload_result()), "success");
    EXPECT_EQ(life->service.main_pid(), 100);
}

TEST(Reload, that_fails_fails_alone) {
    auto life = running("ExecReload=/bin/l\nExecReload=/bin/m");
    life->service.reload();
    life->host.exit(life->host.executed(), 1);
    EXPECT_EQ(life->told(), "reload; spawn /bin/l; running");
    EXPECT_EQ(base::word(life->service.reload_result()), "exit-code");
    EXPECT_EQ(life->result(), "success");
}

TEST(Reload, that_takes_too_long_is_killed) {
    auto life = running("TimeoutStartSec=10\nExecReload=/bin/l");
    life->service.reload();
    auto const command = life->host.executed();
    life->loop.advance(10s);
    EXPECT_EQ(life->told(), "reload; spawn /bin/l; KILL>101");
    life->host.die(command, SIGKILL);
    EXPECT_EQ(life->state(), "running");
    EXPECT_EQ(base::word(life->service.reload_result()), "timeout");
}

TEST(Reload, gives_way_to_a_stop) {
    auto life = running("ExecReload=/bin/l\nExecStop=/bin/s");
    life->service.reload();
    life->host.executed();
    life->stop();
    EXPECT_EQ(life->told(), "reload; spawn /bin/l; stop-sigterm; TERM>100; CONT>100; TERM>101; CONT>101");
}

TEST(Reload, ends_with_the_main_process) {
    auto life = running("ExecReload=/bin/l");
    life->service.reload();
    life->host.executed();
    life->host.exit(100, 1);
    life->host.exit(101);
    EXPECT_EQ(life->state(), "failed");
}

TEST(Reload, by_notify_reload_sends_the_signal_and_waits_for_both_words) {
    auto life = running("Type=notify-reload\nReloadSignal=SIGUSR2");
    life->service.reload();
    EXPECT_EQ(life->told(), "reload-signal; USR2>100");
    life->say("RELOADING=1");
    EXPECT_EQ(life->state(), "reload-notify");
    life->say("READY=1");
    EXPECT_EQ(life->state(), "running");
    EXPECT_EQ(base::word(life->service.reload_result()), "success");
}

TEST(Reload, by_notify_reload_times_out_and_goes_on) {
    auto life = running("Type=notify-reload\nTimeoutStartSec=10");
    life->service.reload();
    life->loop.advance(10s);
    EXPECT_EQ(life->state(), "running");
    EXPECT_EQ(base::word(life->service.reload_result()), "timeout");
    EXPECT_EQ(life->result(), "success");
}

TEST(Reload, of_its_own_accord_is_told_and_ended_by_the_service) {
    auto life = running("Type=notify");
    life->say("RELOADING=1");
    EXPECT_EQ(life->state(), "reload-notify");
    life->say("READY=1");
    EXPECT_EQ(life->state(), "running");
}

TEST(Reload, that_the_service_says_during_its_command_counts_when_that_is_over) {
    auto life = running("Type=notify\nExecReload=/bin/l");
    life->service.reload();
    life->host.executed();
    life->say("RELOADING=1");
    EXPECT_EQ(life->state(), "reload");
    life->host.exit(101);
    EXPECT_EQ(life->state(), "reload-notify");
    life->say("READY=1");
    EXPECT_EQ(life->state(), "running");
}

// -- what it says of itself

TEST(Notice, of_stopping_is_as_if_it_had_been_signalled) {
    auto life = running("Type=notify\nTimeoutStopSec=5");
    life->say("STOPPING=1");
    EXPECT_EQ(life->told(), "stop-sigterm") << "and no signal";
    life->loop.advance(5s);
    EXPECT_EQ(life->told(), "stop-sigkill; KILL>100");
}

TEST(Notice, of_stopping_lets_it_end_in_peace) {
    auto life = running("Type=notify");
    life->say("STOPPING=1");
    life->host.exit(100);
    EXPECT_EQ(life->told(), "stop-sigterm; " + rest + "dead");
}

TEST(Notice, of_another_main_process_is_believed_of_one_of_its_own) {
    auto life = running("Type=notify");
    auto const other = life->host.joins();
    life->say("MAINPID=" + std::to_string(other));
    EXPECT_EQ(life->service.main_pid(), other);
    life->host.exit(100, 1);
    EXPECT_EQ(life->state(), "running") << "the old one is no main process any more";
    life->host.exit(other);
    EXPECT_EQ(life->state(), "dead");
}

TEST(Notice, of_a_foreign_main_process_is_refused) {
    auto life = running("Type=notify");
    life->say("MAINPID=999");
    EXPECT_EQ(life->service.main_pid(), 100);
    EXPECT_THAT(life->host.log, Contains("MAINPID=999 refused: it is not of the unit"));
}

TEST(Notice, of_the_control_process_as_the_main_one_is_refused) {
    auto life = running("Type=notify\nExecReload=/bin/l");
    life->service.reload();
    life->host.executed();
    life->say("MAINPID=101");
    EXPECT_EQ(life->service.main_pid(), 100);
    life->host.exit(101);
    EXPECT_EQ(life->state(), "running");
}

TEST(Notice, is_heard_from_whom_notify_access_says) {
    for (auto const& [access, main, control, other] : {std::tuple{"none", true, false, false},
                                                       {"main", true, false, false},
                                                       {"exec", true, true, false},
                                                       {"all", true, true, true}}) {
        auto life = running("Type=notify\nExecReload=/bin/l\nNotifyAccess=" + std::string(access));
        life->service.reload();
        life->host.executed();
        EXPECT_EQ(life->service.may_notify(100, true), main) << access;
        EXPECT_EQ(life->service.may_notify(101, true), control) << access;
        EXPECT_EQ(life->service.may_notify(102, true), other) << access;
        EXPECT_FALSE(life->service.may_notify(102, false)) << access;
    }
    EXPECT_FALSE(running("")->service.may_notify(100, true)) << "a simple service has nothing to tell";
}

// -- watchdog and time

TEST(Watchdog, bites_when_no_word_comes_in_time) {
    auto life = running("Type=notify\nWatchdogSec=3");
    EXPECT_EQ(life->host.last_facts->watchdog, 3s);
    for (int i = 0; i < 5; ++i) {
        life->loop.advance(2s);
        life->say("WATCHDOG=1");
    }
    EXPECT_EQ(life->state(), "running");
    life->loop.advance(3s);
    EXPECT_EQ(life->told(), "stop-watchdog; ABRT>100; CONT>100");
    life->host.dump(100, SIGABRT);
    EXPECT_EQ(life->state(), "failed");
    EXPECT_EQ(life->result(), "watchdog");
}

TEST(Watchdog, can_be_called_and_given_another_interval_by_the_service) {
    auto called = running("Type=notify\nWatchdogSec=3");
    called->say("WATCHDOG=trigger");
    EXPECT_EQ(called->state(), "stop-watchdog");

    auto longer = running("Type=notify\nWatchdogSec=3");
    longer->say("WATCHDOG_USEC=10000000");
    longer->loop.advance(9s);
    EXPECT_EQ(longer->state(), "running");
    longer->loop.advance(1s);
    EXPECT_EQ(longer->state(), "stop-watchdog");
}

TEST(Watchdog, sleeps_while_the_service_is_told_to_end) {
    auto life = running("Type=notify\nWatchdogSec=3\nTimeoutStopSec=60");
    life->stop();
    life->loop.advance(30s);
    life->say("WATCHDOG=trigger");
    life->host.exit(100);
    EXPECT_EQ(life->state(), "dead");
    EXPECT_EQ(life->result(), "success");
}

TEST(RuntimeMax, ends_a_service_that_runs_too_long_and_counts_across_reloads) {
    auto life = running("RuntimeMaxSec=10\nExecReload=/bin/l");
    life->loop.advance(9s);
    life->service.reload();
    life->host.exit(life->host.executed());
    EXPECT_EQ(life->state(), "running");
    life->loop.advance(1s);
    EXPECT_EQ(life->state(), "stop-sigterm");
    EXPECT_EQ(life->result(), "timeout");
}

// -- restarts

TEST(AutoRestart, waits_restart_sec_and_counts_what_it_has_done) {
    auto life = running("Restart=always\nRestartSec=5");
    life->host.exit(100);
    EXPECT_EQ(life->state(), "auto-restart");
    EXPECT_EQ(life->service.restarts(), 0U);
    life->loop.advance(4s);
    EXPECT_EQ(life->host.restarts_due, 0);
    life->loop.advance(1s);
    EXPECT_EQ(life->host.restarts_due, 1);
    EXPECT_EQ(life->service.restarts(), 1U);
    life->restart_by_itself();
    life->host.executed();
    EXPECT_EQ(life->state(), "running");
    EXPECT_EQ(life->service.restarts(), 1U);
}

TEST(AutoRestart, forgets_its_count_when_somebody_starts_the_service) {
    auto life = running("Restart=on-failure");
    life->host.exit(100, 1);
    life->loop.advance(1s);
    life->restart_by_itself();
    life->host.exit(life->host.executed());
    EXPECT_EQ(life->state(), "dead");
    EXPECT_EQ(life->service.restarts(), 1U);
    life->service.start();
    EXPECT_EQ(life->service.restarts(), 0U);
}

TEST(AutoRestart, ends_with_a_stop) {
    auto life = running("Restart=always\nRestartSec=5");
    life->host.exit(100);
    life->stop();
    EXPECT_EQ(life->state(), "dead");
    life->loop.advance(1min);
    EXPECT_EQ(life->host.restarts_due, 0);
}

TEST(AutoRestart, lets_a_queued_stop_go_first_and_asks_again) {
    auto life = running("Restart=always\nRestartSec=5");
    life->host.due = ServiceHost::RestartDue::waits;
    life->host.exit(100);
    life->loop.advance(10s);
    EXPECT_EQ(life->state(), "auto-restart");
    EXPECT_EQ(life->host.restarts_due, 2);
    EXPECT_EQ(life->service.restarts(), 0U);
}

TEST(AutoRestart, that_nobody_can_queue_is_a_failure) {
    auto life = running("Restart=always");
    life->host.due = ServiceHost::RestartDue::refused;
    life->host.exit(100);
    life->loop.advance(1s);
    EXPECT_EQ(life->state(), "failed");
    EXPECT_EQ(life->result(), "resources");
}

TEST(AutoRestart, ends_at_the_start_limit) {
    Life life("Restart=always\nExecStart=/bin/d");
    life.service.start();
    for (int i = 0; i < 4; ++i) {
        life.host.exit(life.host.executed(), 1);
        life.loop.advance(1s);
        life.restart_by_itself();
    }
    life.host.exit(life.host.executed(), 1);
    life.loop.advance(1s);
    life.restart_by_itself();
    EXPECT_EQ(life.state(), "failed");
    EXPECT_EQ(life.result(), "start-limit-hit");
}

TEST(StartLimitOfAService, answers_also_where_the_service_has_failed_already) {
    Life life("ExecStart=/bin/d");
    for (int i = 0; i < 5; ++i) {
        life.service.start();
        life.host.exit(life.host.executed(), 1);
    }
    static_cast<void>(life.told());
    life.service.start();
    EXPECT_EQ(life.told(), "failed") << "the job that asked waits for a word";
    EXPECT_EQ(life.result(), "start-limit-hit");
    life.service.reset_failed();
    EXPECT_EQ(life.state(), "dead");
    life.service.start();
    EXPECT_EQ(life.state(), "start");
}

} // namespace
} // namespace mitori::manager
