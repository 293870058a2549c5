// What journald 252 made of the same bytes was looked at, one by one: these are its answers.
#include <gtest/gtest.h>
#include <string>
#include <tuple>
#include <vector>

#include "journal/lines.hpp"

namespace {

using namespace mitori::journal;
using namespace std::string_literals;
using namespace std::string_view_literals;

struct Cut {
    std::vector<std::pair<std::string, LineBreak>> lines;
    std::size_t consumed = 0;
};

Cut cut(std::string_view bytes, LineRules const& rules = {}) {
    Cut made;
    made.consumed = split({bytes.data(), bytes.size()}, rules,
                          [&](Line line) { made.lines.emplace_back(std::string(line.text), line.how); });
    return made;
}

using Lines = std::vector<std::pair<std::string, LineBreak>>;

TEST(Split, ends_a_line_at_a_newline) {
    auto const made = cut("one\n\ntwo\n");
    EXPECT_EQ(made.lines, (Lines{{"one", LineBreak::newline}, {"", LineBreak::newline}, {"two", LineBreak::newline}}));
    EXPECT_EQ(made.consumed, 9U);
}

TEST(Split, leaves_an_unfinished_rest_to_the_caller) {
    auto const made = cut("one\ntw");
    EXPECT_EQ(made.lines, (Lines{{"one", LineBreak::newline}}));
    EXPECT_EQ(made.consumed, 4U);
    EXPECT_EQ(cut("").consumed, 0U);
}

TEST(Split, takes_the_rest_when_told_what_ended_it) {
    auto const made = cut("one\ntw", {.rest = LineBreak::eof});
    EXPECT_EQ(made.lines, (Lines{{"one", LineBreak::newline}, {"tw", LineBreak::eof}}));
    EXPECT_EQ(made.consumed, 6U);
    EXPECT_TRUE(cut("", {.rest = LineBreak::pid_change}).lines.empty());
}

TEST(Split, ends_a_line_at_a_nul_byte) {
    auto const made = cut("a\0\0b\0c\n"sv);
    EXPECT_EQ(made.lines,
              (Lines{{"a", LineBreak::nul}, {"", LineBreak::nul}, {"b", LineBreak::nul}, {"c", LineBreak::newline}}));
    EXPECT_EQ(cut("x\n\0"sv).lines, (Lines{{"x", LineBreak::newline}, {"", LineBreak::nul}}));
}

TEST(Split, cuts_a_line_that_is_too_long) {
    EXPECT_EQ(cut("abcdefg\n", {.line_max = 3}).lines,
              (Lines{{"abc", LineBreak::line_max}, {"def", LineBreak::line_max}, {"g", LineBreak::newline}}));
    EXPECT_EQ(cut("abcd", {.line_max = 3}).consumed, 3U);
}

// The newline after exactly as many bytes is an empty line, of which no entry comes.
TEST(Split, cuts_a_line_of_exactly_the_maximum_before_its_newline) {
    EXPECT_EQ(cut("abc\n", {.line_max = 3}).lines, (Lines{{"abc", LineBreak::line_max}, {"", LineBreak::newline}}));
    EXPECT_EQ(cut("abc\0d\n"sv, {.line_max = 3}).lines,
              (Lines{{"abc", LineBreak::line_max}, {"", LineBreak::nul}, {"d", LineBreak::newline}}));
    EXPECT_EQ(cut("ab\0d\n"sv, {.line_max = 3}).lines, (Lines{{"ab", LineBreak::nul}, {"d", LineBreak::newline}}));
}

/// Feeds the bytes in pieces of `step`, each behind what was left of the ones before.
Lines cut_in_pieces(std::string const& bytes, std::size_t step, LineRules const& rules) {
    Lines lines;
    std::string carry;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        carry += bytes.substr(at, step);
        auto made = cut(carry, rules);
        lines.insert(lines.end(), made.lines.begin(), made.lines.end());
        carry.erase(0, made.consumed);
        EXPECT_LT(carry.size(), rules.line_max);
    }
    return lines;
}

