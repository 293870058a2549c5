#include <algorithm>

#include "base/sys.hpp"
#include "witness/live.hpp"

namespace mitori::test {
namespace {

using status::Cause;
using status::DeathKind;

/// A child, known to the witness because it lives before that looks for the first time, and ended by a signal.
struct Ended {
    explicit Ended(int signal) : pid(fork_child([]() -> int { wait_for_signal(); })), live(options()) {
        ::kill(pid, signal);
    }
    static witness::Options options() {
        return {.only = status::Source::pidfd_info, .look_every = std::chrono::milliseconds(20)};
    }
    pid_t pid;
    Live live;
};

bool kernel_tells() {
    pid_t const pid = fork_child([] { return 0; });
    auto const pidfd = base::sys::pidfd_open(pid);
    static_cast<void>(::waitpid(pid, nullptr, 0));
    return pidfd && base::sys::pidfd_wait_status(pidfd->get()).has_value();
}

TEST(Pidfds, tell_how_somebody_ended_who_was_there_before) {
    Ended ended(SIGTERM);
    static_cast<void>(::waitpid(ended.pid, nullptr, 0));
    auto const* death = ended.live.death_of(ended.pid);
    ASSERT_NE(death, nullptr);
    EXPECT_EQ(death->comm, "witness_test");
    EXPECT_EQ(death->executable, *base::sys::read_link("/proc/self/exe"));
    EXPECT_EQ(death->parent.pid, ::getpid());
    EXPECT_EQ(death->cause, Cause::unknown);
    EXPECT_EQ(death->kind, kernel_tells() ? DeathKind::killed : DeathKind::unknown);
    EXPECT_EQ(death->status, kernel_tells() ? SIGTERM : 0);
    EXPECT_NE(death->unknown, "");
}

TEST(Pidfds, find_a_process_that_begins_later_at_the_next_look) {
    Live live(Ended::options());
    ASSERT_NE(live.witness(), nullptr) << live.why_not();
    pid_t const pid = fork_child([]() -> int { wait_for_signal(); });
    live.witness()->drain(); // looks around
    ::kill(pid, SIGKILL);
    static_cast<void>(::waitpid(pid, nullptr, 0));
    EXPECT_NE(live.death_of(pid), nullptr);
}

TEST(Pidfds, wait_for_the_code_until_somebody_has_waited_for_the_process) {
    if (!kernel_tells()) GTEST_SKIP() << "this kernel tells only the parent (Linux 6.15 tells others)";
    Ended ended(SIGKILL);
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(ended.pid), &info, WEXITED | WNOWAIT), 0); // it has ended, and stays
    ended.live.witness()->drain();
    EXPECT_TRUE(std::ranges::none_of(ended.live.deaths(), [&](auto const& d) { return d.who.pid == ended.pid; }));
    static_cast<void>(::waitpid(ended.pid, nullptr, 0));
    auto const* death = ended.live.death_of(ended.pid);
    ASSERT_NE(death, nullptr);
    EXPECT_EQ(death->kind, DeathKind::killed);
    EXPECT_EQ(death->status, SIGKILL);
}

TEST(OpenWitness, says_of_each_better_source_why_it_is_not_the_one) {
    pid_t const pid = fork_child([] {
        if (::geteuid() == 0 && ::setuid(65534) != 0) return 1; // nobody, who may not load anything into the kernel
        auto loop = *loop::open_loop();
        auto const opened = witness::open_witness(*loop, {.died = [](auto) {}, .lost = [](auto, auto const&) {}}, {});
        EXPECT_TRUE(opened) << "there is always one";
        EXPECT_NE(opened->witness->source(), status::Source::bpf);
        EXPECT_TRUE(opened->why_not_better.starts_with("No BPF: ")) << opened->why_not_better;
        EXPECT_TRUE(opened->why_not_better.ends_with(".")) << opened->why_not_better;
        std::fprintf(stderr, "%s\n", opened->why_not_better.c_str());
        return testing::Test::HasFailure() ? 1 : 0;
    });
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
}

} // namespace
} // namespace mitori::test
