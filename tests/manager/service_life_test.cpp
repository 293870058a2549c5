// A service while it lives: its reloads, what it says of itself, its watchdog and its restarts.
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

TEST(RuntimeMax, is_stretched_by_at_most_its_random_extra) {
    auto life = running("RuntimeMaxSec=10\nRuntimeRandomizedExtraSec=5");
    life->loop.advance(9s);
    EXPECT_EQ(life->told(), "");
    life->loop.advance(7s);
    EXPECT_EQ(life->result(), "timeout");
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
