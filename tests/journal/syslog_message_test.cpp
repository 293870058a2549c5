// The answers of journald 252 to the same datagrams, but for RFC 5424, which it does not read.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/syslog_message.hpp"

namespace {

using namespace mitori::journal;
using namespace std::string_view_literals;
using testing::UnorderedElementsAre;

std::vector<std::string> fields(std::string_view datagram) {
    std::vector<std::string> made;
    append_fields(parse_syslog(datagram), made);
    return made;
}

/// The fields without SYSLOG_RAW, which must be the whole datagram.
std::vector<std::string> lossy(std::string_view datagram) {
    auto made = fields(datagram);
    auto const raw = "SYSLOG_RAW=" + std::string(datagram);
    EXPECT_EQ(std::erase(made, raw), 1U) << datagram;
    return made;
}

TEST(Syslog, reads_what_syslog3_sends) {
    EXPECT_THAT(fields("<13>Nov 22 17:45:05 cron[12]: text"),
                UnorderedElementsAre("PRIORITY=5", "SYSLOG_FACILITY=1", "SYSLOG_IDENTIFIER=cron", "SYSLOG_PID=12",
                                     "SYSLOG_TIMESTAMP=Nov 22 17:45:05 ", "MESSAGE=text"));
    EXPECT_THAT(fields("<30>Nov  2  7:45:05 cron: text"),
                UnorderedElementsAre("PRIORITY=6", "SYSLOG_FACILITY=3", "SYSLOG_IDENTIFIER=cron",
                                     "SYSLOG_TIMESTAMP=Nov  2  7:45:05 ", "MESSAGE=text"));
    EXPECT_THAT(
        fields("<13>Nov 22 17:45:05 text"),
        UnorderedElementsAre("PRIORITY=5", "SYSLOG_FACILITY=1", "SYSLOG_TIMESTAMP=Nov 22 17:45:05 ", "MESSAGE=text"));
}

TEST(Syslog, keeps_the_datagram_where_there_is_no_time) {
    EXPECT_THAT(lossy("<13>cron[12]: text"),
                UnorderedElementsAre("PRIORITY=5", "SYSLOG_FACILITY=1", "SYSLOG_IDENTIFIER=cron", "SYSLOG_PID=12",
                                     "MESSAGE=text"));
    EXPECT_THAT(lossy("text alone"), UnorderedElementsAre("PRIORITY=6", "SYSLOG_FACILITY=1", "MESSAGE=text alone"));
    EXPECT_THAT(lossy("<13>Nov 22 17:45:05x: y"),
                UnorderedElementsAre("PRIORITY=5", "SYSLOG_FACILITY=1", "MESSAGE=Nov 22 17:45:05x: y"));
    EXPECT_THAT(lossy("<13>Nov 22 17:45:05 "),
                UnorderedElementsAre("PRIORITY=5", "SYSLOG_FACILITY=1", "MESSAGE=Nov 22 17:45:05"));
}

TEST(Syslog, takes_level_and_facility_apart) {
    EXPECT_THAT(lossy("<191>x: y"), testing::IsSupersetOf({"PRIORITY=7", "SYSLOG_FACILITY=23"}));
    EXPECT_THAT(lossy("<999>x: y"), testing::IsSupersetOf({"PRIORITY=7", "SYSLOG_FACILITY=124"}));
    EXPECT_THAT(lossy("<013>x: y"), testing::IsSupersetOf({"PRIORITY=5", "SYSLOG_FACILITY=1"}));
    EXPECT_THAT(lossy("<0>x: y"), UnorderedElementsAre("PRIORITY=0", "SYSLOG_IDENTIFIER=x", "MESSAGE=y"));
}

TEST(Syslog, leaves_a_priority_that_is_none_in_the_text) {
    EXPECT_THAT(lossy("<1000>x: y"), testing::IsSupersetOf({"PRIORITY=6", "SYSLOG_IDENTIFIER=<1000>x", "MESSAGE=y"}));
    EXPECT_THAT(lossy("<>x: y"), testing::Contains("SYSLOG_IDENTIFIER=<>x"));
    EXPECT_THAT(lossy("<a>x: y"), testing::Contains("SYSLOG_IDENTIFIER=<a>x"));
    EXPECT_THAT(lossy("<13x: y"), testing::Contains("SYSLOG_IDENTIFIER=<13x"));
}

struct Named {
    std::string_view text;
    std::string_view identifier; ///< "-": none
    std::string_view pid;
    std::string_view message;
};

TEST(Syslog, finds_the_identifier_as_journald_does) {
    constexpr Named cases[] = {
        {"<13>: text", "", "-", "text"},
        {"<13>[12]: text", "", "12", "text"},
        {"<13>x[]: text", "x", "", "text"},
        {"<13>x[12]text: y", "x[12]text", "-", "y"},
        {"<13>x[1[2]: y", "x[1", "2", "y"},
        {"<13>x[12: y", "x[12", "-", "y"},
        {"<13>x12]: y", "x12]", "-", "y"},
        {"<13>x[a b]: y", "-", "-", "x[a b]: y"},
        {"<13>x:\ty", "x", "-", "y"},
        {"<13>x:  two", "x", "-", " two"},
        {"<13>x:a", "-", "-", "x:a"},
        {"<13>:y", "-", "-", ":y"},
        {"<13>a::b: y", "a::b", "-", "y"},
        {"<13>  x: a", "x", "-", "a"},
        {"<13>  x y", "-", "-", "  x y"},
        {"<13>x: <3>y", "x", "-", "<3>y"},
        {"<13>x[-1]: y", "x", "-1", "y"},
        {"<13>x[12]:", "x", "12", ""},
        {"<13>Nov 22 17:45:05  x: y", "x", "-", "y"},
        {"<13>Nov 22 17:45:05 host cron[12]: text", "-", "-", "host cron[12]: text"},
        {"\xff\xfe: \x80", "\xff\xfe", "-", "\x80"},
    };
    for (auto const& expected : cases) {
        auto const message = parse_syslog(expected.text);
        EXPECT_EQ(message.identifier.value_or("-"), expected.identifier) << expected.text;
        EXPECT_EQ(message.pid.value_or("-"), expected.pid) << expected.text;
        EXPECT_EQ(message.text, expected.message) << expected.text;
    }
}

TEST(Syslog, keeps_the_datagram_where_whitespace_or_a_nul_was_cut_off) {
    constexpr auto head = "<13>Nov 22 17:45:05 x: "sv;
    for (auto const tail : {"a\n"sv, "a\0"sv, "a \0"sv, "a\0b"sv, "a  "sv}) {
        auto const datagram = std::string(head) + std::string(tail);
        EXPECT_THAT(lossy(datagram), testing::Contains("MESSAGE=a"));
    }
    EXPECT_THAT(lossy("  <13>x: a"), testing::IsSupersetOf({"PRIORITY=5", "SYSLOG_IDENTIFIER=x", "MESSAGE=a"}));
    EXPECT_EQ(parse_syslog("<13>Nov 22 17:45:05 x: two\nlines").raw, "");
}

TEST(Syslog, makes_an_empty_message_of_nothing) {
    for (auto const datagram : {"<13>"sv, "<13> "sv, "   "sv, "\0"sv, "\0\0abc"sv, ""sv})
        EXPECT_EQ(parse_syslog(datagram).text, "") << datagram.size();
    EXPECT_EQ(parse_syslog("\0\0abc"sv).raw, "\0\0abc"sv);
}

TEST(Syslog, reads_rfc5424) {
    EXPECT_THAT(fields("<165>1 2026-11-22T17:45:05.003Z host app 12 ID47 [a@1 b=\"c\"][d e=\"f\"] a message"),
                UnorderedElementsAre("PRIORITY=5", "SYSLOG_FACILITY=20", "SYSLOG_TIMESTAMP=2026-11-22T17:45:05.003Z",
                                     "SYSLOG_HOSTNAME=host", "SYSLOG_IDENTIFIER=app", "SYSLOG_PID=12",
                                     "SYSLOG_MSGID=ID47", "SYSLOG_STRUCTURED_DATA=[a@1 b=\"c\"][d e=\"f\"]",
                                     "MESSAGE=a message"));
    EXPECT_THAT(fields("<13>1 - - - - - -"), UnorderedElementsAre("PRIORITY=5", "SYSLOG_FACILITY=1", "MESSAGE="));
    EXPECT_THAT(fields("<13>1 2026-11-22T17:45:05-03:00 - su - - - 'su root' failed"),
                testing::IsSupersetOf({"SYSLOG_IDENTIFIER=su", "MESSAGE='su root' failed"}));
}

TEST(Syslog, reads_escapes_in_structured_data) {
    auto const message = parse_syslog(R"(<13>1 - - - - - [a b="] \" \] \\" c="[x]"] text)");
    EXPECT_EQ(message.structured_data, R"([a b="] \" \] \\" c="[x]"])");
    EXPECT_EQ(message.text, "text");
}

