// What lies aside: the loop goes on meanwhile, and hears of the end.
#include <atomic>
#include <csignal>
#include <gtest/gtest.h>
#include <latch>

#include "loop/aside.hpp"

namespace mitori::loop {
namespace {

struct Lying : ::testing::Test {
    std::unique_ptr<Loop> loop = *open_loop();
    std::unique_ptr<Aside> aside;
};

TEST_F(Lying, aside_keeps_the_loop_waiting_for_nothing) {
    std::latch loop_goes_on(1);
    std::thread::id worker, finisher;
    auto begun = Aside::begin(
        *loop,
        [&] {
            loop_goes_on.wait();
            worker = std::this_thread::get_id();
        },
        [&] {
            finisher = std::this_thread::get_id();
            loop->stop(7);
        });
    ASSERT_TRUE(begun);
    auto const soon = loop->defer([&] { loop_goes_on.count_down(); });
    EXPECT_EQ(loop->run(), 7);
    EXPECT_EQ(finisher, std::this_thread::get_id());
    EXPECT_NE(worker, finisher);
}

TEST_F(Lying, aside_may_be_dropped_when_it_is_over) {
    aside = *Aside::begin(
        *loop, [] {},
        [this] {
            aside.reset();
            loop->stop(0);
        });
    EXPECT_EQ(loop->run(), 0);
}

TEST_F(Lying, aside_is_waited_for_when_it_is_dropped_and_then_not_told_of) {
    std::atomic<bool> worked = false;
    bool told = false;
    aside = *Aside::begin(*loop, [&] { worked = true; }, [&] { told = true; });
    aside.reset();
    EXPECT_TRUE(worked);
    auto const soon = loop->defer([this] { loop->stop(0); });
    EXPECT_EQ(loop->run(), 0);
    EXPECT_FALSE(told);
}

TEST_F(Lying, aside_takes_no_signal) {
    sigset_t mask;
    ::sigemptyset(&mask);
    aside = *Aside::begin(*loop, [&] { ::pthread_sigmask(SIG_SETMASK, nullptr, &mask); }, [] {});
    aside.reset();
    EXPECT_EQ(::sigismember(&mask, SIGTERM), 1);
    EXPECT_EQ(::sigismember(&mask, SIGCHLD), 1);
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    EXPECT_EQ(::sigismember(&mask, SIGCHLD), 0);
}

} // namespace
} // namespace mitori::loop
