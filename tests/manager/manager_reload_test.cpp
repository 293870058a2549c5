#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake/office.hpp"
#include "manager/manager.hpp"

namespace mitori::manager {
namespace {

using mitori::test::Office;
using testing::ElementsAre;
using testing::IsEmpty;

/// A manager whose reloads are prepared by the test's hand.
class PreparedReload : public testing::Test {
protected:
    PreparedReload() {
        office.manager->before_reloads([this](std::function<void()> done) {
            ++prepared;
            finish = std::move(done);
        });
        listening = office.manager->listen({.reloading = [this](bool active) { told.push_back(active); }});
        describe("old");
        static_cast<void>(office.ref("a.service"));
        office.start("a.service");
        describe("new");
    }
    void describe(std::string const& word) {
        office.file("a.service",
                    "[Unit]\nDefaultDependencies=no\nDescription=" + word + "\n[Service]\nExecStart=/bin/a\n");
    }
    std::string description() { return office.manager->graph().unit(office.ref("a.service")).info.description; }

    Office office;
    int prepared = 0;
    std::function<void()> finish;
    std::vector<bool> told;
    std::shared_ptr<void> listening;
};

TEST_F(PreparedReload, reads_unit_files_only_when_what_prepares_it_is_done) {
    office.manager->daemon_reload();
    EXPECT_TRUE(office.manager->reloading());
    EXPECT_EQ(description(), "old");
    EXPECT_THAT(told, ElementsAre(true));
    finish();
    EXPECT_FALSE(office.manager->reloading());
    EXPECT_EQ(description(), "new");
    EXPECT_THAT(told, ElementsAre(true, false));
}

TEST_F(PreparedReload, that_is_asked_for_meanwhile_prepares_once_more_and_ends_once) {
    office.manager->daemon_reload();
    office.manager->daemon_reload();
    office.manager->daemon_reload();
    EXPECT_EQ(prepared, 1);
    std::exchange(finish, nullptr)();
    EXPECT_EQ(prepared, 2);
    EXPECT_TRUE(office.manager->reloading());
    std::exchange(finish, nullptr)();
    EXPECT_EQ(prepared, 2);
    EXPECT_FALSE(office.manager->reloading());
    EXPECT_THAT(told, ElementsAre(true, false));
}

TEST_F(PreparedReload, does_not_keep_jobs_from_running) {
    office.manager->daemon_reload();
    office.stop("a.service");
    EXPECT_EQ(office.signals(), "TERM>/bin/a");
}

} // namespace
} // namespace mitori::manager
