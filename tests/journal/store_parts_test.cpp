// What the store is made of: hashes, the undo record, names and limits.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <numeric>

#include "base/sys.hpp"
#include "journal/detail/folder.hpp"
#include "journal/detail/hash.hpp"
#include "journal/store_fixture.hpp"
#include "journal/undo.hpp"

namespace mitori::journal::test {
namespace {

using namespace detail;
using namespace std::chrono_literals;

constexpr std::uint64_t MiB = 1U << 20;
constexpr std::uint64_t GiB = 1U << 30;

TEST(Hash, siphash_is_its_authors) {
    Id key;
    std::iota(key.begin(), key.end(), std::uint8_t{0});
    std::string text(15, '\0');
    std::iota(text.begin(), text.end(), '\0');
    // Appendix A of the paper.
    EXPECT_EQ(siphash24(text, key), 0xa129ca6149be45e5U);
    EXPECT_EQ(siphash24("", key), 0x726fdb47dd0e0e31U);
}

TEST(Hash, jenkins_is_lookup3) {
    // Of lookup3.c's own test.
    EXPECT_EQ(jenkins_hash("Four score and seven years ago"), 0x17770551ce7226e6U);
    EXPECT_EQ(jenkins_hash(""), 0xdeadbeefdeadbeefU);
}

class UndoTest : public StoreTest {
protected:
    std::array<std::uint64_t, 4> words_{1, 2, 3, 4};
    Id file_{1};
    Id boot_{2};
    std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(words_)); }
    void change(Undo& undo, std::size_t word, std::uint64_t value) {
        undo.note(word * 8, words_[word]);
        words_[word] = value;
    }
};

TEST_F(UndoTest, puts_old_words_back_also_for_who_opens_it_later) {
    {
        auto undo = Undo::open(options_.undo_path);
        ASSERT_TRUE(undo);
        undo->begin(file_, boot_);
        change(*undo, 1, 20);
        change(*undo, 3, 40);
        change(*undo, 1, 200);
    }
    auto undo = Undo::open(options_.undo_path);
    ASSERT_TRUE(undo);
    EXPECT_TRUE(undo->belongs_to(file_, boot_));
    EXPECT_FALSE(undo->belongs_to(boot_, boot_));
    EXPECT_FALSE(undo->belongs_to(file_, file_));
    EXPECT_EQ(undo->count(), 3U);
    ASSERT_TRUE(undo->roll_back(bytes()));
    EXPECT_EQ(words_, (std::array<std::uint64_t, 4>{1, 2, 3, 4}));
    EXPECT_EQ(undo->count(), 0U);
}

TEST_F(UndoTest, keeps_what_was_cleared) {
    auto undo = Undo::open("");
    ASSERT_TRUE(undo);
    undo->begin(file_, boot_);
    change(*undo, 0, 10);
    undo->clear();
    change(*undo, 2, 30);
    ASSERT_TRUE(undo->roll_back(bytes()));
    EXPECT_EQ(words_, (std::array<std::uint64_t, 4>{10, 2, 3, 4}));
}

TEST_F(UndoTest, touches_nothing_where_a_note_points_outside) {
    auto undo = Undo::open("");
    ASSERT_TRUE(undo);
    change(*undo, 0, 10);
    undo->note(32, 0);
    auto const back = undo->roll_back(bytes());
    ASSERT_FALSE(back.has_value());
    EXPECT_EQ(back.error().number, EBADMSG);
    EXPECT_EQ(words_[0], 10U);
}

TEST_F(UndoTest, begins_anew_over_what_is_no_record) {
    ASSERT_TRUE(base::sys::write_file(options_.undo_path, std::string(100000, 'x')));
    auto undo = Undo::open(options_.undo_path);
    ASSERT_TRUE(undo);
    EXPECT_EQ(undo->count(), 0U);
    EXPECT_FALSE(undo->belongs_to(file_, boot_));
}

TEST(DecideLimits, are_journalds_where_nothing_is_said) {
    auto const large = decide_limits({}, {.total = 1000 * GiB, .available = 500 * GiB});
    EXPECT_EQ(large.max_use, 4 * GiB);
    EXPECT_EQ(large.keep_free, 4 * GiB);
    EXPECT_EQ(large.max_file_size, 128 * MiB);
    EXPECT_EQ(large.max_files, 100U);
    auto const small = decide_limits({}, {.total = 100 * MiB, .available = 50 * MiB});
    EXPECT_EQ(small.max_use, 10 * MiB);
    EXPECT_EQ(small.keep_free, 15 * MiB);
    EXPECT_EQ(small.max_file_size, 10 * MiB / 8 / 4096 * 4096);
}

TEST(DecideLimits, that_are_said_stand_but_for_what_cannot_work) {
    auto const said = decide_limits({.max_use = 64 * MiB, .max_file_size = 8 * MiB, .max_files = 5}, {.total = GiB});
    EXPECT_EQ(said.max_use, 64 * MiB);
    EXPECT_EQ(said.max_file_size, 8 * MiB);
    EXPECT_EQ(said.max_files, 5U);
    auto const absurd = decide_limits({.max_use = 1, .max_file_size = 100 * GiB}, {.total = GiB});
    EXPECT_LT(absurd.max_file_size, 4 * GiB);
    EXPECT_GE(absurd.max_use, 2 * absurd.max_file_size);
}

class DecideVacuum : public testing::Test {
protected:
    std::vector<Archived> const three_{{.path = "a", .realtime = 1h, .size = 10 * MiB},
                                       {.path = "b", .realtime = 2h, .size = 10 * MiB},
                                       {.path = "c", .realtime = 3h, .size = 10 * MiB}};
    Limits limits_{.max_use = GiB, .keep_free = 0, .max_files = 100};
    Usage usage_{.active = MiB, .available = GiB, .now = 4h};
};

TEST_F(DecideVacuum, lets_be_what_is_within_the_limits) { EXPECT_EQ(decide_vacuum(three_, limits_, usage_), 0U); }

TEST_F(DecideVacuum, counts_the_active_file_into_the_use) {
    limits_.max_use = 30 * MiB;
    EXPECT_EQ(decide_vacuum(three_, limits_, usage_), 1U);
    usage_.active = 30 * MiB;
    EXPECT_EQ(decide_vacuum(three_, limits_, usage_), 3U);
}

TEST_F(DecideVacuum, goes_by_number_and_by_age) {
    limits_.max_files = 2;
    EXPECT_EQ(decide_vacuum(three_, limits_, usage_), 1U);
    limits_.max_retention = 90min;
    EXPECT_EQ(decide_vacuum(three_, limits_, usage_), 2U);
}

TEST_F(DecideVacuum, frees_for_others_but_keeps_sixteen_mebibytes) {
    limits_.keep_free = 2 * GiB;
    EXPECT_EQ(decide_vacuum(three_, limits_, usage_), 2U);
    limits_.keep_free = GiB + 5 * MiB;
    EXPECT_EQ(decide_vacuum(three_, limits_, usage_), 1U);
}

} // namespace
} // namespace mitori::journal::test
