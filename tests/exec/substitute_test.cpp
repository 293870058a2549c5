#include <gmock/gmock.h>

#include "exec/plan.hpp"

namespace mitori::exec {
namespace {

using Words = std::vector<std::string>;

struct Replaced {
    Words words;
    Words missing;
};

Replaced replace(Words const& argv, Words const& environment) {
    Replaced replaced;
    replaced.words = substitute(argv, environment, replaced.missing);
    return replaced;
}

TEST(Substitute, follows_the_example_of_the_manual) {
    Words const environment{"ONE='one'", "TWO='two two' too", "THREE="};
    EXPECT_EQ(replace({"/bin/echo", "${ONE}", "${TWO}", "${THREE}"}, environment).words,
              (Words{"/bin/echo", "'one'", "'two two' too", ""}));
    EXPECT_EQ(replace({"/bin/echo", "$ONE", "$TWO", "$THREE"}, environment).words,
              (Words{"/bin/echo", "one", "two two", "too"}));
}

TEST(Substitute, splits_a_word_that_is_a_variable_alone) {
    EXPECT_EQ(replace({"x", "$OPTIONS"}, {"OPTIONS= -v  --level=3\t"}).words, (Words{"x", "-v", "--level=3"}));
    EXPECT_EQ(replace({"x", "$OPTIONS", "y"}, {"OPTIONS="}).words, (Words{"x", "y"}));
}

TEST(Substitute, replaces_braces_within_a_word_and_never_splits_them) {
    EXPECT_EQ(replace({"x", "--root=${ROOT}/lib:${ROOT}"}, {"ROOT=/srv/a b"}).words,
              (Words{"x", "--root=/srv/a b/lib:/srv/a b"}));
}

TEST(Substitute, does_not_read_what_it_has_put_in) {
    EXPECT_EQ(replace({"x", "${A}"}, {"A=${B}", "B=no"}).words, (Words{"x", "${B}"}));
}

TEST(Substitute, a_dollar_is_written_twice) {
    EXPECT_EQ(replace({"x", "$$HOME", "a$$b", "$$"}, {"HOME=/root"}).words, (Words{"x", "$HOME", "a$b", "$"}));
}

TEST(Substitute, keeps_a_dollar_that_begins_nothing) {
    EXPECT_EQ(replace({"x", "a$HOME", "${HOME", "5$", "s/$/x/"}, {"HOME=/root"}).words,
              (Words{"x", "a$HOME", "${HOME", "5$", "s/$/x/"}));
}

TEST(Substitute, names_the_variables_that_are_not_set) {
    auto const replaced = replace({"x", "$GONE", "a${LOST}b", "${EMPTY}"}, {"EMPTY="});
    EXPECT_EQ(replaced.words, (Words{"x", "ab", ""}));
    EXPECT_EQ(replaced.missing, (Words{"GONE", "LOST"}));
}

TEST(Substitute, knows_a_name_only_as_a_whole) {
    EXPECT_EQ(replace({"x", "${AB}", "${A}"}, {"ABC=1", "A=2"}).words, (Words{"x", "", "2"}));
}

TEST(Substitute, respects_quotes_and_backslashes_in_a_value_that_it_splits) {
    EXPECT_EQ(replace({"x", "$A"}, {R"(A="a b" c\ d 'e\f' "" g"h i"j)"}).words,
              (Words{"x", "a b", "c d", "ef", "", "gh ij"}));
    EXPECT_EQ(replace({"x", "$A"}, {"A=one 'two three"}).words, (Words{"x", "one", "two three"}));
}

} // namespace
} // namespace mitori::exec
