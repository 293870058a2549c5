#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>

#include "base/sys.hpp"
#include "process/detail/clone.hpp"
#include "process/spawn.hpp"
#include "process/support.hpp"

namespace mitori::process {
namespace {

using namespace testing;
using detail::Features;

/// Each fall-back of spawn.hpp, forced.
class SpawnBy : public ::testing::TestWithParam<Features> {
protected:
    void SetUp() override { detail::set_features(GetParam()); }
    void TearDown() override {
        detail::set_features({});
        EXPECT_TRUE(no_child_left());
    }
};

INSTANTIATE_TEST_SUITE_P(every_method, SpawnBy,
                         ::testing::Values(Features{}, Features{.into_cgroup = false}, Features{.clear_sighand = false},
                                           Features{.pidfd = false}, Features{.clone3 = false},
                                           Features{.clone3 = false, .pidfd = false}, Features{.close_range = false}));

TEST_P(SpawnBy, starts_a_program_and_takes_its_exit) {
    auto child = probe({"exit:42"}).spawn();
    ASSERT_TRUE(child) << child.error().message();
    EXPECT_GE(child->pidfd(), 0);
    auto const exit = child->wait();
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_EQ(exit->kind, ExitKind::exited);
    EXPECT_EQ(exit->status, 42);
    EXPECT_TRUE(exit->at.set());
}

TEST_P(SpawnBy, tells_the_failed_stage_and_leaves_no_child) {
    auto const child = probe({}).cwd("/no/such/place").spawn();
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().stage, Stage::chdir);
    EXPECT_EQ(child.error().error.number, ENOENT);
    EXPECT_EQ(child.error().message(), "chdir /no/such/place: No such file or directory");
}

TEST_P(SpawnBy, the_child_sees_three_descriptors_only) {
    // One that is not close-on-exec, as a careless host program would have it.
    base::Fd const leaky(::open("/dev/null", O_RDONLY));
    EXPECT_EQ(run(probe({"fds"}))["fds"], "0 1 2");
}

void on_signal(int) {}

TEST_P(SpawnBy, handlers_are_reset_and_ignored_signals_too) {
    struct sigaction handler{};
    handler.sa_handler = on_signal;
    struct sigaction before{};
    ::sigaction(SIGUSR1, &handler, &before);
    ::signal(SIGUSR2, SIG_IGN);
    auto const ran = run(probe({"ignored", "blocked"}));
    ::sigaction(SIGUSR1, &before, nullptr);
    ::signal(SIGUSR2, SIG_DFL);
    EXPECT_EQ(ran["ignored"], "0000000000000000");
    EXPECT_EQ(ran["blocked"], "0000000000000000");
}

TEST_P(SpawnBy, the_callers_mask_is_as_before) {
    sigset_t before, after;
    ::sigemptyset(&before);
    ::sigaddset(&before, SIGUSR1);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(run(probe({"blocked"}))["blocked"], "0000000000000000");
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    EXPECT_EQ(::sigismember(&after, SIGUSR1), 1);
    EXPECT_EQ(::sigismember(&after, SIGUSR2), 0);
    ::sigemptyset(&before);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

} // namespace
} // namespace mitori::process
