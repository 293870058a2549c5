#include <gtest/gtest.h>
#include <string>

#include "base/utf8.hpp"

namespace {

using namespace mitori::base;
using namespace std::string_view_literals;

TEST(Utf8, length_is_that_of_the_first_character) {
    EXPECT_EQ(utf8_length("ab"), 1U);
    EXPECT_EQ(utf8_length("\0"sv), 1U);
    EXPECT_EQ(utf8_length("\x7f"), 1U);
    EXPECT_EQ(utf8_length("é"), 2U);
    EXPECT_EQ(utf8_length("看取り"), 3U);
    EXPECT_EQ(utf8_length("😀x"), 4U);
    EXPECT_EQ(utf8_length(""), 0U);
}

TEST(Utf8, knows_the_first_and_the_last_of_each_length) {
    for (auto const text : {"\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv,
                            "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv})
        EXPECT_EQ(utf8_length(text), text.size());
}

TEST(Utf8, refuses_overlong_forms_surrogates_and_what_lies_beyond) {
    for (auto const text :
         {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv, "\xed\xbf\xbf"sv,
          "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xff"sv})
        EXPECT_EQ(utf8_length(text), 0U);
}

TEST(Utf8, refuses_a_character_that_is_cut_off) {
    for (auto const text : {"\xc3"sv, "\xe7\x9c"sv, "\xf0\x9f\x98"sv, "\xe7\x9c x"sv})
        EXPECT_EQ(utf8_length(text), 0U);
}

TEST(Utf8, tells_where_it_ends) {
    EXPECT_EQ(first_invalid_utf8("a看\xff"), 4U);
    EXPECT_EQ(first_invalid_utf8("a看"), std::nullopt);
    EXPECT_TRUE(is_utf8(""));
    EXPECT_FALSE(is_utf8("\xe7\x9c"));
}

} // namespace
