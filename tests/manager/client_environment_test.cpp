#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake/office.hpp"
#include "manager/client_environment.hpp"

namespace mitori::manager {
namespace {

using mitori::test::Office;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(ClientEnvironment, lays_what_clients_set_over_the_managers_own) {
    ClientEnvironment environment({"PATH=/bin", "LANG=C"});
    ASSERT_TRUE(environment.change({}, {"LANG=de", "A=1", "B=x=y"}));
    EXPECT_THAT(environment.entries(), ElementsAre("A=1", "B=x=y", "LANG=de", "PATH=/bin"));
    ASSERT_TRUE(environment.change({}, {"A=2"}));
    EXPECT_THAT(environment.entries(), Contains("A=2"));
    EXPECT_THAT(environment.entries(), Not(Contains("A=1")));
}

TEST(ClientEnvironment, gives_back_the_managers_own_where_a_client_takes_its_back) {
    ClientEnvironment environment({"LANG=C"});
    ASSERT_TRUE(environment.change({}, {"LANG=de", "A=1"}));
    ASSERT_TRUE(environment.change({"LANG", "A", "NEVER_SET"}, {}));
    EXPECT_THAT(environment.entries(), ElementsAre("LANG=C"));
    ASSERT_TRUE(environment.change({"LANG"}, {}));
    EXPECT_THAT(environment.entries(), ElementsAre("LANG=C"));
}

TEST(ClientEnvironment, takes_back_an_assignment_only_as_it_was_set) {
    ClientEnvironment environment;
    ASSERT_TRUE(environment.change({}, {"A=1", "B=1"}));
    ASSERT_TRUE(environment.change({"A=2", "B=1"}, {}));
    EXPECT_THAT(environment.entries(), ElementsAre("A=1"));
}

TEST(ClientEnvironment, takes_back_before_it_sets) {
    ClientEnvironment environment;
    ASSERT_TRUE(environment.change({}, {"A=1"}));
    ASSERT_TRUE(environment.change({"A"}, {"A=2"}));
    EXPECT_THAT(environment.entries(), ElementsAre("A=2"));
}

TEST(ClientEnvironment, refuses_what_is_no_variable_and_changes_nothing_then) {
    ClientEnvironment environment({"LANG=C"});
    for (std::string const bad : {"A", "=1", "1A=x", "A B=x", "A=\x01", "A=\xff", "A-B=x"}) {
        auto const changed = environment.change({}, {"GOOD=1", bad});
        ASSERT_FALSE(changed) << bad;
        EXPECT_EQ(changed.error().number, EINVAL);
    }
    EXPECT_FALSE(environment.change({"A B"}, {"GOOD=1"}));
    EXPECT_THAT(environment.entries(), ElementsAre("LANG=C"));
}

TEST(ClientEnvironment, takes_lines_tabs_and_empty_values) {
    ClientEnvironment environment;
    ASSERT_TRUE(environment.change({}, {"A=two\nlines\tof text", "_1="}));
    EXPECT_THAT(environment.entries(), ElementsAre("A=two\nlines\tof text", "_1="));
}

TEST(ClientEnvironment, reaches_the_services_that_start_from_then_on) {
    Office office;
    office.file("a.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/a\n");
    ASSERT_TRUE(office.manager->change_environment({}, {"COLOUR=green"}));
    EXPECT_THAT(process::show(*office.manager->plan(office.ref("a.service"))), HasSubstr("COLOUR=green"));
    ASSERT_TRUE(office.manager->change_environment({"COLOUR"}, {}));
    EXPECT_THAT(process::show(*office.manager->plan(office.ref("a.service"))), Not(HasSubstr("COLOUR")));
}

} // namespace
} // namespace mitori::manager
