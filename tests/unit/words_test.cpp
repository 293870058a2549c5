#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/words.hpp"

namespace mitori::unit {
namespace {

using testing::ElementsAre;
using Strings = std::vector<std::string>;

struct Case {
    char const* text;
    Escapes escapes;
    Strings words;
};

TEST(Words, are_split_as_systemd_splits_them) {
    Case const cases[] = {
        {"", Escapes::c, {}},
        {"  \t ", Escapes::c, {}},
        {"a b", Escapes::c, {"a", "b"}},
        {"  a \t b  ", Escapes::c, {"a", "b"}},
        {R"("a b" c)", Escapes::c, {"a b", "c"}},
        {R"('a b' c)", Escapes::c, {"a b", "c"}},
        {R"(FOO="a b" BAR=c)", Escapes::c, {"FOO=a b", "BAR=c"}},
        {R"("FOO=a b"'c d'e)", Escapes::c, {"FOO=a bc de"}},
        {R"("" '')", Escapes::c, {"", ""}},
        {R"("it's" 'say "x"')", Escapes::c, {"it's", "say \"x\""}},
        {R"(a\x20b)", Escapes::c, {"a b"}},
        {R"(a\sb "\n" '\t')", Escapes::c, {"a b", "\n", "\t"}},
        {R"(\101\060)", Escapes::c, {"A0"}},
        {R"(\u00e4 \U0001F600)", Escapes::c, {"\u00e4", "\U0001F600"}},
        {R"(\a\b\f\r\v\\\"\')", Escapes::c, {"\a\b\f\r\v\\\"'"}},
        {R"(\xff)", Escapes::c, {"\xff"}},
        {R"('s/\.x//' \q)", Escapes::c_lenient, {R"(s/\.x//)", R"(\q)"}},
        {R"(end\)", Escapes::c_lenient, {R"(end\)"}},
        {R"(dev-a\x20b.device)", Escapes::keep, {R"(dev-a\x20b.device)"}},
        {R"("a\" b)", Escapes::keep, {R"(a\)", "b"}},
        {R"(a\ b \"c)", Escapes::strip, {"a b", "\"c"}},
    };
    for (auto const& [text, escapes, words] : cases) {
        auto const split = split_words(text, {.escapes = escapes});
        ASSERT_TRUE(split) << text << ": " << split.error().message();
        EXPECT_EQ(*split, words) << text;
    }
}

TEST(Words, that_make_no_sense_are_errors) {
    std::pair<char const*, Escapes> const cases[] = {
        {R"("open)", Escapes::c},  {R"(a 'open)", Escapes::keep}, {R"("open\)", Escapes::c_lenient},
        {R"(end\)", Escapes::c},   {R"(end\)", Escapes::strip},   {R"(\q)", Escapes::c},
        {R"(\x4)", Escapes::c},    {R"(\xzz)", Escapes::c},       {R"(\x00)", Escapes::c},
        {R"(\000)", Escapes::c},   {R"(\400)", Escapes::c},       {R"(\12)", Escapes::c},
        {R"(\u12)", Escapes::c},   {R"(\ud800)", Escapes::c},     {R"(\U00110000)", Escapes::c},
        {R"(\U0000)", Escapes::c}, {R"(\x-1)", Escapes::c},       {R"(\+11)", Escapes::c},
    };
    for (auto const& [text, escapes] : cases)
        EXPECT_FALSE(split_words(text, {.escapes = escapes})) << text;
}

TEST(Words, with_other_separators_may_hold_an_escaped_one) {
    WordRules const rules{.escapes = Escapes::c, .quotes = Quotes::keep, .separators = ":"};
    EXPECT_THAT(*split_words(R"(a:b\:c:"d")", rules), ElementsAre("a", "b:c", "\"d\""));
}

TEST(Words, tell_where_the_next_one_begins) {
    WordReader reader("  one  two");
    EXPECT_EQ(reader.offset(), 2U);
    EXPECT_EQ(*reader.next(), "one");
    EXPECT_EQ(reader.offset(), 7U);
    EXPECT_EQ(reader.rest(), "two");
}

Strings words_of(std::vector<CommandWords> const& commands, std::size_t index) { return commands.at(index).words; }

TEST(Commands, are_separated_by_a_bare_semicolon_only) {
    auto const commands = split_commands(R"(/bin/a 1 ; /bin/b \; ';' a;b ; /bin/c)");
    ASSERT_TRUE(commands);
    ASSERT_EQ(commands->size(), 3U);
    EXPECT_THAT(words_of(*commands, 0), ElementsAre("/bin/a", "1"));
    EXPECT_THAT(words_of(*commands, 1), ElementsAre("/bin/b", ";", ";", "a;b"));
    EXPECT_THAT(words_of(*commands, 2), ElementsAre("/bin/c"));
}

TEST(Commands, may_end_in_a_semicolon) {
    auto const commands = split_commands("/bin/a ;");
    ASSERT_TRUE(commands);
    EXPECT_EQ(commands->size(), 1U);
}

TEST(Commands, keep_unknown_escapes_and_say_so) {
    auto const commands = split_commands(R"(/bin/sed 's/\./x/')");
    ASSERT_TRUE(commands);
    EXPECT_EQ(words_of(*commands, 0).at(1), R"(s/\./x/)");
    EXPECT_TRUE(commands->front().met_unknown_escape);
    EXPECT_FALSE(split_commands(R"(/bin/echo \x41)")->front().met_unknown_escape);
}

TEST(Commands, need_words) {
    EXPECT_FALSE(split_commands(""));
    EXPECT_FALSE(split_commands("/bin/sh -c 'x"));
}

} // namespace
} // namespace mitori::unit
