#include <cerrno>
#include <csignal>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "process/exit.hpp"
#include "process/stage.hpp"
#include "process/support.hpp"

namespace mitori::process {
namespace {

using namespace testing;

TEST(Exit, says_how_in_the_words_of_systemctl) {
    EXPECT_EQ((Exit{.kind = ExitKind::exited, .status = 0}).message(), "exited, status=0/SUCCESS");
    EXPECT_EQ((Exit{.kind = ExitKind::exited, .status = 203}).message(), "exited, status=203/EXEC");
    EXPECT_EQ((Exit{.kind = ExitKind::exited, .status = 42}).message(), "exited, status=42");
    EXPECT_EQ((Exit{.kind = ExitKind::killed, .status = SIGTERM}).message(), "killed, signal=TERM");
    EXPECT_EQ((Exit{.kind = ExitKind::dumped, .status = SIGSEGV}).message(), "dumped, signal=SEGV");
}

TEST(Exit, is_clean_by_code_0_only) {
    EXPECT_TRUE((Exit{.kind = ExitKind::exited, .status = 0}).clean());
    EXPECT_FALSE((Exit{.kind = ExitKind::exited, .status = 1}).clean());
    EXPECT_FALSE((Exit{.kind = ExitKind::stopped, .status = 0}).clean());
}

TEST(Exit, of_a_signal_is_told) {
    auto child = probe({"kill:" + std::to_string(SIGKILL)}).spawn();
    ASSERT_TRUE(child);
    auto const exit = child->wait();
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->kind, ExitKind::killed);
    EXPECT_EQ(exit->status, SIGKILL);
}

TEST(Exit, is_not_there_while_the_child_lives_and_is_taken_once) {
    auto child = probe({"pause"}).spawn();
    ASSERT_TRUE(child);
    auto exit = take_exit(child->pidfd());
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().number, EAGAIN);
    ASSERT_TRUE(child->signal({SIGTERM}));
    exit = child->wait();
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->message(), "killed, signal=TERM");
    exit = take_exit(child->pidfd());
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().number, ECHILD);
    EXPECT_EQ(child->signal({SIGTERM}).error().number, ESRCH);
}

TEST(Exit, tells_stops_and_continuations_when_asked) {
    auto child = probe({"pause"}).spawn();
    ASSERT_TRUE(child);
    auto const next = [&] {
        for (;;) {
            auto exit = take_exit(child->pidfd(), Take::ends_and_stops);
            if (exit || exit.error().number != EAGAIN) return exit;
            ::sched_yield();
        }
    };
    ASSERT_TRUE(child->signal({SIGSTOP}));
    EXPECT_EQ(next()->kind, ExitKind::stopped);
    ASSERT_TRUE(child->signal({SIGCONT}));
    EXPECT_EQ(next()->kind, ExitKind::continued);
    ASSERT_TRUE(child->signal({SIGKILL}));
    EXPECT_EQ(next()->kind, ExitKind::killed);
}

TEST(Exit, brings_what_the_child_used) {
    auto const ran = run(probe({"environment"}));
    EXPECT_GT(ran.exit.usage.peak_memory, 64U << 10);
    // The kernel counts what it shared with us before its exec, too.
    rusage ours{};
    ::getrusage(RUSAGE_SELF, &ours);
    EXPECT_LT(ran.exit.usage.peak_memory, (static_cast<std::uint64_t>(ours.ru_maxrss) << 10) + (64U << 20));
    EXPECT_GT(ran.exit.usage.minor_faults, 0U);
    EXPECT_TRUE(ran.exit.at.set());
}

TEST(Stage, has_the_names_of_systemd_exec) {
    EXPECT_EQ(exit_status_name(200), "CHDIR");
    EXPECT_EQ(exit_status_name(217), "USER");
    EXPECT_EQ(exit_status_name(75), "TEMPFAIL");
    EXPECT_EQ(exit_status_name(2), "INVALIDARGUMENT");
    EXPECT_EQ(exit_status_name(100), "");
    for (auto const& stage : base::Names<Stage>::table)
        if (stage.value != Stage::none && stage.value != Stage::spawn) {
            EXPECT_NE(exit_status_name(static_cast<int>(stage.value)), "") << stage.word;
        }
}

TEST(Stage, is_read_by_name_and_number) {
    EXPECT_EQ(exit_status_from("EXEC"), 203);
    EXPECT_EQ(exit_status_from("TEMPFAIL"), 75);
    EXPECT_EQ(exit_status_from("75"), 75);
    EXPECT_EQ(exit_status_from("256"), -1);
    EXPECT_EQ(exit_status_from("-1"), -1);
    EXPECT_EQ(exit_status_from("exec"), -1);
    EXPECT_EQ(exit_status_from(""), -1);
    for (int status = 0; status < 256; ++status)
        if (auto const name = exit_status_name(status); !name.empty()) {
            EXPECT_EQ(exit_status_from(name), status);
        }
}

} // namespace
} // namespace mitori::process
