#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "base/utf8.hpp"
#include "run/env_file.hpp"

namespace mitori::run {
namespace {

using Entries = unit::EnvironmentSetting;

Entries read(Dialect dialect, std::string_view text, Entries const& own = {}) {
    auto const file = parse_env_file(dialect, text, "x.env", own);
    EXPECT_TRUE(file) << (file ? "" : file.error());
    return file ? file->entries : Entries();
}
std::string error(Dialect dialect, std::string_view text) {
    auto const file = parse_env_file(dialect, text, "x.env", {});
    return file ? "(none)" : file.error();
}

// What each tool does with the same lines is told by its documentation: docker run --env-file, systemd.exec(5),
// foreman.
TEST(EnvFile, means_what_its_dialect_says) {
    struct {
        std::string text;
        Entries docker, systemd, dotenv;
    } const cases[] = {
        {"A=1\n# c\nB=2\n", {{"A", "1"}, {"B", "2"}}, {{"A", "1"}, {"B", "2"}}, {{"A", "1"}, {"B", "2"}}},
        {"A=\"a b\"\n", {{"A", "\"a b\""}}, {{"A", "a b"}}, {{"A", "a b"}}},
        {"A='x'\n", {{"A", "'x'"}}, {{"A", "x"}}, {{"A", "x"}}},
        {"A=a # b\n", {{"A", "a # b"}}, {{"A", "a # b"}}, {{"A", "a"}}},
        {"A=a\\\nb\n", {{"A", "a\\"}}, {{"A", "ab"}}, {}},
        {"A=1\nA=2\n", {{"A", "2"}}, {{"A", "2"}}, {{"A", "2"}}},
        {"A=\n", {{"A", ""}}, {{"A", ""}}, {{"A", ""}}},
        {"A=b=c\n", {{"A", "b=c"}}, {{"A", "b=c"}}, {{"A", "b=c"}}},
        {"A=x  \n", {{"A", "x  "}}, {{"A", "x"}}, {{"A", "x"}}},
    };
    for (auto const& one : cases) {
        EXPECT_EQ(read(Dialect::docker, one.text), one.docker) << one.text;
        EXPECT_EQ(read(Dialect::systemd, one.text), one.systemd) << one.text;
        if (!one.dotenv.empty()) {
            EXPECT_EQ(read(Dialect::dotenv, one.text), one.dotenv) << one.text;
        }
    }
}

TEST(EnvFile, of_docker_passes_bare_names_on) {
    EXPECT_EQ(read(Dialect::docker, "HOME\nNOSUCH\n  A=1\n", {{"HOME", "/h"}}), (Entries{{"HOME", "/h"}, {"A", "1"}}));
}

TEST(EnvFile, of_docker_may_end_its_lines_as_windows_does_and_begin_with_a_mark) {
    EXPECT_EQ(read(Dialect::docker, "\xEF\xBB\xBF"
                                    "A=1\r\nB=2"),
              (Entries{{"A", "1"}, {"B", "2"}}));
}

TEST(EnvFile, tells_each_bad_line_by_its_place) {
    EXPECT_EQ(error(Dialect::docker, "=x\nA B=1\nC=1\n"),
              "x.env:1: no name before \"=\"\nx.env:2: \"A B\": a blank in the name; write NAME=value");
    EXPECT_EQ(error(Dialect::docker, std::string_view("A=\0x\n", 5)), "x.env:1: a NUL byte");
    EXPECT_EQ(error(Dialect::docker, "A=\xff\n"), "x.env:1: not UTF-8");
    EXPECT_THAT(error(Dialect::dotenv, "A=\"open\n"), testing::HasSubstr("x.env:1"));
    auto const odd = parse_env_file(Dialect::systemd, "no assignment\nA=1\n", "x.env", {});
    ASSERT_TRUE(odd);
    EXPECT_THAT(odd->remarks, testing::ElementsAre(testing::HasSubstr("x.env:1")));
}

TEST(EnvFile, of_docker_leaves_out_white_space_of_any_kind_at_the_beginning_only) {
    EXPECT_EQ(read(Dialect::docker, "\v\f\u00a0\u2003\u3000A=1\nB\u00a0=2\nC\v=3\n"),
              (Entries{{"A", "1"}, {"B\u00a0", "2"}, {"C\v", "3"}}));
}

std::vector<std::string> split_lines(std::string const& text) {
    std::vector<std::string> lines;
    for (std::istringstream in(text); in.good();)
        std::getline(in, lines.emplace_back());
    return lines;
}

// A file of another kind is wrong in each line; a terminal full of that says no more than the first few.
TEST(EnvFile, says_the_first_few_findings_and_how_many_more_there_are) {
    std::string const long_name(1000, 'x');
    std::string docker, dotenv_errors, ignored;
    for (int i = 0; i < 1000; ++i) {
        docker += long_name + " y=1\n";
        dotenv_errors += "A=\"" + long_name + "\n";
        ignored += long_name + "-\n";
    }
    for (auto const& [dialect, text] : {std::pair(Dialect::docker, docker), {Dialect::dotenv, dotenv_errors}}) {
        auto const lines = split_lines(error(dialect, text));
        ASSERT_EQ(lines.size(), 6U);
        for (int i = 0; i < 5; ++i)
            EXPECT_THAT(lines[static_cast<std::size_t>(i)],
                        testing::StartsWith("x.env:" + std::to_string(i + 1) + ":"));
        EXPECT_EQ(lines[5], "x.env: and 995 more");
        for (auto const& line : lines)
            EXPECT_LT(line.size(), 300U);
    }
    EXPECT_THAT(error(Dialect::docker, docker), testing::HasSubstr("a blank in the name; write NAME=value"));
    for (auto const dialect : {Dialect::systemd, Dialect::dotenv}) {
        auto const odd = parse_env_file(dialect, ignored, "x.env", {});
        ASSERT_TRUE(odd);
        ASSERT_EQ(odd->remarks.size(), 6U);
        EXPECT_THAT(odd->remarks[4], testing::StartsWith("x.env:5:"));
        EXPECT_EQ(odd->remarks[5], "x.env: and 995 more");
    }
}

TEST(EnvFile, cuts_a_long_finding_between_characters) {
    for (int shift = 0; shift < 3; ++shift) {
        std::string name(static_cast<std::size_t>(shift), 'x');
        for (int i = 0; i < 200; ++i)
            name += "看";
        EXPECT_TRUE(base::is_utf8(error(Dialect::docker, name + " y=1")));
    }
}

} // namespace
} // namespace mitori::run
