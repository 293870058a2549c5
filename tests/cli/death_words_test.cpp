// A death in words: one golden text for each cause.
#include <csignal>
#include <ctime>
#include <gmock/gmock.h>

#include "base/signal.hpp"
#include "cli/detail/death_words.hpp"

namespace mitori::cli::detail {
namespace {

using namespace std::chrono_literals;
using status::Cause;
using status::Death;
using status::DeathKind;

class Words : public ::testing::Test {
protected:
    Words() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        death_.who = {812, 4000};
        death_.comm = "redis-server";
        death_.unit = "cache.service";
        death_.role = "main";
        death_.ended.realtime = noon + 3min + 1512ms;
        death_.started = death_.ended.realtime - 76h;
        death_.kind = DeathKind::killed;
        death_.status = SIGKILL;
    }
    [[nodiscard]] std::string told(std::uint64_t recent = 1, std::vector<std::string> lines = {}) const {
        return tell({.death = death_, .recent = recent, .last_lines = std::move(lines)},
                    {.now = noon + 1h, .user_name = [](uid_t uid) { return uid == 0 ? "root" : "ci"; }});
    }
    static constexpr base::Usec noon = std::chrono::seconds(1795348800); // 2026-11-22 12:00:00 UTC
    Death death_;
};

TEST_F(Words, tell_of_memory_that_ran_out) {
    death_.cause = Cause::oom;
    death_.limit = "MemoryMax=536870912";
    death_.peak_memory = 536870912;
    death_.followed = "restarted";
    death_.restarted_after = 100ms;
    death_.restarted_as = 1201;
    EXPECT_EQ(
        told(3, {"oom soon", "bye\x1b[0m"}),
        "redis-server (pid 812, unit cache.service) was killed by SIGKILL at 12:03:01.512 by the kernel: the unit "
        "reached MemoryMax=512.0M (peak 512.0M). It had run for 3 d 4 h. It was restarted after 100 ms as pid 1201; "
        "this was its unit's 3rd death in 10 minutes. Its last lines:\n    oom soon\n    bye\\x1b[0m\n");
}

TEST_F(Words, tell_what_it_used) {
    death_.kind = DeathKind::exited;
    death_.status = 0;
    death_.cause = Cause::itself;
    death_.cpu_user = 2s;
    death_.peak_memory = 64U << 20U;
    EXPECT_EQ(told(),
              "redis-server (pid 812, unit cache.service) exited with code 0 at 12:03:01.512. It had run for 3 d "
              "4 h and used 2.0 s of CPU time, 64.0M of memory at most.\n");
    death_.started = base::Usec(0);
    death_.cpu_user.reset();
    EXPECT_THAT(told(), ::testing::HasSubstr(". It had used 64.0M of memory at most.\n"));
}

TEST_F(Words, tell_who_sent_a_signal) {
    death_.cause = Cause::process;
    death_.sender = {4321, 1};
    death_.sender_command = "kill";
    death_.sender_user = 1000;
    death_.sender_parent = "deploy.sh";
    death_.followed = "failed";
    EXPECT_EQ(told(), "redis-server (pid 812, unit cache.service) was killed by SIGKILL at 12:03:01.512 by pid 4321 "
                      "(kill, user ci), parent deploy.sh. It had run for 3 d 4 h. It was not restarted: its unit has "
                      "failed.\n");
}

TEST_F(Words, say_why_nobody_knows) {
    death_.unknown = "wait(2) does not tell who sent the signal; the kernel's tracepoints would";
    EXPECT_EQ(told(),
              "redis-server (pid 812, unit cache.service) was killed by SIGKILL at 12:03:01.512; by whom is "
              "unknown, because wait(2) does not tell who sent the signal; the kernel's tracepoints would. It had "
              "run for 3 d 4 h.\n");
}

TEST_F(Words, tell_who_asked_the_manager) {
    death_.status = SIGTERM;
    death_.cause = Cause::manager;
    death_.request = "stop asked for by pid 4321 (systemctl)";
    death_.sender = {4321, 1};
    death_.sender_command = "systemctl";
    death_.sender_user = 1000;
    death_.sender_parent = "deploy.sh";
    death_.followed = "stopped";
    EXPECT_EQ(told(),
              "redis-server (pid 812, unit cache.service) was killed by SIGTERM at 12:03:01.512 by the manager: "
              "stop asked for by pid 4321 (systemctl), user ci, parent deploy.sh. It had run for 3 d 4 h. It was "
              "not restarted, for it was to stop.\n");
}

TEST_F(Words, tell_the_managers_own_reasons) {
    death_.cause = Cause::manager;
    death_.request = "its start timed out after 5s";
    EXPECT_THAT(told(), ::testing::HasSubstr("by the manager: its start timed out after 5s. It had run"));
}

TEST_F(Words, tell_of_an_exit) {
    death_.kind = DeathKind::exited;
    death_.status = 3;
    death_.cause = Cause::itself;
    death_.cpu_user = 1500ms;
    death_.followed = "gave up: start-limit-hit";
    EXPECT_EQ(told(),
              "redis-server (pid 812, unit cache.service) exited with code 3 at 12:03:01.512. It had run for 3 d "
              "4 h and used 1.5 s of CPU time. It was not restarted: the manager gave up: start-limit-hit.\n");
}

TEST_F(Words, tell_of_an_exit_that_was_asked_for) {
    death_.kind = DeathKind::exited;
    death_.status = 0;
    death_.cause = Cause::itself;
    death_.request = "stop asked for by pid 4321 (systemctl)";
    death_.started = {};
    EXPECT_EQ(told(),
              "redis-server (pid 812, unit cache.service) exited with code 0 at 12:03:01.512. The manager had told "
              "it to end: stop asked for by pid 4321 (systemctl).\n");
}

TEST_F(Words, tell_of_a_process_of_no_unit_on_another_day) {
    death_.unit = death_.role = "";
    death_.kind = DeathKind::dumped;
    death_.status = SIGSEGV;
    death_.cause = Cause::fault;
    death_.ended.realtime -= 24h;
    death_.started = death_.ended.realtime - 1234ms;
    EXPECT_EQ(told(),
              "redis-server (pid 812) was killed by SIGSEGV, and dumped core, at Sat 2026-11-21 12:03:01.512 by the "
              "kernel: it used memory that is not its own. It had run for 1.2 s.\n");
}

TEST_F(Words, tell_of_a_control_process) {
    death_.role = "control (ExecStartPre)";
    EXPECT_THAT(told(),
                ::testing::StartsWith("redis-server (pid 812, unit cache.service, control (ExecStartPre)) was"));
}

TEST_F(Words, tell_of_an_end_of_which_only_the_fact_is_known) {
    death_.kind = DeathKind::unknown;
    death_.unknown = "it was no child of the manager";
    EXPECT_THAT(told(),
                ::testing::HasSubstr("ended at 12:03:01.512; how is unknown, because it was no child of the manager."));
}

/// The kernel's other reasons.
TEST_F(Words, tell_each_reason_of_the_kernels) {
    struct Case {
        Cause cause;
        int signal;
        char const* limit;
        char const* reason;
        char const* words;
    };
    for (auto const& one : {
             Case{Cause::limit, SIGXCPU, "RLIMIT_CPU=10", "", "it reached RLIMIT_CPU=10."},
             Case{Cause::seccomp, SIGSYS, "", "", "its filter forbids a system call that it made."},
             Case{Cause::seccomp, SIGSYS, "", "its filter forbids ptrace(2)", "its filter forbids ptrace(2)."},
             Case{Cause::pipe, SIGPIPE, "", "", "it wrote to a pipe that nobody reads any more."},
             Case{Cause::terminal, SIGINT, "", "", "a key was pressed at its terminal, or that has gone."},
             Case{Cause::kernel, SIGKILL, "", "its PID namespace ended", "its PID namespace ended."},
             Case{Cause::fault, SIGFPE, "", "", "it divided by zero, or the like."},
             Case{Cause::oom, SIGKILL, "", "", "memory ran out."},
         }) {
        death_.cause = one.cause;
        death_.status = one.signal;
        death_.limit = one.limit;
        death_.reason = one.reason;
        EXPECT_THAT(told(), ::testing::HasSubstr(std::string("by the kernel: ") + one.words)) << one.words;
    }
}

TEST_F(Words, have_no_cause_left_out) {
    for (auto const& cause : base::Names<Cause>::table) {
        death_.cause = cause.value;
        EXPECT_FALSE(whose_doing(death_).empty());
        EXPECT_THAT(told(), ::testing::EndsWith(".\n"));
    }
}

TEST(Spans, are_said_by_their_two_greatest_units) {
    EXPECT_EQ(words_for_span(76h), "3 d 4 h");
    EXPECT_EQ(words_for_span(72h), "3 d");
    EXPECT_EQ(words_for_span(61min), "1 h 1 min");
    EXPECT_EQ(words_for_span(302s), "5 min 2 s");
    EXPECT_EQ(words_for_span(42s), "42 s");
    EXPECT_EQ(words_for_span(1500ms), "1.5 s");
    EXPECT_EQ(words_for_span(100ms), "100 ms");
    EXPECT_EQ(words_for_span(7us), "7 µs");
}

TEST(Ordinals, end_as_people_say_them) {
    EXPECT_EQ(ordinal(1), "1st");
    EXPECT_EQ(ordinal(2), "2nd");
    EXPECT_EQ(ordinal(3), "3rd");
    EXPECT_EQ(ordinal(11), "11th");
    EXPECT_EQ(ordinal(112), "112th");
    EXPECT_EQ(ordinal(21), "21st");
}

} // namespace
} // namespace mitori::cli::detail
