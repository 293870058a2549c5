#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "procfs/lineage.hpp"
#include "procfs/rates.hpp"

namespace mitori::procfs {
namespace {
using testing::ElementsAre;
using testing::UnorderedElementsAre;

Row row(pid_t pid, pid_t parent, pid_t group, pid_t session, std::uint64_t start = 0) {
    Row made;
    made.pid = made.thread = pid;
    made.parent = parent;
    made.group = group;
    made.session = session;
    made.state = 'S';
    made.start_ticks = start == 0 ? static_cast<std::uint64_t>(pid) : start;
    return made;
}

TEST(Lineage, knows_children_roots_and_all_below) {
    std::vector<Row> const rows{row(1, 0, 1, 1), row(5, 1, 5, 5), row(6, 5, 5, 5), row(7, 5, 5, 5), row(9, 6, 5, 5)};
    Lineage const lineage(rows);
    EXPECT_THAT(lineage.roots(), ElementsAre(0));
    EXPECT_THAT(lineage.children(1), ElementsAre(2, 3));
    EXPECT_THAT(lineage.below(1), UnorderedElementsAre(1, 2, 3, 4));
    EXPECT_TRUE(lineage.is_below(4, 1));
    EXPECT_FALSE(lineage.is_below(3, 2));
    EXPECT_EQ(lineage.find(8), Lineage::npos);
}

TEST(Lineage, does_not_believe_in_a_parent_that_is_younger) {
    std::vector<Row> const rows{row(5, 9, 5, 5, 100), row(9, 1, 9, 9, 200)};
    EXPECT_THAT(Lineage(rows).roots(), ElementsAre(0, 1)) << "9 has come again since 5 was read";
}

TEST(Lineage, survives_rows_that_go_in_circles) {
    std::vector<Row> const rows{row(5, 6, 5, 5, 1), row(6, 5, 5, 5, 1)};
    Lineage const lineage(rows);
    EXPECT_LE(lineage.below(0).size(), 3U);
    EXPECT_FALSE(lineage.is_below(0, 7));
}

TEST(Descent, of_a_child_in_its_parents_session_is_by_birth) {
    std::vector<Row> const rows{row(1, 0, 1, 1), row(5, 1, 5, 5), row(6, 5, 6, 5)};
    Lineage const lineage(rows);
    EXPECT_EQ(lineage.descent(1), Descent::born) << "it leads its session: by setsid";
    EXPECT_EQ(lineage.descent(2), Descent::born);
}

TEST(Descent, of_one_left_behind_by_its_parent_is_by_adoption) {
    std::vector<Row> const rows{row(1, 0, 1, 1), row(5, 1, 5, 5), row(8, 1, 7, 5), row(9, 1, 4, 3)};
    Lineage const lineage(rows);
    EXPECT_EQ(lineage.descent(2), Descent::unclear) << "the leader of its session has the same parent: CLONE_PARENT?";
    EXPECT_EQ(lineage.descent(3), Descent::adopted) << "nobody in its session can have made it";
}

TEST(Descent, shows_a_subreaper_but_not_in_init) {
    std::vector<Row> const rows{row(1, 0, 1, 1), row(5, 1, 5, 5), row(8, 5, 7, 3), row(9, 1, 4, 3)};
    Lineage const lineage(rows);
    EXPECT_TRUE(lineage.is_subreaper(1));
    EXPECT_FALSE(lineage.is_subreaper(0));
    auto inside = rows;
    inside[1].pids_inside = {5, 1};
    EXPECT_FALSE(Lineage(inside).is_subreaper(1)) << "it is the init of a pid namespace";
}

TEST(OrphanedGroup, has_no_parent_left_in_its_session) {
    std::vector<Row> rows{row(1, 0, 1, 1), row(5, 1, 5, 5), row(6, 5, 6, 5), row(7, 6, 6, 5)};
    EXPECT_FALSE(is_orphaned_group(Lineage(rows), rows, 6)) << "5, the shell, is of its session";
    rows[2].parent = 1;
    EXPECT_TRUE(is_orphaned_group(Lineage(rows), rows, 6));
}

TEST(Rates, are_what_a_second_brought) {
    Machine const machine{.ticks_per_second = 100};
    auto before = row(5, 1, 5, 5);
    before.user_ticks = 100;
    auto after = before;
    after.user_ticks = 200;
    after.system_ticks = 50;
    after.read_bytes = 4096;
    auto const rates = rates_between(before, after, 2.0, machine);
    ASSERT_TRUE(rates);
    EXPECT_DOUBLE_EQ(rates->cpu, 0.75);
    EXPECT_DOUBLE_EQ(rates->read_bytes, 2048);
    EXPECT_FALSE(rates_between(before, after, 0.0, machine));
    after.start_ticks = 77;
    EXPECT_FALSE(rates_between(before, after, 2.0, machine)) << "another process with the same pid";
    EXPECT_DOUBLE_EQ(rates_between(std::vector{before}, std::vector{after}, 2.0, machine).at(0).cpu, 1.25)
        << "it is new: from its start";
}

} // namespace
} // namespace mitori::procfs
