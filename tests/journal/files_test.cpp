// Which files hold what, by their headers alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sys.hpp"
#include "journal/files.hpp"
#include "journal/grep.hpp"
#include "journal/reader.hpp"
#include "support/sample_journal.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::journal {
namespace {
using testing::IsEmpty;
using testing::SizeIs;

TEST(JournalHead, says_what_is_inside) {
    mitori::test::TemporaryDirectory const folder;
    mitori::test::SampleJournal sample(folder.path());
    for (int i = 0; i < 5; ++i)
        sample.add({"MESSAGE=x"});
    auto const files = list_files(folder.path()).value();
    ASSERT_THAT(files, SizeIs(1));
    auto const head = read_head(files.front()).value();
    EXPECT_EQ(head.entries, 5U);
    EXPECT_EQ(head.first_number + 4, head.last_number);
    EXPECT_EQ(head.last, sample.now().realtime);
    EXPECT_EQ(head.last - head.first, std::chrono::minutes(4));
    EXPECT_TRUE(head.active);
    EXPECT_GT(head.bytes, 0U);
    EXPECT_EQ(head.sequence.size(), 32U);
}

TEST(JournalHead, is_refused_of_what_is_no_journal) {
    mitori::test::TemporaryDirectory const folder;
    ASSERT_TRUE(base::sys::write_file(folder / "a.journal", std::string(500, 'x')));
    ASSERT_TRUE(base::sys::write_file(folder / "b.journal", ""));
    ASSERT_TRUE(base::sys::write_file(folder / "c.txt", ""));
    EXPECT_EQ(read_head(folder / "a.journal").error().number, EBADMSG);
    EXPECT_EQ(read_head(folder / "b.journal").error().number, EBADMSG);
    auto const heads = read_heads(list_files(folder.path()).value());
    EXPECT_THAT(heads.heads, IsEmpty());
    EXPECT_THAT(heads.unreadable, SizeIs(2));
}

TEST(JournalHeads, of_one_writer_are_in_its_order_though_the_clock_went_back) {
    mitori::test::TemporaryDirectory const folder;
    std::vector<std::string> paths;
    auto const append = [&](Store& store, std::int64_t minute) {
        std::string_view const message = "MESSAGE=x";
        base::Stamp const at{base::Usec(minute * 60'000'000), base::sys::now_monotonic()};
        ASSERT_TRUE(store.append({.at = at, .label = nullptr, .fields = {&message, 1}}));
    };
    {
        auto const store = Store::open({.folder = folder.path(), .undo_path = ""}).value();
        append(*store, 1000);
        ASSERT_TRUE(store->rotate());
        append(*store, 500);
        ASSERT_TRUE(store->rotate());
        append(*store, 700);
    }
    auto const heads = read_heads(list_files(folder.path()).value()).heads;
    ASSERT_THAT(heads, SizeIs(3));
    EXPECT_GT(heads[0].first_number, heads[1].last_number);
    EXPECT_GT(heads[1].first_number, heads[2].last_number);
    EXPECT_EQ(heads[2].last, base::Usec(1000LL * 60'000'000));
    // By the numbers all of an older file stands before, whatever its times are.
    EXPECT_TRUE(is_before(heads[2], {heads[0].sequence, heads[0].first_number, heads[0].first}));
    EXPECT_FALSE(is_before(heads[2], {std::string(32, '0'), 1, heads[0].first}));
}

TEST(Cursor, tells_the_place_of_its_entry) {
    auto const place = place_of("s=0123456789abcdef0123456789abcdef;i=1f;b=00;m=2;t=6442ab57023e3;x=1").value();
    EXPECT_EQ(place.sequence, "0123456789abcdef0123456789abcdef");
    EXPECT_EQ(place.number, 31U);
    EXPECT_EQ(place.realtime.count(), 0x6442ab57023e3);
    EXPECT_FALSE(place_of("nonsense"));
}

TEST(Reader, gives_fields_as_they_were_written) {
    mitori::test::TemporaryDirectory const folder;
    mitori::test::SampleJournal sample(folder.path());
    std::string const odd("MESSAGE=a\0b\n\xff", 13);
    sample.add({odd, "EMPTY=", "TWICE=1", "TWICE=2", "LONG=" + std::string(100'000, 'q')});
    auto reader = Reader::open_files(list_files(folder.path()).value()).value();
    ASSERT_TRUE(reader.seek_head());
    ASSERT_TRUE(reader.forward().value());
    auto const entry = reader.read().value();
    EXPECT_EQ(entry.field("MESSAGE"), odd.substr(8));
    EXPECT_EQ(entry.field("LONG").size(), 100'000U);
    EXPECT_THAT(entry.fields, SizeIs(6)); // and the boot
    EXPECT_EQ(entry.realtime, sample.now().realtime);
    EXPECT_EQ(entry.monotonic, sample.now().monotonic);
    EXPECT_EQ(reader.field("NONE").value(), std::nullopt);
    EXPECT_TRUE(reader.is_at(entry.cursor).value());
    EXPECT_FALSE(reader.forward().value());
}

TEST(Grep, minds_the_case_where_a_capital_is_asked_for) {
    EXPECT_EQ(smart_case("error"), Case::insensitive);
    EXPECT_EQ(smart_case("Error"), Case::sensitive);
    auto const grep = Grep::compile("e(rr)+or?", Case::insensitive).value();
    auto const found = grep.find("an ERROR");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->first, 3U);
    EXPECT_EQ(found->second, 8U);
    EXPECT_FALSE(grep.find("none"));
    EXPECT_EQ(Grep::compile("(", Case::sensitive).error().number, EINVAL);
}

} // namespace
} // namespace mitori::journal
