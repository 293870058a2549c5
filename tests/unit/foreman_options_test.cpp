// A .foreman file: options in a file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/foreman_options.hpp"

namespace mitori::unit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> read(std::string_view text) {
    std::vector<std::string> found;
    for (auto const& option : parse_foreman_options(text).options)
        found.push_back(option.name + "=" + option.value);
    return found;
}

TEST(ForemanOptions, are_names_and_values) {
    EXPECT_THAT(read("---\n# a comment\nport: 7000\n\nformation: web=2,worker=1\r\n  env :  .env,.local  \n"),
                ElementsAre("port=7000", "formation=web=2,worker=1", "env=.env,.local"));
    EXPECT_THAT(read("app_root: here\nempty:\n"), ElementsAre("app-root=here", "empty="));
    EXPECT_THAT(read(""), IsEmpty());
}

TEST(ForemanOptions, may_be_quoted_and_followed_by_comments) {
    EXPECT_THAT(read("a: \"x # y\" # z\nb: 'it: is'\nc: x#y # z\n"), ElementsAre("a=x # y", "b=it: is", "c=x#y"));
}

TEST(ForemanOptions, that_are_none_are_told_by_their_line) {
    auto const found = parse_foreman_options("port 7000\nport:7000\n: x\na: \"open\nb: 'x' y\nport: 1\n");
    EXPECT_THAT(found.wrong, ElementsAre(1, 2, 3, 4, 5));
    ASSERT_EQ(found.options.size(), 1U);
    EXPECT_EQ(found.options.front().line, 6U);
}

} // namespace
} // namespace mitori::unit
