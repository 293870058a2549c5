#include <climits>
#include <gtest/gtest.h>
#include <string>

#include "init/text.hpp"

namespace mitori::init {
namespace {

std::string shown(long number) {
    Text text;
    text << number;
    return std::string(text.view());
}

TEST(InitText, shows_every_number) {
    for (long const number : {0L, 7L, -7L, 1234567890L, LONG_MAX, LONG_MIN})
        EXPECT_EQ(shown(number), std::to_string(number));
}

TEST(InitText, cuts_off_what_does_not_fit) {
    Text text;
    std::string const part(1000, 'x');
    for (int n = 0; n < 10; ++n)
        text << part;
    EXPECT_GE(text.view().size(), 6000U);
    EXPECT_LT(text.view().size(), 10000U);
    text << 'y';
    EXPECT_EQ(text.view().find('y'), std::string_view::npos);
}

TEST(InitNumbers, are_read_whole_or_not_at_all) {
    int value = -1;
    EXPECT_TRUE(read_number("143", value));
    EXPECT_EQ(value, 143);
    EXPECT_TRUE(read_number(" +8", value));
    EXPECT_EQ(value, 8);
    EXPECT_TRUE(read_number("-1", value));
    EXPECT_EQ(value, -1);
    EXPECT_TRUE(read_number("99999999999999999999", value));
    EXPECT_GT(value, 255);
    for (auto const text : {"", "x", "12x", "0x10", "+", "1 "})
        EXPECT_FALSE(read_number(text, value)) << text;
}

TEST(InitNumbers, begin_a_text_as_atoi_has_it) {
    for (auto const text : {"3", "2x", "abc", "", "-4y", "  5"}) {
        int value = -1;
        EXPECT_EQ(read_leading_number(text, value),
                  std::string_view(text).find_first_of("2345") != std::string_view::npos);
        EXPECT_EQ(value, std::atoi(text)) << text;
    }
}

} // namespace
} // namespace mitori::init
