#include <gtest/gtest.h>
#include <random>

#include "manager/notify_message.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;

TEST(NotifyMessage, of_several_lines_says_several_things) {
    auto const message = parse_notify("READY=1\nSTATUS=Serving 3 clients\nMAINPID=4711\nERRNO=2\n");
    EXPECT_TRUE(message.ready);
    EXPECT_EQ(message.status, "Serving 3 clients");
    EXPECT_EQ(message.main_pid, 4711);
    EXPECT_EQ(message.error_number, 2);
    EXPECT_FALSE(message.stopping || message.reloading || message.watchdog);
    EXPECT_EQ(message.notes, "");
}

TEST(NotifyMessage, tells_the_watchdog_s_ping_from_its_trigger) {
    EXPECT_TRUE(parse_notify("WATCHDOG=1").watchdog);
    EXPECT_FALSE(parse_notify("WATCHDOG=1").watchdog_trigger);
    EXPECT_TRUE(parse_notify("WATCHDOG=trigger").watchdog_trigger);
    EXPECT_FALSE(parse_notify("WATCHDOG=trigger").watchdog);
    EXPECT_FALSE(parse_notify("WATCHDOG=0").watchdog);
}

TEST(NotifyMessage, takes_spans_in_microseconds) {
    auto const message = parse_notify("WATCHDOG_USEC=2500000\nEXTEND_TIMEOUT_USEC=1000");
    EXPECT_EQ(message.watchdog_interval, 2500ms);
    EXPECT_EQ(message.extend_timeout, 1ms);
}

TEST(NotifyMessage, names_what_is_no_number_and_reads_the_rest) {
    auto const message = parse_notify("MAINPID=init\nWATCHDOG_USEC=soon\nREADY=1");
    EXPECT_TRUE(message.ready);
    EXPECT_FALSE(message.main_pid);
    EXPECT_FALSE(message.watchdog_interval);
    EXPECT_NE(message.notes.find("MAINPID=\"init\" is no number"), std::string::npos) << message.notes;
    EXPECT_NE(message.notes.find("WATCHDOG_USEC=\"soon\" is no number"), std::string::npos) << message.notes;
}

TEST(NotifyMessage, names_no_main_process_that_cannot_be_one) {
    for (auto const* const text : {"MAINPID=1", "MAINPID=0", "MAINPID=-5", "MAINPID=99999999999999"})
        EXPECT_FALSE(parse_notify(text).main_pid) << text;
}

TEST(NotifyMessage, has_no_negative_spans) {
    EXPECT_FALSE(parse_notify("EXTEND_TIMEOUT_USEC=-1").extend_timeout);
    EXPECT_FALSE(parse_notify("WATCHDOG_USEC=-1").watchdog_interval);
}

TEST(NotifyMessage, lets_a_later_line_win_and_unknown_ones_pass) {
    auto const message = parse_notify("STATUS=a\nX_OWN=1\nnothing\n=\nSTATUS=b=c");
    EXPECT_EQ(message.status, "b=c");
    EXPECT_EQ(message.notes, "");
}

TEST(NotifyMessage, shows_a_status_without_control_bytes) {
    auto const message = parse_notify(std::string_view("STATUS=\x1b[31mred\0x", 14));
    ASSERT_TRUE(message.status);
    for (unsigned char const byte : *message.status)
        EXPECT_GE(byte, 0x20) << *message.status;
}

TEST(NotifyMessage, may_be_any_bytes) {
    std::mt19937 random(1);
    std::string const letters = "READY=1\nMAINPID=WATCHDOG_USEC-9\xff\x00 ";
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (auto size = random() % 60; size > 0; --size)
            text += letters[random() % letters.size()];
        auto const message = parse_notify(text);
        EXPECT_GT(message.main_pid.value_or(2), 1) << text;
        EXPECT_GE(message.extend_timeout.value_or(0us), 0us) << text;
    }
}

} // namespace
} // namespace mitori::manager
