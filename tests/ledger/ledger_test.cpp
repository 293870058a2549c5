#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/sys.hpp"
#include "ledger/detail/schema.hpp"
#include "ledger/ledger.hpp"
#include "ledger/sample_deaths.hpp"
#include "status/death_text.hpp"

namespace mitori::ledger::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LedgerKeeps : public LedgerTest {};

TEST_F(LedgerKeeps, every_field) {
    add({full(1), full(2)});
    auto const found = all();
    ASSERT_EQ(found.size(), 2U);
    for (int n : {1, 2}) {
        auto expected = full(n);
        expected.number = n;
        EXPECT_EQ(status::show_death(found[static_cast<std::size_t>(n - 1)]), status::show_death(expected));
    }
}

TEST_F(LedgerKeeps, what_is_not_known_as_not_known) {
    status::Death nothing;
    nothing.who.pid = 3;
    nothing.boot = std::string(32, '0');
    add({nothing});
    auto const found = all();
    ASSERT_EQ(found.size(), 1U);
    nothing.number = 1;
    EXPECT_EQ(status::show_death(found.front()), status::show_death(nothing));
    EXPECT_FALSE(found.front().user);
    EXPECT_FALSE(found.front().cpu_user);
}

TEST_F(LedgerKeeps, zero_apart_from_not_known) {
    add({full(1)});
    EXPECT_EQ(all().front().sender_user, uid_t{0});
    EXPECT_EQ(all().front().cpu_system, base::Usec(0));
}

TEST_F(LedgerKeeps, numbers_that_rise_also_after_it_was_opened_again) {
    add({plain(1), plain(2)});
    open();
    EXPECT_EQ(ledger_->last(), 2);
    add({plain(3)});
    EXPECT_EQ(all().back().number, 3);
}

TEST_F(LedgerKeeps, this_boot_where_none_is_told) {
    auto death = plain(1);
    death.boot.clear();
    add({death});
    EXPECT_EQ(all().front().boot, this_boot());
    EXPECT_EQ(this_boot().size(), 32U);
}

TEST_F(LedgerKeeps, one_record_of_what_two_tell_of_one_process) {
    auto first = plain(1);
    first.unit = "a.service";
    auto second = plain(1);
    second.command_line = "a --now";
    second.followed = "restarted";
    add({first, plain(2)});
    add({second});
    auto const found = all();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found.front().unit, "a.service");
    EXPECT_EQ(found.front().command_line, "a --now");
    EXPECT_EQ(found.front().followed, "restarted");
    EXPECT_EQ(found.front().number, 1);
}

TEST_F(LedgerKeeps, two_records_of_a_pid_that_was_used_again) {
    auto again = plain(1);
    again.who.start_ticks += 100;
    auto later = plain(1);
    later.boot = std::string(32, '2');
    add({plain(1), again, later});
    EXPECT_EQ(all().size(), 3U);
}

TEST_F(LedgerKeeps, one_record_where_one_account_does_not_know_the_start) {
    auto first = plain(1);
    first.who.start_ticks = 0;
    auto much_later = first;
    much_later.ended.realtime += 60 * second;
    add({first, plain(1), much_later});
    EXPECT_EQ(all().size(), 2U);
}

TEST_F(LedgerKeeps, what_two_write_in_turn) {
    open();
    auto other = Ledger::open(path(), {.bytes = 0, .age = base::Usec(0)});
    ASSERT_TRUE(other);
    for (int n = 1; n <= 4; ++n) {
        auto const death = plain(n, "name " + std::to_string(n));
        ASSERT_TRUE((n % 2 == 0 ? *other : ledger_)->add(std::span(&death, 1)));
    }
    auto const found = all();
    ASSERT_EQ(found.size(), 4U);
    for (int n = 1; n <= 4; ++n) {
        EXPECT_EQ(found[static_cast<std::size_t>(n - 1)].number, n);
        EXPECT_EQ(found[static_cast<std::size_t>(n - 1)].comm, "name " + std::to_string(n));
    }
}

TEST_F(LedgerKeeps, words_that_are_no_text) {
    auto death = plain(1);
    death.command_line = std::string("a\xff\0b\n", 5);
    add({death});
    EXPECT_EQ(all().front().command_line, death.command_line);
}

TEST_F(LedgerKeeps, what_was_lost) {
    open();
    ASSERT_TRUE(ledger_->add_lost({.at = noon, .count = 17, .why = "the ring was full"}));
    auto const lost = reader()->lost(noon - second);
    ASSERT_TRUE(lost);
    ASSERT_EQ(lost->size(), 1U);
    EXPECT_EQ(lost->front().count, 17U);
    EXPECT_EQ(lost->front().why, "the ring was full");
    EXPECT_THAT(*reader()->lost(noon + second), IsEmpty());
}

