#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/sys.hpp"
#include "journal/store.hpp"
#include "journal/store_fixture.hpp"

namespace mitori::journal::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Appending : public StoreTest, public testing::WithParamInterface<Compact> {
protected:
    Appending() { options_.compact = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Formats, Appending, testing::Values(Compact::yes, Compact::no),
                         [](auto const& format) { return format.param == Compact::yes ? "compact" : "regular"; });
using Store_ = StoreTest;

TEST_P(Appending, what_is_appended_is_read_at_once) {
    open();
    auto const label = make_label({"_SYSTEMD_UNIT=a.service", "_PID=7"});
    ASSERT_TRUE(say("hello", label, {"PRIORITY=6"}));
    auto const entries = read_files(files());
    ASSERT_THAT(entries, SizeIs(1));
    EXPECT_THAT(entries[0].fields, ElementsAre("MESSAGE=hello", "PRIORITY=6", "_PID=7", "_SYSTEMD_UNIT=a.service"));
    EXPECT_EQ(entries[0].realtime, static_cast<std::uint64_t>(now_.realtime.count()));
    EXPECT_EQ(entries[0].monotonic, static_cast<std::uint64_t>(now_.monotonic.count()));
    EXPECT_EQ(store_->last_entry(), 1U);
    expect_clean();
}

TEST_P(Appending, many_entries_of_several_labels_are_all_found_by_their_fields) {
    open();
    auto const a = make_label({"_SYSTEMD_UNIT=a.service", "_HOSTNAME=here"});
    auto const b = make_label({"_SYSTEMD_UNIT=b.service", "_HOSTNAME=here"});
    std::vector<std::string> all;
    std::vector<std::string> of_b;
    for (int n = 0; n < 1000; ++n) {
        all.push_back(fmt::format("line {}", n));
        if (n % 3 == 0) of_b.push_back(all.back());
        ASSERT_TRUE(say(all.back(), n % 3 == 0 ? b : a));
    }
    EXPECT_EQ(messages(read_files(files())), all);
    EXPECT_EQ(messages_with(files(), "_SYSTEMD_UNIT=b.service"), of_b);
    EXPECT_EQ(messages_with(files(), "_HOSTNAME=here"), all);
    EXPECT_THAT(messages_with(files(), "MESSAGE=line 500"), ElementsAre("line 500"));
    EXPECT_THAT(values_of(active(), "_SYSTEMD_UNIT"), ElementsAre("a.service", "b.service"));
    expect_clean();
}

TEST_P(Appending, gathered_entries_are_in_after_the_commit_and_not_before) {
    open();
    auto const label = make_label({"_SYSTEMD_UNIT=a.service"});
    store_->gather();
    std::vector<std::string> all;
    for (int n = 0; n < 500; ++n) {
        all.push_back(fmt::format("line {}", n));
        ASSERT_TRUE(say(all.back(), label));
    }
    EXPECT_EQ(store_->last_entry(), 0U);
    EXPECT_THAT(read_files(files()), IsEmpty());
    ASSERT_TRUE(store_->commit());
    EXPECT_EQ(store_->last_entry(), 500U);
    EXPECT_EQ(messages(read_files(files())), all);
    EXPECT_EQ(messages_with(files(), "_SYSTEMD_UNIT=a.service"), all);
    expect_clean();
}

} // namespace
} // namespace mitori::journal::test
