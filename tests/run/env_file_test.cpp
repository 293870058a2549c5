#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

} // namespace
} // namespace mitori::run
