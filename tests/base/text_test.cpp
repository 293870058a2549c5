#include <cerrno>
#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "base/text.hpp"

namespace mitori::base {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Text, trim_takes_blanks_from_both_ends_only) {
    EXPECT_EQ(trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(trim(" \n"), "");
    EXPECT_EQ(trim(""), "");
}

TEST(Text, split_gives_no_empty_pieces) {
    EXPECT_THAT(split("  a  b\tc\n"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(split(":a::b:", ":"), ElementsAre("a", "b"));
    EXPECT_THAT(split("   "), IsEmpty());
    EXPECT_THAT(split("abc"), ElementsAre("abc"));
}

TEST(Text, join_puts_the_separator_between) {
    EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
    EXPECT_EQ(join({}, ", "), "");
}

TEST(Text, booleans_are_systemds_words_in_any_case) {
    for (auto const text : {"1", "yes", "Y", "TRUE", "t", "On"})
        EXPECT_EQ(parse_boolean(text), true) << text;
    for (auto const text : {"0", "no", "N", "False", "f", "OFF"})
        EXPECT_EQ(parse_boolean(text), false) << text;
    for (auto const text : {"", "2", "ye", "yes ", "enabled"})
        EXPECT_EQ(parse_boolean(text), std::nullopt) << text;
}

TEST(Text, a_number_is_whole_or_it_is_none) {
    EXPECT_EQ(parse_integer<int>("-17"), -17);
    EXPECT_EQ(parse_integer<unsigned>("0755", 8), 0755U);
    for (auto const text : {"", "1 ", " 1", "1x", "99999999999"})
        EXPECT_EQ(parse_integer<int>(text), std::nullopt) << text;
    EXPECT_EQ(parse_integer<unsigned>("-1"), std::nullopt);
}

TEST(Size, is_read_with_factors_of_1024) {
    EXPECT_EQ(parse_size("1024"), 1024U);
    EXPECT_EQ(parse_size("64K"), 65'536U);
    EXPECT_EQ(parse_size("1.5G"), 1'610'612'736U);
    EXPECT_EQ(parse_size("1G 500M"), (1ULL << 30U) + (500ULL << 20U));
    EXPECT_EQ(parse_size("2K500"), 2548U);
    EXPECT_EQ(parse_size("2 K"), 2048U);
    EXPECT_EQ(parse_size("7B"), 7U);
    EXPECT_EQ(parse_size("15E"), 15ULL << 60U);
    EXPECT_EQ(parse_size("infinity"), std::numeric_limits<std::uint64_t>::max());
}

TEST(Size, that_is_none_is_refused) {
    for (auto const text : {"", "K", "1X", "1M 1G", "1K 1K", "500 1", "1.2.3", "1Ki", "0x10", "1 infinity"}) {
        auto const size = parse_size(text);
        ASSERT_FALSE(size) << text;
        EXPECT_EQ(size.error().number, EINVAL) << text;
    }
    for (auto const text : {"-1", "16E", "18446744073709551616", "15E 1024P"}) {
        auto const size = parse_size(text);
        ASSERT_FALSE(size) << text;
        EXPECT_EQ(size.error().number, ERANGE) << text;
    }
}

TEST(Size, is_shown_with_one_decimal_cut_off) {
    EXPECT_EQ(show_size(0), "0B");
    EXPECT_EQ(show_size(1023), "1023B");
    EXPECT_EQ(show_size(1024), "1.0K");
    EXPECT_EQ(show_size(12'898'303), "12.2M");
    EXPECT_EQ(show_size(12'898'304), "12.3M");
    EXPECT_EQ(show_size((1ULL << 20U) - 1), "1023.9K");
    EXPECT_EQ(show_size(15ULL << 60U), "15.0E");
    EXPECT_EQ(show_size(std::numeric_limits<std::uint64_t>::max()), "infinity");
}

TEST(Nearest, finds_the_word_that_was_meant) {
    std::vector<std::string_view> const known{"Restart", "RestartSec", "ExecStart", "ExecStartPre", "User", "Nice"};
    EXPECT_EQ(nearest("Restrat", known), "Restart");
    EXPECT_EQ(nearest("restartsec", known), "RestartSec");
    EXPECT_EQ(nearest("ExecStat", known), "ExecStart");
    EXPECT_EQ(nearest("Usre", known), "User");
    EXPECT_EQ(nearest("Nce", known), "Nice");
}

TEST(Nearest, does_not_guess_wildly) {
    std::vector<std::string_view> const known{"Restart", "User", "no"};
    EXPECT_EQ(nearest("MemoryMax", known), std::nullopt);
    EXPECT_EQ(nearest("Usage", known), std::nullopt);
    EXPECT_EQ(nearest("x", known), std::nullopt);
    EXPECT_EQ(nearest("", known), std::nullopt);
    EXPECT_EQ(nearest("User", {}), std::nullopt);
}

TEST(Quote, leaves_plain_words_bare) {
    for (std::string_view const word : {"/usr/sbin/nginx", "--port=80", "a_b.c,d", "user@1", "x:y"})
        EXPECT_EQ(quote(word), word);
}

TEST(Quote, wraps_what_would_be_read_otherwise) {
    EXPECT_EQ(quote(""), "\"\"");
    EXPECT_EQ(quote("daemon on;"), "\"daemon on;\"");
    EXPECT_EQ(quote("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(quote("a\nb\x1b"), R"("a\nb\x1b")");
    EXPECT_EQ(quote("$HOME"), "\"$HOME\"");
    EXPECT_EQ(quote("'"), "\"'\"");
}

TEST(Printable, lets_no_byte_drive_the_terminal) {
    EXPECT_EQ(printable("gr\u00fc\u00df \u770b\u53d6\u308a"), "gr\u00fc\u00df \u770b\u53d6\u308a");
    EXPECT_EQ(printable("\x1b[2J\a\t\x7f"), R"(\x1b[2J\a\t\x7f)");
    EXPECT_EQ(printable("\u0085\u009b"), R"(\xc2\x85\xc2\x9b)");
    EXPECT_EQ(printable("\u202e"), R"(\xe2\x80\xae)");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), R"(a\x00b)");
}

TEST(Printable, escapes_what_is_no_utf8) {
    EXPECT_EQ(printable("\xff"), R"(\xff)");
    EXPECT_EQ(printable("\xc0\x80"), R"(\xc0\x80)");         // overlong
    EXPECT_EQ(printable("\xe0\x80\x80"), R"(\xe0\x80\x80)"); // overlong
    EXPECT_EQ(printable("\xed\xa0\x80"), R"(\xed\xa0\x80)"); // surrogate
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), R"(\xf4\x90\x80\x80)");
    EXPECT_EQ(printable("a\xe7\x9c"), R"(a\xe7\x9c)"); // cut short
}

TEST(Text, columns_count_characters_not_bytes) {
    EXPECT_EQ(columns("gr\u00fc\u00df"), 4U);
    EXPECT_EQ(columns(""), 0U);
}

TEST(Text, globs_match_as_a_shell_does) {
    EXPECT_TRUE(glob_match("ngi*.service", "nginx.service"));
    EXPECT_TRUE(glob_match("[a-c]?", "bx"));
    EXPECT_FALSE(glob_match("nginx", "nginx.service"));
}

} // namespace
} // namespace mitori::base
