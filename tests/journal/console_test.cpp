#include <array>
#include <gtest/gtest.h>

#include "journal/console.hpp"

namespace {

using namespace mitori::journal;
using namespace std::string_view_literals;
using mitori::base::Stamp;
using mitori::base::Usec;

std::string prefixed(ConsoleLine const& line) {
    std::string text;
    append_prefixed(line, text);
    return text;
}

TEST(Console, writes_a_line_as_foreman_does) {
    EXPECT_EQ(prefixed({.tag = "web.1", .time = "17:45:05", .message = "hello", .tag_width = 10}),
              "17:45:05 web.1      | hello\n");
    EXPECT_EQ(prefixed({.tag = "nginx[12]", .message = "hello"}), "nginx[12] | hello\n");
}

TEST(Console, aligns_by_characters) {
    EXPECT_EQ(prefixed({.tag = "é", .message = "x", .tag_width = 3}), "é   | x\n");
    EXPECT_EQ(prefixed({.tag = "longer", .message = "x", .tag_width = 3}), "longer | x\n");
}

TEST(Console, colours_the_tag_alone) {
    EXPECT_EQ(prefixed({.tag = "web", .time = "12:00:00", .message = "x", .colour = TagColour::cyan}),
              "\033[36m12:00:00 web | \033[0mx\n");
}

TEST(Console, gives_tags_six_colours_in_turn) {
    EXPECT_EQ(colour_of_tag(0), TagColour::cyan);
    EXPECT_EQ(colour_of_tag(5), TagColour::blue);
    EXPECT_EQ(colour_of_tag(6), TagColour::cyan);
    for (std::size_t n = 0; n < 12; ++n)
        EXPECT_NE(colour_of_tag(n), TagColour::none);
}

TEST(Console, prefixes_each_line_of_a_message) {
    EXPECT_EQ(prefixed({.tag = "a", .message = "one\n\ntwo"}), "a | one\na | \na | two\n");
    EXPECT_EQ(prefixed({.tag = "a", .message = ""}), "a | \n");
}

TEST(Console, lets_no_message_drive_the_terminal) {
    EXPECT_EQ(prefixed({.tag = "a", .message = "\033[2Jx\a\r\0\x7f\xff"sv}), "a | \\x1b[2Jx\\a\\r\\x00\\x7f\\xff\n");
    EXPECT_EQ(prefixed({.tag = "\033[2Ja", .message = "x"}), "\\x1b[2Ja | x\n");
    EXPECT_EQ(prefixed({.tag = "a", .message = "\033]0;title\a"}), "a | \\x1b]0;title\\a\n");
    EXPECT_EQ(prefixed({.tag = "a", .message = "\033"}), "a | \\x1b\n");
    EXPECT_EQ(prefixed({.tag = "a", .message = "\033[31"}), "a | \\x1b[31\n");
}

TEST(Console, lets_tabs_colours_and_text_pass) {
    EXPECT_EQ(prefixed({.tag = "a", .message = "\ta\tb 看 \\n \"q\""}), "a | \ta\tb 看 \\n \"q\"\n");
    EXPECT_EQ(prefixed({.tag = "a", .message = "\033[1;31mred\033[0m \033[38:5:1mx"}),
              "a | \033[1;31mred\033[0m \033[38:5:1mx\033[0m\n");
}

TEST(Console, lets_a_colour_end_with_its_line) {
    EXPECT_EQ(prefixed({.tag = "a", .message = "\033[31mred\nplain"}), "a | \033[31mred\033[0m\na | plain\n");
}

TEST(Console, writes_the_bytes_as_they_came) {
    std::string text;
    append_raw("a\033\0\xff"sv, text);
    append_raw("", text);
    EXPECT_EQ(text, "a\033\0\xff\n\n"sv);
}

std::string json(std::vector<std::string> label, std::vector<std::string_view> const& fields) {
    std::string text;
    append_json({.at = {Usec(1700000000000001), Usec(42)}, .label = make_label(std::move(label)), .fields = fields},
                text);
    return text;
}

constexpr auto head = R"({"__REALTIME_TIMESTAMP":"1700000000000001","__MONOTONIC_TIMESTAMP":"42")"sv;

TEST(ConsoleJson, writes_the_names_of_journalctl) {
    EXPECT_EQ(json({"_PID=12", "PRIORITY=6"}, {"MESSAGE=hello"}),
              std::string(head) + ",\"MESSAGE\":\"hello\",\"_PID\":\"12\",\"PRIORITY\":\"6\"}\n");
}

TEST(ConsoleJson, escapes_what_json_must) {
    EXPECT_EQ(json({}, {"MESSAGE=a\"b\\c\n\td 看"}), std::string(head) + R"(,"MESSAGE":"a\"b\\c\n\td 看"})" + "\n");
    EXPECT_EQ(json({}, {"MESSAGE="}), std::string(head) + ",\"MESSAGE\":\"\"}\n");
}