TEST(Split, makes_the_same_lines_however_the_bytes_arrive) {
    std::string bytes;
    unsigned seed = 7;
    for (int n = 0; n < 4000; ++n) {
        seed = seed * 1664525U + 1013904223U;
        bytes += "ab\n\0\xff"sv[(seed >> 24U) % 5];
    }
    LineRules const rules{.line_max = 7};
    auto const whole = cut(bytes, rules).lines;
    for (std::size_t const step : {1U, 2U, 3U, 5U, 7U, 64U, 1000U})
        EXPECT_EQ(cut_in_pieces(bytes, step, rules), whole) << step;
}

TEST(Split, loses_no_byte) {
    std::string const bytes = "a\nbb\0ccc\n\n\0dddddddddd"s;
    std::size_t sum = 0;
    auto const consumed = split({bytes.data(), bytes.size()}, {.line_max = 4, .rest = LineBreak::eof}, [&](Line line) {
        bool const breaks = line.how == LineBreak::newline || line.how == LineBreak::nul;
        sum += line.text.size() + (breaks ? 1 : 0);
    });
    EXPECT_EQ(consumed, bytes.size());
    EXPECT_EQ(sum, bytes.size());
}

std::optional<std::pair<std::string, int>> said(std::string_view line, LevelPrefix prefix = LevelPrefix::on) {
    auto const message = read_message(line, prefix, 6);
    if (!message) return std::nullopt;
    return std::pair{std::string(message->text), int{message->level}};
}

using Said = std::optional<std::pair<std::string, int>>;

TEST(ReadMessage, takes_the_level_from_the_prefix) {
    EXPECT_EQ(said("<3>err"), (Said{{"err", 3}}));
    EXPECT_EQ(said("<0>e"), (Said{{"e", 0}}));
    EXPECT_EQ(said("<7>a<3>b"), (Said{{"a<3>b", 7}}));
    EXPECT_EQ(said("<3> x"), (Said{{" x", 3}}));
    EXPECT_EQ(said("<03>e"), (Said{{"e", 3}}));
    EXPECT_EQ(said("<003>e"), (Said{{"e", 3}}));
}

TEST(ReadMessage, leaves_alone_what_is_no_level) {
    for (auto const line : {"<0003>e", "<8>x", "<13>x", "<008>x", "<3x>x", "<>x", "<3", "<1 >x", "<-1>x", " <3>x", "<"})
        EXPECT_EQ(said(line), (Said{{line, 6}})) << line;
}

TEST(ReadMessage, leaves_the_prefix_where_levels_are_not_told_so) {
    EXPECT_EQ(said("<3>x", LevelPrefix::off), (Said{{"<3>x", 6}}));
}

TEST(ReadMessage, makes_nothing_of_an_empty_line) {
    EXPECT_EQ(said(""), std::nullopt);
    EXPECT_EQ(said("<3>"), std::nullopt);
    EXPECT_EQ(said("<3>  "), std::nullopt);
}

TEST(ReadMessage, drops_whitespace_at_the_end_only) {
    EXPECT_EQ(said("  lead trail \t "), (Said{{"  lead trail", 6}}));
    EXPECT_EQ(said("a\rb\r"), (Said{{"a\rb", 6}}));
    EXPECT_EQ(said("x\v"), (Said{{"x\v", 6}}));
    EXPECT_EQ(said("\xff\xfe\x01"), (Said{{"\xff\xfe\x01", 6}}));
}

TEST(ReadMessage, keeps_a_line_of_whitespace_as_it_is) {
    EXPECT_EQ(said("   "), (Said{{"   ", 6}}));
    EXPECT_EQ(said("\r"), (Said{{"\r", 6}}));
}

TEST(LineBreakField, tells_all_but_a_newline) {
    EXPECT_EQ(line_break_field(LineBreak::newline), "");
    EXPECT_EQ(line_break_field(LineBreak::nul), "_LINE_BREAK=nul");
    EXPECT_EQ(line_break_field(LineBreak::line_max), "_LINE_BREAK=line-max");
    EXPECT_EQ(line_break_field(LineBreak::eof), "_LINE_BREAK=eof");
    EXPECT_EQ(line_break_field(LineBreak::pid_change), "_LINE_BREAK=pid-change");
}

} // namespace
