// Moments as people type them, beside systemd-analyze where it is there.
#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/sys.hpp"
#include "base/time.hpp"
#include "support/run_command.hpp"

namespace mitori::base {
namespace {

/// A Friday.
constexpr Usec noon{1'700'222'400'000'000 + 500'000}; // 2023-11-17 12:00:00.5 UTC

struct Row {
    char const* text;
    std::int64_t seconds; ///< -1: refused
    std::int64_t micro = 0;
};

class Timestamp : public testing::Test {
protected:
    void SetUp() override {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
    void TearDown() override {
        ::unsetenv("TZ");
        ::tzset();
    }
};

TEST_F(Timestamp, is_read_in_every_form_that_systemd_takes) {
    constexpr std::int64_t now = 1'700'222'400;
    constexpr std::int64_t today = now - 12 * 3600;
    for (auto const& [text, seconds, micro] : std::initializer_list<Row>{
             {"now", now, 500'000},
             {"today", today},
             {"yesterday", today - 86400},
             {"tomorrow", today + 86400},
             {"+3h", now + 3 * 3600, 500'000},
             {"-3h", now - 3 * 3600, 500'000},
             {"-1 week", now - 7 * 86400, 500'000},
             {"10 min ago", now - 600, 500'000},
             {"3h left", now + 3 * 3600, 500'000},
             {"-100y", 0},
             {"@1.5min", 90},
             {"@1700000000.5", 1'700'000'000, 500'000},
             {"11:12", today + 11 * 3600 + 12 * 60},
             {"11:12:13.25", today + 11 * 3600 + 12 * 60 + 13, 250'000},
             {"2012-11-23 11:12:13", 1'353'669'133},
             {"2012-11-23  11:12", 1'353'669'120},
             {"2012-11-23", 1'353'628'800},
             {"12-11-23 1:2:3", 1'353'632'523},
             {"Fri 2012-11-23 11:12:13", 1'353'669'133},
             {"friday 2012-11-23 11:12 UTC", 1'353'669'120},
             {"2012-02-30", 1'330'560'000},
             {"2012-11-23 11:12:60", 1'353'669'180},
             {"today UTC", today},
         }) {
        auto const read = parse_timestamp(text, noon);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(read->count(), seconds * 1'000'000 + micro) << text;
    }
}

TEST_F(Timestamp, is_refused_by_its_text_when_it_is_none) {
    for (auto const* text : {"",
                             " now",
                             "now ",
                             "fri",
                             "1",
                             "12",
                             "-",
                             "+",
                             "@-5",
                             "ago",
                             "yesterday 10:00",
                             "Mon 2012-11-23",
                             "2012-13-01",
                             "2012-11-23 24:00",
                             "2012-11-23 11",
                             "2012-11-23T11:12:13",
                             "69-1-1",
                             "1969-12-31",
                             "99999-01-01",
                             "infinity",
                             "-infinity",
                             "Fri, 2012-11-23",
                             "2012-11-23 11:12.5",
                             "epoch",
                             "now UTC",
                             "2012-11-23 11:12 Middle/Earth"}) {
        auto const read = parse_timestamp(text, noon);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().number, EINVAL) << text;
    }
}

TEST_F(Timestamp, counts_in_local_time_with_its_summer) {
    ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ::tzset();
    EXPECT_EQ(parse_timestamp("2026-07-01 12:00", noon)->count(), 1'782'900'000'000'000);
    EXPECT_EQ(parse_timestamp("2026-12-01 12:00", noon)->count(), 1'796'122'800'000'000);
    EXPECT_EQ(parse_timestamp("2026-12-01 12:00 CET", noon)->count(), 1'796'122'800'000'000);
    EXPECT_EQ(parse_timestamp("2026-12-01 12:00 UTC", noon)->count(), 1'796'126'400'000'000);
    // The day began an hour later than UTC's.
    EXPECT_EQ(parse_timestamp("today", noon)->count(), (1'700'222'400LL - 13 * 3600) * 1'000'000);
}

TEST_F(Timestamp, means_the_same_to_systemd) {
    if (test::run("command -v systemd-analyze").status != 0) GTEST_SKIP() << "needs systemd-analyze (package systemd)";
    for (auto const* text : {"today",
                             "yesterday",
                             "tomorrow",
                             "@1700000000.5",
                             "11:12",
                             "11:12:13.5",
                             "2012-11-23 11:12:13.123",
                             "70-1-1",
                             "12-11-23 1:2:3",
                             "Fri 2012-11-23 11:12:13",
                             "Mon 2012-11-23",
                             "2012-02-30",
                             "2012-11-23 25:00",
                             "2012-11-23 11:12:60",
                             "today UTC",
                             "yesterday 10:00",
                             "fri 2012-11-23",
                             "11:12 utc",
                             "68-1-1",
                             "99-1-1"}) {
        auto const theirs = test::run(fmt::format("LC_ALL=C TZ=UTC systemd-analyze timestamp -- '{}'", text));
        auto const ours = parse_timestamp(text, sys::now_realtime());
        ASSERT_EQ(ours.has_value(), theirs.status == 0) << text << "\n" << theirs.output;
        if (!ours) continue;
        auto const micro = ours->count() % 1'000'000;
        auto const shown =
            fmt::format("@{}{}\n", ours->count() / 1'000'000, micro == 0 ? "" : fmt::format(".{:06}", micro));
        EXPECT_NE(theirs.output.find(shown), std::string::npos) << text << " " << shown << theirs.output;
    }
}

} // namespace
} // namespace mitori::base