TEST(ConsoleJson, writes_bytes_as_an_array) {
    EXPECT_EQ(json({}, {"MESSAGE=a\rb"}), std::string(head) + ",\"MESSAGE\":[97,13,98]}\n");
    EXPECT_EQ(json({}, {"MESSAGE=\xff"}), std::string(head) + ",\"MESSAGE\":[255]}\n");
    EXPECT_EQ(json({}, {"MESSAGE=\0"sv}), std::string(head) + ",\"MESSAGE\":[0]}\n");
    EXPECT_EQ(json({}, {"MESSAGE=\x7f"}), std::string(head) + ",\"MESSAGE\":[127]}\n");
    EXPECT_EQ(json({}, {"MESSAGE=\xc2\x85"}), std::string(head) + ",\"MESSAGE\":[194,133]}\n");
    EXPECT_EQ(json({}, {"MESSAGE=\xc2\xa0"}), std::string(head) + ",\"MESSAGE\":\"\xc2\xa0\"}\n");
}

TEST(ConsoleJson, writes_a_name_that_comes_again_once) {
    EXPECT_EQ(json({"A=3"}, {"A=1", "B=x", "A=\x01"}), std::string(head) + R"(,"A":["1",[1],"3"],"B":"x"})" + "\n");
}

TEST(ConsoleJson, writes_what_is_no_field_without_harm) {
    EXPECT_EQ(json({}, {"", "NOVALUE"}), std::string(head) + ",\"NOVALUE\":\"\"}\n");
    Entry const nothing{};
    std::string text;
    append_json(nothing, text);
    EXPECT_EQ(text, "{\"__REALTIME_TIMESTAMP\":\"0\",\"__MONOTONIC_TIMESTAMP\":\"0\"}\n");
}

TEST(Console, finds_the_fields_of_an_entry) {
    std::array<std::string_view, 2> const own{"MESSAGE=x", "_COMM=own"};
    Entry const entry{.at = {}, .label = make_label({"_COMM=label", "_PID=7", "_PIDX=8"}), .fields = own};
    EXPECT_EQ(field_of(entry, "MESSAGE"), "x");
    EXPECT_EQ(field_of(entry, "_COMM"), "own");
    EXPECT_EQ(field_of(entry, "_PID"), "7");
    EXPECT_EQ(field_of(entry, "_P"), "");
    EXPECT_EQ(field_of({}, "_PID"), "");
}

TEST(Console, tags_an_entry_by_its_identifier_and_pid) {
    std::array<std::string_view, 1> const own{"SYSLOG_PID=9"};
    auto const label = make_label({"SYSLOG_IDENTIFIER=web", "_COMM=ruby", "_PID=7"});
    EXPECT_EQ(tag_of({.at = {}, .label = label, .fields = own}), "web[9]");
    EXPECT_EQ(tag_of({.at = {}, .label = label, .fields = {}}), "web[7]");
    EXPECT_EQ(tag_of({.at = {}, .label = make_label({"_COMM=ruby"}), .fields = {}}), "ruby");
    EXPECT_EQ(tag_of({}), "");
}

} // namespace
