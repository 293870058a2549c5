// Whatever a field holds comes back as it was; what is no field is refused by name.
#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "journal/store_fixture.hpp"

namespace mitori::journal::test {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Fields : public StoreTest, public testing::WithParamInterface<Compact> {
protected:
    Fields() { options_.compact = GetParam(); }

    /// Appends these, and expects them back, each once.
    void expect_back(std::vector<std::string> fields) {
        std::vector<std::string_view> const views(fields.begin(), fields.end());
        auto const appended = store_->append({.at = tick(), .label = nullptr, .fields = views});
        ASSERT_TRUE(appended.has_value()) << appended.error().message();
        auto const entries = read_files({active()});
        ASSERT_FALSE(entries.empty());
        std::ranges::sort(fields);
        auto const twice = std::ranges::unique(fields);
        fields.erase(twice.begin(), twice.end());
        EXPECT_TRUE(entries.back().fields == fields);
    }
};
INSTANTIATE_TEST_SUITE_P(Formats, Fields, testing::Values(Compact::yes, Compact::no),
                         [](auto const& format) { return format.param == Compact::yes ? "compact" : "regular"; });

TEST_P(Fields, hold_any_bytes_or_none) {
    open();
    expect_back({"EMPTY="});
    expect_back({"BINARY=\0\1\2\xff\n="s, "MESSAGE=a\nb"});
    std::string every = "EVERY=";
    for (int byte = 0; byte < 256; ++byte)
        every += static_cast<char>(byte);
    expect_back({every});
    expect_clean();
}

TEST_P(Fields, may_be_large_whether_they_can_be_compressed_or_not) {
    open();
    expect_back({"LARGE=" + std::string(1U << 20, 'x')});
    std::string noise = "NOISE=";
    for (std::uint64_t n = 1; noise.size() < (1U << 20); n = n * 6364136223846793005U + 1442695040888963407U)
        noise += static_cast<char>(n >> 56);
    expect_back({noise});
    expect_back({"LARGE=" + std::string(1U << 20, 'x')});
    EXPECT_THAT(messages_with({active()}, "LARGE=" + std::string(1U << 20, 'x')), IsEmpty());
    EXPECT_THAT(read_files({active()}), SizeIs(3));
    expect_clean();
}

TEST_P(Fields, of_each_length_around_a_word_come_back) {
    open();
    for (std::size_t length = 0; length <= 40; ++length)
        expect_back({"A=" + std::string(length, 'a')});
    for (std::size_t length = 500; length <= 530; ++length)
        expect_back({"B=" + std::string(length, 'b')});
    expect_clean();
}

TEST_P(Fields, may_be_a_thousand) {
    open();
    std::vector<std::string> fields;
    for (int n = 0; n < 1000; ++n)
        fields.push_back(fmt::format("FIELD_{}=value {}", n, n * 7));
    expect_back(fields);
    expect_back(fields);
    expect_clean();
}

TEST_P(Fields, of_one_name_may_be_several_and_equal_ones_are_one) {
    open();
    expect_back({"A=1", "A=2", "A=1", "MESSAGE=x"});
    expect_back({"A=2", "A=2"});
    auto const label = make_label({"A=1", "B=1", "B=1"});
    ASSERT_TRUE(say("x", label, {"A=1", "B=2"}));
    EXPECT_THAT(read_files({active()}).back().fields, ElementsAre("A=1", "B=1", "B=2", "MESSAGE=x"));
    EXPECT_THAT(values_of(active(), "A"), ElementsAre("1", "2"));
    expect_clean();
}

TEST_P(Fields, that_are_equal_are_stored_once) {
    open();
    store_->gather();
    for (int n = 0; n < 3000; ++n)
        ASSERT_TRUE(say("the same", nullptr, {fmt::format("N={}", n % 5)}));
    ASSERT_TRUE(store_->commit());
    for (int n = 0; n < 100; ++n)
        ASSERT_TRUE(say("the same"));
    EXPECT_THAT(values_of(active(), "MESSAGE"), ElementsAre("the same"));
    EXPECT_THAT(values_of(active(), "N"), SizeIs(5));
    EXPECT_THAT(messages_with({active()}, "N=3"), SizeIs(600));
    EXPECT_THAT(messages_with({active()}, "MESSAGE=the same"), SizeIs(3100));
    expect_clean();
}

TEST_P(Fields, are_refused_by_name_where_it_is_no_name) {
    open();
    for (auto const* const wrong : {"lower=1", "1A=x", "=x", "NOTHING", "A B=1", "\xc3\x84=1"}) {
        std::string_view const field = wrong;
        auto const refused = store_->append({.at = tick(), .label = nullptr, .fields = {&field, 1}});
        ASSERT_FALSE(refused.has_value()) << wrong;
        EXPECT_EQ(refused.error().number, EINVAL);
        EXPECT_FALSE(say("x", make_label({wrong})).has_value());
    }
    auto const name = std::string(65, 'A');
    auto const refused = say("x", nullptr, {name + "=1"});
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().message(), HasSubstr(name));
    EXPECT_TRUE(say("x", nullptr, {std::string(64, 'A') + "=1"}));
    EXPECT_EQ(store_->last_entry(), 1U);
    expect_clean();
}

TEST_P(Fields, none_or_too_many_or_too_large_are_refused_and_nothing_is_in) {
    open();
    EXPECT_EQ(store_->append({.at = tick(), .label = nullptr, .fields = {}}).error().number, EINVAL);
    EXPECT_EQ(say("x", nullptr, std::vector<std::string>(2000, "A=1")).error().number, E2BIG);
    EXPECT_EQ(say(std::string(9U << 20, 'x')).error().number, EMSGSIZE);
    EXPECT_EQ(store_->last_entry(), 0U);
    ASSERT_TRUE(say("still works"));
    EXPECT_THAT(messages(read_files(files())), ElementsAre("still works"));
    expect_clean();
}

TEST_P(Fields, are_as_they_were_after_the_store_was_opened_again) {
    auto const label = make_label({"_SYSTEMD_UNIT=a.service", "B=1"});
    std::vector<std::string> all;
    for (int round = 0; round < 5; ++round) {
        open();
        for (int n = 0; n < 20; ++n) {
            all.push_back(fmt::format("line {}", (n + round) % 30));
            ASSERT_TRUE(say(all.back(), label));
        }
        close();
        expect_clean();
    }
    EXPECT_EQ(messages(read_files(files())), all);
    EXPECT_EQ(messages_with(files(), "_SYSTEMD_UNIT=a.service"), all);
    EXPECT_THAT(files(), SizeIs(1));
}

} // namespace
} // namespace mitori::journal::test