TEST_F(LedgerKeeps, command_lines_from_strangers) {
    open();
    struct stat file{};
    ASSERT_EQ(::stat(path().c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 07777U & ~0640U, 0U);
}

class LedgerOfOld : public LedgerTest, public ::testing::WithParamInterface<int> {
protected:
    void take_old_file() {
        auto const old = base::sys::read_file(fmt::format("{}/files/version-{}.sqlite", MITORI_TEST_DATA, GetParam()));
        ASSERT_TRUE(old) << old.error().message();
        ASSERT_TRUE(base::sys::write_file(path(), *old));
    }
    void expect_what_it_holds(std::vector<status::Death> const& found) {
        ASSERT_EQ(found.size(), 3U);
        for (int n : {1, 2, 3}) {
            auto expected = full(n);
            expected.number = n;
            EXPECT_EQ(status::show_death(found[static_cast<std::size_t>(n - 1)]), status::show_death(expected));
        }
    }
};

TEST_P(LedgerOfOld, is_brought_up_to_date_by_a_writer) {
    take_old_file();
    open();
    expect_what_it_holds(all());
    add({full(4)});
    EXPECT_EQ(all().size(), 4U);
}

TEST_P(LedgerOfOld, is_read_as_it_lies) {
    take_old_file();
    expect_what_it_holds(all());
}

// A file of each version is kept for ever.
INSTANTIATE_TEST_SUITE_P(Versions, LedgerOfOld, ::testing::Range(1, static_cast<int>(detail::schema_version) + 1));

class LedgerBound : public LedgerTest {
protected:
    void add_many(int from, int to) {
        std::vector<status::Death> batch;
        for (int n = from; n < to; ++n) {
            batch.push_back(plain(n, "process " + std::to_string(n)));
            if (batch.size() < 500 && n + 1 < to) continue;
            add(batch);
            batch.clear();
        }
    }
    [[nodiscard]] std::int64_t number(std::string const& sql) const {
        std::int64_t found = -1;
        auto const asked = reader()->sql(
            sql, {.columns = [](auto const&) {}, .row = [&](auto cells) { found = std::get<std::int64_t>(cells[0]); }});
        EXPECT_TRUE(asked) << asked.error().message();
        return found;
    }
};

TEST_F(LedgerBound, lets_the_oldest_go_when_it_is_too_big) {
    constexpr std::uint64_t bound = 2U << 20;
    open({.bytes = bound, .age = base::Usec(0)});
    add_many(0, 40000);
    ASSERT_TRUE(ledger_->trim());
    auto const found = all();
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.back().number, 40000);
    EXPECT_GT(found.front().number, 10000);
    EXPECT_EQ(found.back().number - found.front().number + 1, static_cast<std::int64_t>(found.size()));
    ledger_.reset();
    struct stat file{};
    ASSERT_EQ(::stat(path().c_str(), &file), 0);
    EXPECT_LE(static_cast<std::uint64_t>(file.st_size), bound * 5 / 4);
}

TEST_F(LedgerBound, keeps_the_words_of_what_it_keeps) {
    open({.bytes = 8U << 20, .age = base::Usec(0)});
    add_many(0, 160000);
    ASSERT_TRUE(ledger_->trim());
    EXPECT_EQ(number("SELECT count(*) FROM deaths WHERE comm IS NULL OR cause IS NULL OR boot IS NULL"), 0);
    // And lets go those of what it has let go.
    EXPECT_LT(number("SELECT count(*) FROM text"), number("SELECT count(*) FROM death") + 70000);
}

TEST_F(LedgerBound, lets_go_what_is_too_old) {
    open({.bytes = 0, .age = std::chrono::hours(1)});
    auto old = plain(1);
    auto young = plain(2);
    old.ended.realtime = base::sys::now_realtime() - std::chrono::hours(2);
    young.ended.realtime = base::sys::now_realtime();
    add({old, young});
    ASSERT_TRUE(ledger_->trim());
    EXPECT_THAT(pids({}), ElementsAre(2));
}

TEST_F(LedgerBound, never_gives_a_number_twice) {
    open({.bytes = 0, .age = std::chrono::hours(1)});
    add({plain(1), plain(2)}); // both too old
    ASSERT_TRUE(ledger_->trim());
    open({.bytes = 0, .age = std::chrono::hours(1)});
    add({plain(3)});
    EXPECT_EQ(ledger_->last(), 3);
}

TEST_F(LedgerTest, that_cannot_be_opened_says_which) {
    auto const opened = Ledger::open("/proc/nonexistent/ledger.sqlite");
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message(), HasSubstr("/proc/nonexistent/ledger.sqlite"));
    auto const read = Reader::open(path());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().number, ENOENT);
}

} // namespace
} // namespace mitori::ledger::test
