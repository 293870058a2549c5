#include <array>
#include <gmock/gmock.h>

#include "base/options.hpp"

namespace mitori::base {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::array longs{option{"output", required_argument, nullptr, 'o'},
                           option{"quiet", no_argument, nullptr, 'q'}, option{}};

class Walk : public ::testing::Test {
protected:
    std::vector<std::string_view> walk(std::vector<char const*> words, std::string const& letters = "o:q",
                                       std::size_t most = 100) {
        words.insert(words.begin(), "verb");
        return read_options("mitori verb", words, letters, longs, [&](GivenOption const& given) {
            seen_.push_back(std::string(1, static_cast<char>(given.letter)) + "/" + std::string(given.name) + "/" +
                            std::string(given.value));
            return seen_.size() < most;
        });
    }
    std::vector<std::string> seen_;
};

TEST_F(Walk, tells_options_in_order_and_returns_the_other_words) {
    EXPECT_THAT(walk({"a", "--output", "x", "-q", "b", "-oy", "--", "--quiet"}), ElementsAre("a", "b", "--quiet"));
    EXPECT_THAT(seen_, ElementsAre("o/output/x", "q//", "o//y"));
}

TEST_F(Walk, stops_at_the_first_other_word_where_it_is_told_to) {
    EXPECT_THAT(walk({"-q", "a", "-q"}, "+o:q"), ElementsAre("a", "-q"));
    EXPECT_THAT(seen_, ElementsAre("q//"));
}

TEST_F(Walk, begins_anew_after_one_that_was_broken_off) {
    static_cast<void>(walk({"-qq", "-q"}, "o:q", 1));
    seen_.clear();
    EXPECT_THAT(walk({"-o", "x"}), IsEmpty());
    EXPECT_THAT(seen_, ElementsAre("o//x"));
}

TEST_F(Walk, says_what_is_no_option_in_the_programs_name) {
    ::testing::internal::CaptureStderr();
    static_cast<void>(walk({"--nonsense"}));
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "mitori verb: unrecognized option '--nonsense'\n");
    EXPECT_THAT(seen_, ElementsAre("?//"));
}

TEST_F(Walk, needs_no_words) {
    EXPECT_THAT(read_options("mitori verb", {}, "", std::array{option{}}, [](auto const&) { return true; }), IsEmpty());
}

} // namespace
} // namespace mitori::base
