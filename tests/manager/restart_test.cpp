// Restart policy: what an end means, whether it is started again, and how often.
#include <csignal>
#include <gtest/gtest.h>
#include <map>

#include "manager/restart.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;
using process::ExitKind;
using Result = ServiceResult;

process::Exit exited(int status) { return {.kind = ExitKind::exited, .status = status}; }
process::Exit killed(int signal) { return {.kind = ExitKind::killed, .status = signal}; }
process::Exit dumped(int signal) { return {.kind = ExitKind::dumped, .status = signal}; }

bool again(unit::Restart policy, Result result, std::optional<process::Exit> main = std::nullopt) {
    unit::Service settings;
    settings.restart = policy;
    return decide_restart(settings, result, main, Asked::no) == Verdict::start_again;
}

/// systemd.service(5), "Exit causes and the effect of the Restart= settings", row by row; columns in the order
/// no always on-success on-failure on-abnormal on-abort on-watchdog.
std::map<Result, std::string> const table = {
    {Result::success, ".XX...."},
    {Result::exit_code, ".X.X..."},
    {Result::signal, ".X.XXX."},
    {Result::core_dump, ".X.XXX."},
    {Result::timeout, ".X.XX.."},
    {Result::watchdog, ".X.XX.X"},
    // not in the manual's table: failures of another kind, as systemd treats them
    {Result::resources, ".X.XX.."},
    {Result::protocol, ".X.XX.."},
    {Result::oom_kill, ".X.XX.."},
    {Result::exec_condition, "......."},
};
constexpr unit::Restart columns[] = {unit::Restart::no,         unit::Restart::always,      unit::Restart::on_success,
                                     unit::Restart::on_failure, unit::Restart::on_abnormal, unit::Restart::on_abort,
                                     unit::Restart::on_watchdog};

TEST(Restart, follows_the_manual_s_table) {
    for (auto const& [result, row] : table)
        for (std::size_t i = 0; i < row.size(); ++i)
            EXPECT_EQ(again(columns[i], result), row[i] == 'X') << base::word(result) << ", column " << i;
}

TEST(Restart, never_follows_a_stop_that_was_asked_for) {
    unit::Service settings;
    settings.restart_force.edit().statuses.set(3);
    for (auto const policy : columns)
        for (auto const& [result, row] : table) {
            settings.restart = policy;
            EXPECT_EQ(decide_restart(settings, result, exited(3), Asked::yes), Verdict::stay_down);
        }
}

TEST(Restart, never_follows_a_start_limit) {
    for (auto const policy : columns)
        EXPECT_FALSE(again(policy, Result::start_limit_hit));
}

TEST(Restart, is_prevented_by_a_status_or_signal_of_the_main_process) {
    unit::Service settings;
    settings.restart = unit::Restart::always;
    settings.restart_prevent.edit().statuses.set(1);
    settings.restart_prevent.edit().signals.add(base::Signal{SIGABRT});
    auto const decide = [&](process::Exit const& exit) {
        return decide_restart(settings, Result::exit_code, exit, Asked::no);
    };
    EXPECT_EQ(decide(exited(1)), Verdict::stay_down);
    EXPECT_EQ(decide(exited(2)), Verdict::start_again);
    EXPECT_EQ(decide(killed(SIGABRT)), Verdict::stay_down);
    EXPECT_EQ(decide(dumped(SIGABRT)), Verdict::stay_down);
    // Status 6 is not signal 6.
    EXPECT_EQ(decide(exited(SIGABRT)), Verdict::start_again);
}

TEST(Restart, is_forced_where_the_policy_says_no_unless_it_is_prevented_too) {
    unit::Service settings;
    settings.restart_force.edit().statuses.set(133);
    EXPECT_EQ(decide_restart(settings, Result::success, exited(133), Asked::no), Verdict::start_again);
    EXPECT_EQ(decide_restart(settings, Result::success, std::nullopt, Asked::no), Verdict::stay_down);
    settings.restart_prevent.edit().statuses.set(133);
    EXPECT_EQ(decide_restart(settings, Result::success, exited(133), Asked::no), Verdict::stay_down);
}

TEST(Judgement, calls_status_zero_a_success_and_others_exit_code) {
    EXPECT_EQ(judge(exited(0), Kindness::command, {}), Result::success);
    EXPECT_EQ(judge(exited(1), Kindness::daemon, {}), Result::exit_code);
    EXPECT_EQ(judge(exited(255), Kindness::daemon, {}), Result::exit_code);
}

TEST(Judgement, lets_a_daemon_end_by_four_signals_and_a_command_by_none) {
    for (int const signal : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) {
        EXPECT_EQ(judge(killed(signal), Kindness::daemon, {}), Result::success) << signal;
        EXPECT_EQ(judge(killed(signal), Kindness::command, {}), Result::signal) << signal;
    }
    EXPECT_EQ(judge(killed(SIGKILL), Kindness::daemon, {}), Result::signal);
    EXPECT_EQ(judge(killed(SIGUSR1), Kindness::daemon, {}), Result::signal);
}

TEST(Judgement, takes_the_statuses_and_signals_of_success_exit_status) {
    unit::ExitStatusSet success;
    success.statuses.set(143);
    success.signals.add(base::Signal{SIGKILL});
    success.signals.add(base::Signal{SIGSEGV});
    EXPECT_EQ(judge(exited(143), Kindness::command, success), Result::success);
    EXPECT_EQ(judge(killed(SIGKILL), Kindness::command, success), Result::success);
    EXPECT_EQ(judge(exited(SIGKILL), Kindness::daemon, success), Result::exit_code);
    EXPECT_EQ(judge(dumped(SIGSEGV), Kindness::daemon, success), Result::core_dump);
}

TEST(Judgement, keeps_the_first_failure) {
    EXPECT_EQ(first_failure(Result::success, Result::timeout), Result::timeout);
    EXPECT_EQ(first_failure(Result::watchdog, Result::core_dump), Result::watchdog);
}

TEST(StartLimit, lets_a_burst_through_in_a_window_and_no_more) {
    StartLimit limit;
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(limit.allow(100s + i * 1s, 10s, 3)) << i;
    EXPECT_FALSE(limit.allow(104s, 10s, 3));
    EXPECT_FALSE(limit.allow(110s, 10s, 3)) << "the window's end belongs to it";
}

TEST(StartLimit, begins_a_new_window_with_the_first_start_after_the_old_one) {
    StartLimit limit;
    EXPECT_TRUE(limit.allow(100s, 10s, 1));
    EXPECT_FALSE(limit.allow(105s, 10s, 1));
    EXPECT_TRUE(limit.allow(111s, 10s, 1)) << "refused starts do not lengthen it";
    EXPECT_FALSE(limit.allow(121s, 10s, 1));
    EXPECT_TRUE(limit.allow(122s, 10s, 1));
}

TEST(StartLimit, does_not_count_without_an_interval_or_a_burst) {
    StartLimit limit;
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(limit.allow(100s, 0s, 5));
        EXPECT_TRUE(limit.allow(100s, 10s, 0));
    }
}

TEST(StartLimit, forgets_when_it_is_reset) {
    StartLimit limit;
    EXPECT_TRUE(limit.allow(100s, 10s, 1));
    EXPECT_FALSE(limit.allow(100s, 10s, 1));
    limit.reset();
    EXPECT_TRUE(limit.allow(100s, 10s, 1));
}

} // namespace
} // namespace mitori::manager
