#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dotenv.hpp"

namespace mitori::unit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string shown(Dotenv const& read) {
    std::string text;
    for (auto const& entry : read.entries)
        text += entry.name + "=[" + entry.value + "]\n";
    return text;
}

struct Case {
    char const* what;
    std::string text;
    std::string entries;
};

// Each of these was read by node's foreman 3.0.1, too, with the same result.
TEST(Dotenv, reads_what_foreman_reads_as_foreman_does) {
    Case const cases[] = {
        {"nothing", "", ""},
        {"blank lines and comments", "\n  \n# A=1\n  # B=2\nC=3\n", "C=[3]\n"},
        {"no newline at the end", "A=1", "A=[1]\n"},
        {"lines of another system", "A=1\r\nB=2\r\n", "A=[1]\nB=[2]\n"},
        {"blanks around name and value", "  A = 1  \n", "A=[1]\n"},
        {"blanks within a value", "A=one two\n", "A=[one two]\n"},
        {"an empty value", "AB=\nCD=\"\"\nEF=''\n", "AB=[]\nCD=[]\nEF=[]\n"},
        {"an equals sign within a value", "URL=a=b==\n", "URL=[a=b==]\n"},
        {"a comment after a value", "A=one # two\n", "A=[one]\n"},
        {"a comment after quotes", "A=\"one\" # two\nB='x' #y\n", "A=[one]\nB=[x]\n"},
        {"a hash within quotes", "A=\"a # b\"\nB='#c'\n", "A=[a # b]\nB=[#c]\n"},
        {"the other quotes within quotes", "A=\"it's\"\nB='say \"x\"'\n", "A=[it's]\nB=[say \"x\"]\n"},
        {"blanks within quotes", "A=' a '\nB=\" b \"\n", "A=[ a ]\nB=[ b ]\n"},
        {"backslashes outside double quotes", "A=a\\nb\nB='a\\nb'\n", "A=[a\\nb]\nB=[a\\nb]\n"},
        {"a quote within a bare value", "A=it's\n", "A=[it's]\n"},
        {"dollar signs, which nobody expands", "A=$HOME/${X}\n", "A=[$HOME/${X}]\n"},
        {"dots and dashes in names", "a.b-c=1\n", "a.b-c=[1]\n"},
        {"bytes beyond ASCII", "A=größe\n", "A=[größe]\n"},
    };
    for (auto const& one : cases) {
        SCOPED_TRACE(one.what);
        auto const read = parse_dotenv(one.text, ".env");
        EXPECT_EQ(shown(read), one.entries);
        EXPECT_THAT(read.diagnostics, IsEmpty());
    }
}

TEST(Dotenv, reads_escapes_within_double_quotes_as_rubys_foreman_does) {
    EXPECT_EQ(shown(parse_dotenv("KEY=\"one\\ntwo\"\n", "")), "KEY=[one\ntwo]\n");
    EXPECT_EQ(shown(parse_dotenv(R"(A="say \"x\" \\ \$")", "")), "A=[say \"x\" \\ $]\n");
}

TEST(Dotenv, reads_export_as_shells_do) {
    EXPECT_EQ(shown(parse_dotenv("export A=1\n  export\tB=2\nexport=3\nexported=4\n", "")),
              "A=[1]\nB=[2]\nexport=[3]\nexported=[4]\n");
}

TEST(Dotenv, leaves_out_a_byte_order_mark) {
    EXPECT_EQ(shown(parse_dotenv("\xEF\xBB\xBF"
                                 "A=1\n",
                                 "")),
              "A=[1]\n");
}

std::vector<std::string> messages(std::string const& text) {
    std::vector<std::string> all;
    for (auto const& diagnostic : parse_dotenv(text, "x/.env").diagnostics)
        all.push_back(diagnostic.message());
    return all;
}

TEST(Dotenv, names_the_place_of_what_it_cannot_read) {
    EXPECT_THAT(messages("A=1\n  nothing here\n"),
                ElementsAre("x/.env:2:3: warning: no assignment (NAME=value), ignored"));
    EXPECT_THAT(messages("=1\n"), ElementsAre("x/.env:1:1: warning: \"\" is no name of a variable, ignored"));
    EXPECT_THAT(messages("A B=1\n"), ElementsAre("x/.env:1:2: warning: \"A B\" is no name of a variable, ignored"));
    EXPECT_THAT(messages("A=\"one\n"), ElementsAre("x/.env:1:3: error: this quote is not closed on its line; within "
                                                   "double quotes \\n stands for a newline"));
    EXPECT_THAT(messages("A='one\nB=2\n"), testing::SizeIs(1));
    EXPECT_THAT(messages("A='one' two\n"), ElementsAre("x/.env:1:9: error: text after the closing quote"));
    EXPECT_THAT(messages("A=\xFF\n"), ElementsAre("x/.env:1:3: error: not UTF-8 text, or a NUL byte"));
    EXPECT_THAT(messages(std::string("A=a\0b\n", 6)), ElementsAre("x/.env:1:4: error: not UTF-8 text, or a NUL byte"));
    EXPECT_THAT(messages(" {\"A\": 1}\n"), ElementsAre("x/.env: error: JSON is not read here, only lines NAME=value"));
}

TEST(Dotenv, warns_where_a_hash_cuts_a_value_short) {
    EXPECT_EQ(shown(parse_dotenv("URL=http://x/#top\nC=#fff\n", "")), "URL=[http://x/]\nC=[]\n");
    EXPECT_THAT(messages("URL=http://x/#top\n"),
                ElementsAre("x/.env:1:14: warning: \"#\" ends the value here; put the value in quotes to keep it "
                            "whole"));
}

TEST(Dotenv, of_one_name_the_later_value_counts_in_the_first_place) {
    EnvironmentSetting environment{{"A", "1"}, {"B", "2"}};
    merge_environment(environment, parse_dotenv("C=3\nA=4\nC=5\n", "").entries);
    EXPECT_EQ(environment, (EnvironmentSetting{{"A", "4"}, {"B", "2"}, {"C", "5"}}));
    ASSERT_NE(find_value(environment, "C"), nullptr);
    EXPECT_EQ(*find_value(environment, "C"), "5");
    EXPECT_EQ(find_value(environment, "D"), nullptr);
}

} // namespace
} // namespace mitori::unit
