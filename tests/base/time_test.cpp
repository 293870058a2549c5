#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>
#include <vector>

#include "base/time.hpp"

namespace mitori::base {
namespace {

using namespace std::chrono_literals;

struct Span {
    std::string_view written;
    std::int64_t usec;
    std::string_view shown;
};

/// What `systemd-analyze timespan` of systemd 252 says.
std::vector<Span> const spans{
    {"0", 0, "0"},
    {"1", 1'000'000, "1s"},
    {"+5", 5'000'000, "5s"},
    {"1.5", 1'500'000, "1.500000s"},
    {".5", 500'000, "500ms"},
    {"90", 90'000'000, "1min 30s"},
    {"100ms", 100'000, "100ms"},
    {"1500us", 1'500, "1.500ms"},
    {"61.5", 61'500'000, "1min 1.500000s"},
    {"60.5", 60'500'000, "1min 500ms"},
    {"59.999999", 59'999'999, "59.999999s"},
    {"3661", 3'661'000'000, "1h 1min 1s"},
    {"1d 2h", 93'600'000'000, "1d 2h"},
    {"1y", 31'557'600'000'000, "1y"},
    {"1month 3d", 2'889'000'000'000, "1month 3d"},
    {"1M", 2'629'800'000'000, "1month"},
    {"1m", 60'000'000, "1min"},
    {"2h30min", 9'000'000'000, "2h 30min"},
    {"1.5h", 5'400'000'000, "1h 30min"},
    {"1h 1.5", 3'601'500'000, "1h 1.500000s"},
    {"1 2", 3'000'000, "3s"},
    {"5 s", 5'000'000, "5s"},
    {"1 .5", 1'500'000, "1.500000s"},
    {"5 m 3", 303'000'000, "5min 3s"},
    {"1us1", 1'000'001, "1.000001s"},
    {"1\u00b5s", 1, "1us"},
    {"1\u03bcs", 1, "1us"},
    {"0.0000001", 0, "0"},
    {"1hours", 3'600'000'000, "1h"},
    {"2weeks 3days 4hr 5minutes 6.7s", 1'483'506'700'000, "2w 3d 4h 5min 6.700000s"},
    {"infinity", infinity.count(), "infinity"},
    {" infinity ", infinity.count(), "infinity"},
};

TEST(Time, spans_are_read_and_shown_as_systemd_does) {
    for (auto const& span : spans) {
        auto const parsed = parse_span(span.written);
        ASSERT_TRUE(parsed) << span.written << ": " << parsed.error().message();
        EXPECT_EQ(parsed->count(), span.usec) << span.written;
        EXPECT_EQ(show_span(*parsed), span.shown) << span.written;
    }
}

TEST(Time, a_shown_span_reads_back_as_itself) {
    for (std::int64_t usec = 1; usec < 4'000'000'000'000'000; usec = usec * 7 + 3) {
        auto const parsed = parse_span(show_span(Usec(usec)));
        ASSERT_TRUE(parsed) << usec;
        EXPECT_EQ(parsed->count(), usec);
    }
}

TEST(Time, what_is_no_span_is_refused) {
    for (std::string_view const text : {"", " ", "5x", "10 infinity", "1.", "1e3", "1.2.3", "0x10", "1,5", "0infinity",
                                        "infinity 5", "1.-5", "5 ago", "1nsec", "s"}) {
        auto const parsed = parse_span(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().number, EINVAL) << text;
    }
    for (std::string_view const text : {"-1", "1h-1", "600000y", "99999999999999999999", "200000y 200000y"}) {
        auto const parsed = parse_span(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().number, ERANGE) << text;
    }
}

TEST(Time, a_bare_number_counts_in_the_unit_asked_for) {
    EXPECT_EQ(parse_span("5", 1ms), Usec(5'000));
    EXPECT_EQ(parse_span("5s 5", 1ms), Usec(5'005'000));
}

TEST(Time, ages_are_shown_as_systemctl_status_does) {
    std::vector<std::pair<Usec, std::string_view>> const ages{
        {0us, "now"},
        {-1s, "now"},
        {261us, "261us ago"},
        {312ms, "312ms ago"},
        {59s, "59s ago"},
        {60s, "1min 0s ago"},
        {299s, "4min 59s ago"},
        {300s, "5min ago"},
        {3599s, "59min ago"},
        {3600s, "1h 0min ago"},
        {21599s, "5h 59min ago"},
        {21600s, "6h ago"},
        {89999s, "24h ago"},
        {90000s, "1 day 1h ago"},
        {172799s, "1 day 23h ago"},
        {172800s, "2 days ago"},
        {604800s, "1 week 0 days ago"},
        {691200s, "1 week 1 day ago"},
        {2629799s, "4 weeks 2 days ago"},
        {2629800s, "1 month 0 days ago"},
        {2800000s, "1 month 1 day ago"},
        {31557599s, "11 months 30 days ago"},
        {31557600s, "1 year 0 months ago"},
        {63115200s, "2 years 0 months ago"},
    };
    for (auto const& [age, shown] : ages)
        EXPECT_EQ(show_age(age), shown);
}

TEST(Time, adding_to_infinity_stays_infinity) {
    EXPECT_EQ(plus(infinity, 1s), infinity);
    EXPECT_EQ(plus(1s, infinity), infinity);
    EXPECT_EQ(plus(infinity - 1us, 2us), infinity);
    EXPECT_EQ(plus(1s, 2s), 3s);
}

class Timestamps : public testing::Test {
protected:
    Timestamps() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
};

TEST_F(Timestamps, are_local_time_with_weekday_and_zone) {
    EXPECT_EQ(show_timestamp(Usec(1'795'357'111'900'000)), "Sun 2026-11-22 14:18:31 UTC");
    ::setenv("TZ", "CET-1", 1);
    ::tzset();
    EXPECT_EQ(show_timestamp(Usec(1'795'357'111'000'000)), "Sun 2026-11-22 15:18:31 CET");
}

TEST_F(Timestamps, never_is_not_available) {
    EXPECT_EQ(show_timestamp(0us), "n/a");
    EXPECT_EQ(show_timestamp(infinity), "n/a");
}

} // namespace
} // namespace mitori::base
