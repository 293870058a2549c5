#include <gmock/gmock.h>
#include <thread>

#include "ledger/reader.hpp"
#include "ledger/sample_deaths.hpp"

namespace mitori::ledger::test {
namespace {

using status::DeathFilter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Query : public LedgerTest {
protected:
    [[nodiscard]] base::Result<void> ask(std::string const& sql) {
        columns_.clear();
        rows_.clear();
        return reader()->sql(sql, {.columns = [&](std::vector<std::string> const& names) { columns_ = names; },
                                   .row = [&](auto cells) { rows_.emplace_back(cells.begin(), cells.end()); }});
    }
    [[nodiscard]] std::string refusal(std::string const& sql) {
        auto const asked = ask(sql);
        return asked ? "was allowed" : asked.error().message();
    }
    std::vector<std::string> columns_;
    std::vector<std::vector<status::Cell>> rows_;
};

TEST_F(Query, finds_all_in_the_order_of_their_ends) {
    add({plain(3), plain(1), plain(2)});
    EXPECT_THAT(pids({}), ElementsAre(1, 2, 3));
}

TEST_F(Query, finds_by_time) {
    add({plain(1), plain(2), plain(3)});
    EXPECT_THAT(pids({.since = noon + 2 * second}), ElementsAre(2, 3));
    EXPECT_THAT(pids({.until = noon + 2 * second}), ElementsAre(1, 2));
}

TEST_F(Query, finds_the_last_ones) {
    add({plain(3), plain(1), plain(2)});
    EXPECT_THAT(pids({.limit = 2}), ElementsAre(2, 3));
    EXPECT_THAT(pids({.limit = 0}), IsEmpty());
}

TEST_F(Query, finds_by_unit_pid_name_and_invocation) {
    auto one = plain(1);
    one.unit = "a.service";
    auto two = plain(2, "other");
    two.invocation = std::string(32, 'c');
    add({one, two});
    EXPECT_THAT(pids({.unit = "a.service"}), ElementsAre(1));
    EXPECT_THAT(pids({.unit = "none.service"}), IsEmpty());
    EXPECT_THAT(pids({.pid = 1002}), ElementsAre(2));
    EXPECT_THAT(pids({.comm = "other"}), ElementsAre(2));
    EXPECT_THAT(pids({.invocation = std::string(32, 'c')}), ElementsAre(2));
}

TEST_F(Query, finds_by_how_it_ended) {
    auto code = plain(2);
    code.status = 3;
    auto core = killed(4, 11);
    core.kind = status::DeathKind::dumped;
    auto oom = killed(5, 9);
    oom.cause = status::Cause::oom;
    add({plain(1), code, killed(3, 9), core, oom});
    EXPECT_THAT(pids({.failed = true}), ElementsAre(2, 3, 4, 5));
    EXPECT_THAT(pids({.any_signal = true}), ElementsAre(3, 4, 5));
    EXPECT_THAT(pids({.signal = 9}), ElementsAre(3, 5));
    EXPECT_THAT(pids({.signal = 3}), IsEmpty()); // an exit code is no signal
    EXPECT_THAT(pids({.oom = true}), ElementsAre(5));
    EXPECT_EQ(reader()->count({.failed = true}), 4U);
}

TEST_F(Query, finds_a_process_and_what_descended_from_it) {
    auto child = plain(2);
    child.parent = plain(1).who;
    auto grandchild = plain(3);
    grandchild.parent = child.who;
    auto same_pid_later = plain(4);
    same_pid_later.parent = {plain(1).who.pid, 99999}; // another process of that pid
    add({plain(1), child, grandchild, plain(5), same_pid_later});
    EXPECT_THAT(pids({.tree = 1002}), ElementsAre(2, 3));
    EXPECT_THAT(pids({.tree = 1001}), ElementsAre(1, 2, 3, 4)); // a pid alone means all that had it
    EXPECT_THAT(pids({.failed = true, .tree = 1001}), IsEmpty());
}

TEST_F(Query, finds_what_came_after_a_number) {
    add({plain(1), plain(2)});
    EXPECT_THAT(pids({.after = 1}), ElementsAre(2));
}

TEST_F(Query, stops_when_enough_was_seen) {
    add({plain(1), plain(2), plain(3)});
    int seen = 0;
    ASSERT_TRUE(reader()->for_each({}, [&](status::Death const&) { return ++seen < 2; }));
    EXPECT_EQ(seen, 2);
}

TEST_F(Query, finds_one_by_its_number) {
    add({plain(1), plain(2)});
    auto const found = reader()->find(2);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->who.pid, 1002);
    EXPECT_FALSE(*reader()->find(7));
}

TEST_F(Query, counts_by_unit) {
    auto one = plain(10);
    one.unit = "a.service";
    one.cpu_user = 2 * second;
    auto two = killed(30, 9);
    two.unit = "a.service";
    two.cpu_user = 5 * second;
    two.cpu_system = 1 * second;
    two.restarted_as = 77;
    add({one, two, plain(50)});
    auto const totals = reader()->totals({}, Reader::By::unit);
    ASSERT_TRUE(totals) << totals.error().message();
    ASSERT_EQ(totals->size(), 2U);
    auto const& a = totals->front();
    EXPECT_EQ(a.name, "a.service");
    EXPECT_EQ(a.deaths, 2U);
    EXPECT_EQ(a.failed, 1U);
    EXPECT_EQ(a.by_signal, 1U);
    EXPECT_EQ(a.restarts, 1U);
    EXPECT_EQ(a.cpu, 8 * second);
    EXPECT_EQ(a.cpu_failed, 6 * second);
    EXPECT_EQ(a.shortest, 10 * second);
    EXPECT_EQ(a.mean_life, 20 * second);
    EXPECT_EQ(a.last, noon + 30 * second);
    EXPECT_EQ(totals->back().name, "");
    auto const names = reader()->totals({.failed = true}, Reader::By::comm);
    ASSERT_EQ(names->size(), 1U);
    EXPECT_EQ(names->front().name, "victim");
}

TEST_F(Query, answers_sql) {
    add({plain(1), killed(2, 9)});
    auto const asked = ask("SELECT comm, count(*) AS n FROM deaths GROUP BY comm ORDER BY 1");
    ASSERT_TRUE(asked) << asked.error().message();
    EXPECT_THAT(columns_, ElementsAre("comm", "n"));
    ASSERT_EQ(rows_.size(), 2U);
    EXPECT_EQ(std::get<std::string>(rows_[0][0]), "true");
    EXPECT_EQ(std::get<std::int64_t>(rows_[0][1]), 1);
}

TEST_F(Query, refuses_sql_that_writes_in_words) {
    add({plain(1)});
    EXPECT_THAT(refusal("DELETE FROM death"), HasSubstr("can only be read; this would delete from death"));
    EXPECT_THAT(refusal("INSERT INTO lost VALUES (1, 2, 'x')"), HasSubstr("insert into lost"));
    EXPECT_THAT(refusal("UPDATE death SET pid = 1"), HasSubstr("update death"));
    EXPECT_THAT(refusal("DROP VIEW deaths"), HasSubstr("can only be read"));
    EXPECT_THAT(refusal("ATTACH '/etc/passwd' AS p"), HasSubstr("attach another file"));
    EXPECT_THAT(refusal("PRAGMA query_only = 0"), HasSubstr("pragma query_only"));
    EXPECT_THAT(refusal("SELECT load_extension('x')"), HasSubstr("call that function"));
    EXPECT_THAT(refusal("WITH x AS (SELECT 1) DELETE FROM death"), HasSubstr("delete from death"));
    EXPECT_THAT(refusal("SELECT 1; DELETE FROM death"), HasSubstr("one statement"));
    EXPECT_THAT(refusal("SELECT no_such FROM deaths"), HasSubstr("no such column"));
    EXPECT_THAT(refusal("  "), HasSubstr("no statement"));
    EXPECT_EQ(all().size(), 1U);
}

TEST_F(Query, sees_what_is_written_meanwhile) {
    add({plain(1)});
    auto const watching = reader();
    ASSERT_TRUE(watching->wait(base::Usec(0))); // begins to watch
    std::thread writer([this] { add({plain(2)}); });
    ASSERT_TRUE(watching->wait(std::chrono::seconds(30)));
    writer.join();
    std::vector<std::int64_t> numbers;
    ASSERT_TRUE(watching->for_each({.after = 1}, [&](status::Death const& death) {
        numbers.push_back(death.number);
        return true;
    }));
    EXPECT_THAT(numbers, ElementsAre(2));
}

TEST_F(Query, reads_a_ledger_that_nobody_writes) {
    add({plain(1)});
    ledger_.reset();
    EXPECT_EQ(all().size(), 1U);
}

} // namespace
} // namespace mitori::ledger::test
