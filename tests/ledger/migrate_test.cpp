#include <gmock/gmock.h>

#include "ledger/detail/schema.hpp"
#include "ledger/detail/where.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::ledger::detail {
namespace {

class Migrate : public ::testing::Test {
protected:
    [[nodiscard]] Database open() const {
        auto opened = Database::open(folder_.path() + "/x.sqlite", Access::write);
        EXPECT_TRUE(opened) << opened.error().message();
        return *std::move(opened);
    }
    mitori::test::TemporaryDirectory folder_;
    std::string const first_ = "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);";
    std::string const second_ = "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x * 2;";
};

TEST_F(Migrate, makes_a_new_file_by_all_steps) {
    auto database = open();
    ASSERT_TRUE(migrate(database, std::array{first_, second_}));
    EXPECT_EQ(database.number("SELECT y FROM a"), 14);
    EXPECT_EQ(database.number("PRAGMA user_version"), 2);
}

TEST_F(Migrate, brings_an_old_file_up_to_date_with_what_it_holds) {
    {
        auto database = open();
        ASSERT_TRUE(migrate(database, std::array{first_}));
        ASSERT_TRUE(database.execute("INSERT INTO a VALUES (8)"));
    }
    auto database = open();
    ASSERT_TRUE(migrate(database, std::array{first_, second_}));
    EXPECT_EQ(database.number("SELECT sum(y) FROM a"), 30);
}

TEST_F(Migrate, leaves_a_file_as_it_was_when_a_step_fails) {
    auto database = open();
    ASSERT_TRUE(migrate(database, std::array{first_}));
    EXPECT_FALSE(migrate(database, std::array{first_, second_ + "UPDATE nothing SET x = 1;"}));
    EXPECT_EQ(database.number("PRAGMA user_version"), 1);
    EXPECT_FALSE(database.number("SELECT y FROM a"));
}

TEST_F(Migrate, refuses_a_file_of_a_newer_version) {
    auto database = open();
    ASSERT_TRUE(migrate(database, std::array{first_, second_}));
    auto const refused = migrate(database, std::array{first_});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().number, EPROTO);
    EXPECT_THAT(refused.error().message(), ::testing::HasSubstr("of version 2, this mitori knows 1"));
}

TEST_F(Migrate, leaves_an_index_for_each_question_that_is_asked_often) {
    auto database = open();
    ASSERT_TRUE(migrate(database));
    auto const plan = [&](status::DeathFilter const& filter) {
        auto const asked = where(filter);
        auto statement = *database.prepare("EXPLAIN QUERY PLAN SELECT d.number FROM death d WHERE " + asked.condition +
                                           " ORDER BY d.ended DESC LIMIT 1");
        asked.bind(statement);
        std::string all;
        while (statement.step().value())
            all += std::string(statement.text(3)) + "\n";
        return all;
    };
    using ::testing::HasSubstr;
    EXPECT_THAT(plan({.comm = "sh"}), HasSubstr("death_comm"));
    EXPECT_THAT(plan({.unit = "a.service"}), HasSubstr("death_unit"));
    EXPECT_THAT(plan({.pid = 7}), HasSubstr("death_pid"));
    EXPECT_THAT(plan({.failed = true}), HasSubstr("death_failed"));
    EXPECT_THAT(plan({}), HasSubstr("death_ended"));
}

} // namespace
} // namespace mitori::ledger::detail
