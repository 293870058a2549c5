#include <chrono>
#include <gtest/gtest.h>

#include "journal/rate_limit.hpp"

namespace {

using namespace mitori::journal;
using namespace std::chrono_literals;
using mitori::base::Usec;

constexpr std::uint64_t mebibyte = 1ULL << 20;
constexpr RateRules rules{.interval = 2s, .burst = 5};

/// One unit, and a clock that the test turns.
struct Limited {
    RateState state{};
    Usec now = 100s;
    std::uint64_t free_space = mebibyte;

    RateVerdict log(std::uint8_t level = 6, RateRules const& by = rules) {
        return decide_rate(state, by, level, now, free_space);
    }
    /// How many of `count` messages pass.
    int passed(int count, std::uint8_t level = 6) {
        int sum = 0;
        for (int n = 0; n < count; ++n)
            sum += log(level).pass ? 1 : 0;
        return sum;
    }
};

TEST(RateLimit, passes_a_burst_and_no_more) {
    Limited unit;
    EXPECT_EQ(unit.passed(5), 5);
    EXPECT_EQ(unit.passed(10), 0);
}

TEST(RateLimit, says_how_many_it_suppressed_with_the_first_one_after_the_interval) {
    Limited unit;
    EXPECT_EQ(unit.passed(12), 5);
    unit.now += 2s + 1us;
    auto const first = unit.log();
    EXPECT_TRUE(first.pass);
    EXPECT_EQ(first.suppressed, 7U);
    EXPECT_EQ(unit.log().suppressed, 0U);
    EXPECT_EQ(unit.passed(10), 3);
}

TEST(RateLimit, begins_its_interval_with_the_first_message) {
    Limited unit;
    static_cast<void>(unit.log());
    unit.now += 1900ms;
    EXPECT_EQ(unit.passed(9), 4);
    unit.now += 100ms; // exactly the interval: not over yet, as with journald
    EXPECT_FALSE(unit.log().pass);
    unit.now += 1us;
    EXPECT_EQ(unit.log().suppressed, 6U);
}

TEST(RateLimit, counts_errors_apart_from_information) {
    Limited unit;
    EXPECT_EQ(unit.passed(9, 6), 5);
    EXPECT_EQ(unit.passed(9, 5), 0); // notice and info are one
    EXPECT_EQ(unit.passed(9, 7), 5);
    EXPECT_EQ(unit.passed(9, 4), 5);
    EXPECT_EQ(unit.passed(9, 3), 5);
    EXPECT_EQ(unit.passed(3, 2), 3);
    EXPECT_EQ(unit.passed(3, 1), 2); // and so are emerg, alert and crit
    EXPECT_EQ(unit.passed(3, 0), 0);
}

TEST(RateLimit, tells_what_each_pool_suppressed_by_itself) {
    Limited unit;
    EXPECT_EQ(unit.passed(8, 6), 5);
    EXPECT_EQ(unit.passed(9, 4), 5);
    unit.now += 3s;
    EXPECT_EQ(unit.log(4).suppressed, 4U);
    EXPECT_EQ(unit.log(6).suppressed, 3U);
}

TEST(RateLimit, lets_everything_through_where_it_is_off) {
    Limited unit;
    for (int n = 0; n < 100; ++n) {
        EXPECT_TRUE(unit.log(6, {.interval = 0s, .burst = 5}).pass);
        EXPECT_TRUE(unit.log(6, {.interval = 2s, .burst = 0}).pass);
    }
}

TEST(RateLimit, forgets_nothing_when_it_is_switched_off) {
    Limited unit;
    EXPECT_EQ(unit.passed(12), 5);
    EXPECT_EQ(unit.log(6, {.interval = 0s, .burst = 5}).suppressed, 7U);
}

TEST(RateLimit, does_not_end_an_interval_without_end) {
    Limited unit;
    RateRules const endless{.interval = mitori::base::infinity, .burst = 1};
    EXPECT_TRUE(unit.log(6, endless).pass);
    unit.now += 1000h;
    EXPECT_FALSE(unit.log(6, endless).pass);
}

TEST(RateLimit, grows_with_the_room_that_there_is) {
    EXPECT_EQ(scaled_burst(100, 0), 100U);
    EXPECT_EQ(scaled_burst(100, mebibyte), 100U);
    EXPECT_EQ(scaled_burst(100, 16 * mebibyte), 200U);
    EXPECT_EQ(scaled_burst(100, 256 * mebibyte), 300U);
    EXPECT_EQ(scaled_burst(100, 4096 * mebibyte), 400U);
    EXPECT_EQ(scaled_burst(100, 65536 * mebibyte), 500U);
    EXPECT_EQ(scaled_burst(100, mebibyte << 20U), 600U);
    EXPECT_GT(scaled_burst(~0U, ~0ULL), scaled_burst(~0U, mebibyte));
}

// journald 252 with a burst of 5 and 1.1 GiB to grow by let 17 of 60 pass.
TEST(RateLimit, passes_as_many_as_journald_did) {
    Limited unit;
    unit.free_space = 1'255'415'808;
    EXPECT_EQ(unit.passed(60), 17);
}

TEST(RateLimit, tells_all_that_was_suppressed_once) {
    Limited unit;
    EXPECT_EQ(suppressed_until(unit.state, rules), 0us);
    EXPECT_EQ(unit.passed(6, 6), 5);
    EXPECT_EQ(suppressed_until(unit.state, rules), 102s);
    unit.now += 1s;
    EXPECT_EQ(unit.passed(7, 3), 5);
    EXPECT_EQ(suppressed_until(unit.state, rules), 103s);
    EXPECT_EQ(take_suppressed(unit.state), 3U);
    EXPECT_EQ(take_suppressed(unit.state), 0U);
    EXPECT_EQ(suppressed_until(unit.state, rules), 0us);
    unit.now += 5s;
    EXPECT_EQ(unit.log(6).suppressed, 0U);
}

TEST(RateLimit, decides_the_same_in_a_replay) {
    Limited first;
    static_cast<void>(first.passed(8));
    Limited second = first;
    for (int n = 0; n < 50; ++n) {
        first.now = second.now += 100ms;
        auto const a = first.log();
        auto const b = second.log();
        EXPECT_EQ(a.pass, b.pass);
        EXPECT_EQ(a.suppressed, b.suppressed);
    }
}

TEST(RateLimit, speaks_as_journald) {
    EXPECT_EQ(suppressed_text(44, "foo.service"), "Suppressed 44 messages from foo.service");
}

} // namespace