TEST(Syslog, drops_the_byte_order_mark_and_keeps_the_datagram) {
    EXPECT_THAT(lossy("<13>1 - - a - - - \xef\xbb\xbfmsg"), testing::Contains("MESSAGE=msg"));
}

TEST(Syslog, takes_what_only_looks_like_rfc5424_as_text) {
    for (auto const text : {"1 2026-11-22T17:45:05Z host app 12 ID", "1 yesterday host app 12 ID - text",
                            "1 2026-11-22T17:45:05 host app 12 ID - text", "1 2026-11-22T17:45:05.Z h a 1 I - text",
                            "2 2026-11-22T17:45:05Z host app 12 ID - text", "1 - - - - - [a b=\"c\" text",
                            "1 - - - - - [] text", "1 - - - - - -text", "1 -  - - - - text"}) {
        auto const message = parse_syslog("<13>" + std::string(text));
        EXPECT_EQ(message.hostname, "");
        EXPECT_NE(message.raw, "");
    }
    auto const datagram = "1 - - app - - - no priority before it"sv;
    EXPECT_EQ(parse_syslog(datagram).text, datagram);
}

TEST(Syslog, forwards_as_a_client_would_send) {
    EXPECT_EQ(
        show_syslog(
            {.level = 4, .facility = 3, .local_time = "Nov 22 17:45:05", .identifier = "web", .pid = 7, .text = "hot"}),
        "<28>Nov 22 17:45:05 web[7]: hot");
    EXPECT_EQ(show_syslog({.level = 6, .facility = 1, .local_time = "Nov 22 17:45:05", .text = "x"}),
              "<14>Nov 22 17:45:05 x");
}

TEST(Syslog, reads_back_what_it_forwards) {
    auto const line = show_syslog(
        {.level = 2, .facility = 10, .local_time = "Nov  2 07:45:05", .identifier = "a-b", .pid = 99, .text = "x: y"});
    auto const message = parse_syslog(line);
    EXPECT_EQ(message.level, 2);
    EXPECT_EQ(message.facility, 10);
    EXPECT_EQ(message.identifier, "a-b");
    EXPECT_EQ(message.pid, "99");
    EXPECT_EQ(message.text, "x: y");
    EXPECT_EQ(message.raw, "");
}

} // namespace
