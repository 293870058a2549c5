#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake/office.hpp"
#include "manager/run_types.hpp"
#include "manager/unit_table.hpp"

namespace mitori::manager {
namespace {

using mitori::test::Office;
using test::Place;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(TypeThatIsNotRun, holds_up_no_start_that_requires_binds_to_or_wants_it) {
    Place place("a.service Requires=a.socket BindsTo=b.mount Wants=c.timer,d.service");
    EXPECT_EQ(place.start("a.service"), "a.service/start d.service/start?");
}

TEST(TypeThatIsNotRun, is_named_in_the_notes_of_the_start) {
    Place place("a.service Requires=a.socket\nb.target Wants=b.timer");
    EXPECT_THAT(place.plan(JobType::start, "a.service")->notes,
                ElementsAre("a.socket: socket units are not run yet; a.service starts without it and has to open it "
                            "itself"));
    EXPECT_THAT(place.plan(JobType::start, "b.target")->notes,
                ElementsAre("b.timer: timer units are not run yet; b.target starts without it"));
}

TEST(TypeThatIsNotRun, still_refuses_the_start_when_it_has_no_file) {
    Place place("a.service Requires=a.socket\na.socket NotFound");
    EXPECT_EQ(place.start("a.service"), "refused: Unit a.socket not found.");
}

TEST(TypeThatIsNotRun, is_named_as_missing_in_what_pulls_it_in_and_nowhere_else) {
    Place place("a.service Requires=a.socket,b.service Wants=c.timer After=d.path\nb.service After=a.socket");
    auto const missing = missing_units(place.graph, place.ref("a.service"));
    ASSERT_EQ(missing.size(), 2u);
    EXPECT_EQ(missing[0].grade, exec::Grade::degraded);
    EXPECT_EQ(missing[0].directive + missing[0].text, "Requires=a.socket: socket units are not run yet; a.service "
                                                      "starts without it and has to open it itself");
    EXPECT_EQ(missing[1].directive + missing[1].text,
              "Wants=c.timer: timer units are not run yet; a.service starts without it");
    EXPECT_THAT(missing_units(place.graph, place.ref("b.service")), IsEmpty());
}

TEST(TypeThatIsNotRun, does_not_keep_down_a_service_that_is_bound_to_it) {
    Office office;
    office.file("a.mount", "[Unit]\nDefaultDependencies=no\n[Mount]\nWhat=/dev/x\nWhere=/a\n");
    office.file("b.service", "[Unit]\nDefaultDependencies=no\nBindsTo=a.mount\nAfter=a.mount\n"
                             "[Service]\nExecStart=/bin/b\n");
    office.start("b.service");
    EXPECT_EQ(office.ends(), "b.service/start/done");
    EXPECT_EQ(office.starts(), "/bin/b");
}

} // namespace
} // namespace mitori::manager
