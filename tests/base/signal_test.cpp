#include <gtest/gtest.h>

#include "base/signal.hpp"

namespace mitori::base {
namespace {

TEST(SignalNames, every_number_reads_back_from_its_name) {
    for (int number = 1; number <= 64; ++number) {
        auto const name = signal_name({number});
        EXPECT_EQ(parse_signal(name), Signal{number}) << name;
    }
}

TEST(SignalNames, are_read_with_and_without_prefix) {
    EXPECT_EQ(parse_signal("SIGTERM"), Signal{SIGTERM});
    EXPECT_EQ(parse_signal("TERM"), Signal{SIGTERM});
    EXPECT_EQ(parse_signal("15"), Signal{15});
    EXPECT_EQ(parse_signal("RTMIN"), Signal{SIGRTMIN});
    EXPECT_EQ(parse_signal("RTMIN+3"), Signal{SIGRTMIN + 3});
    EXPECT_EQ(parse_signal("SIGRTMAX-1"), Signal{SIGRTMAX - 1});
    EXPECT_EQ(parse_signal("POLL"), Signal{SIGIO});
}

TEST(SignalNames, that_are_none_are_refused) {
    for (auto const text : {"", "SIG", "0", "65", "-1", "term", "SIG15", "RTMIN-1", "RTMIN+31", "RTMAX+1", "RTMIN+"})
        EXPECT_EQ(parse_signal(text), std::nullopt) << text;
}

TEST(SignalNames, are_shown_as_systemctl_status_does) {
    EXPECT_EQ(signal_name({SIGKILL}), "KILL");
    EXPECT_EQ(signal_name({SIGIO}), "IO");
    EXPECT_EQ(signal_name({SIGRTMIN}), "RTMIN+0");
    EXPECT_EQ(signal_name({SIGRTMAX}), "RTMIN+30");
    EXPECT_EQ(signal_name({32}), "32"); // glibc's own
}

TEST(SignalSet, holds_what_was_added) {
    SignalSet set;
    EXPECT_FALSE(set.has({SIGHUP}));
    set.add({SIGHUP});
    set.add({64});
    EXPECT_TRUE(set.has({SIGHUP}));
    EXPECT_TRUE(set.has({64}));
    EXPECT_FALSE(set.has({SIGINT}));
    EXPECT_FALSE(set.has({0}));
}

} // namespace
} // namespace mitori::base
