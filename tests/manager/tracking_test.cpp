// Whose is a process: by group, and by the marks that a child cannot easily lose.
#include <csignal>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "fake/fake_groups.hpp"
#include "manager/tracking.hpp"
#include "process/command.hpp"

namespace mitori::manager {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(GroupPath, lies_below_the_slices_that_its_slice_names) {
    EXPECT_EQ(group_path("a.service", "system.slice"), "system.slice/a.service");
    EXPECT_EQ(group_path("a.service", "a-b-c.slice"), "a.slice/a-b.slice/a-b-c.slice/a.service");
    EXPECT_EQ(group_path("a.service", "-.slice"), "a.service");
    EXPECT_EQ(group_path("a.service", ""), "a.service");
}

TEST(GroupPath, never_takes_a_name_that_the_kernel_keeps) {
    EXPECT_EQ(group_path("cgroup.service", "-.slice"), "_cgroup.service");
    EXPECT_EQ(group_path(".a.service", "-.slice"), "_.a.service");
    EXPECT_EQ(group_path("_a.service", "-.slice"), "__a.service");
}

class ByGroups : public testing::Test {
protected:
    mitori::test::FakeLoop loop;
    mitori::test::FakeGroups groups{loop};
    std::unique_ptr<Tracking> tracking = track_by_groups(groups);
    Marks marks{.group = "s.slice/a.service", .invocation = "x", .sessions = {}};
};

TEST_F(ByGroups, are_a_unit_s_processes_those_of_its_group_and_below) {
    groups.enter("s.slice/a.service", 10);
    groups.enter("s.slice/a.service/child", 11);
    groups.enter("s.slice/a.service2", 12);
    EXPECT_THAT(tracking->processes(marks), UnorderedElementsAre(10, 11));
    EXPECT_TRUE(tracking->owns(marks, 11));
    EXPECT_FALSE(tracking->owns(marks, 12)) << "a longer name is another group";
    EXPECT_FALSE(tracking->owns(marks, 13));
    EXPECT_TRUE(tracking->populated(marks));
    groups.leave(10);
    groups.leave(11);
    EXPECT_FALSE(tracking->populated(marks));
}

TEST_F(ByGroups, says_a_signal_whether_there_was_somebody_beside_the_spared) {
    std::vector<pid_t> reached;
    groups.signalled = [&](pid_t pid, base::Signal) { reached.push_back(pid); };
    groups.enter(marks.group, 10);
    EXPECT_FALSE(tracking->signal(marks, base::Signal{SIGTERM}, {10}));
    EXPECT_THAT(reached, IsEmpty());
    groups.enter(marks.group, 11);
    EXPECT_TRUE(tracking->signal(marks, base::Signal{SIGTERM}, {10}));
    EXPECT_THAT(reached, ElementsAre(11));
}

/// Real processes, for the marks are read from the kernel: each child sleeps until it is killed.
class ByMarks : public testing::Test {
protected:
    void TearDown() override {
        for (auto& child : children) {
            static_cast<void>(child.signal(base::Signal{SIGKILL}));
            static_cast<void>(child.wait());
        }
    }
    pid_t run(std::string const& variable) {
        auto const equals = variable.find('=');
        auto child = process::Command("/bin/sleep")
                         .arg("1000")
                         .clear_env()
                         .env(variable.substr(0, equals), variable.substr(equals + 1))
                         .spawn();
        EXPECT_TRUE(child) << child.error().error.message();
        children.push_back(std::move(*child));
        return children.back().pid();
    }
    std::vector<process::Child> children;
    procfs::Procfs procfs = *procfs::Procfs::open();
    std::unique_ptr<Tracking> tracking = track_by_marks(procfs);
    /// Its own: these cases look at all processes of the machine, and run beside each other.
    Marks marks{.group = "a.service", .invocation = fmt::format("{:032x}", ::getpid()), .sessions = {}};
};

TEST_F(ByMarks, is_a_process_the_unit_s_that_has_its_invocation) {
    auto const ours = run("INVOCATION_ID=" + marks.invocation);
    auto const other = run("INVOCATION_ID=ffffffffffffffffffffffffffffffff");
    EXPECT_TRUE(tracking->owns(marks, ours));
    EXPECT_FALSE(tracking->owns(marks, other));
    EXPECT_THAT(tracking->processes(marks), ElementsAre(ours));
}

TEST_F(ByMarks, reaches_a_signal_the_unit_s_processes_alone) {
    auto const ours = run("INVOCATION_ID=" + marks.invocation);
    auto const other = run("OTHER=1");
    EXPECT_FALSE(tracking->signal(marks, base::Signal{SIGKILL}, {ours})) << "it was spared";
    EXPECT_TRUE(tracking->signal(marks, base::Signal{SIGKILL}, {}));
    auto const exit = children.front().wait();
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->kind, process::ExitKind::killed);
    EXPECT_FALSE(tracking->populated(marks));
    EXPECT_EQ(procfs.process(other)->state == 'Z', false);
    children.erase(children.begin());
}

TEST_F(ByMarks, is_a_leader_the_unit_s_though_it_bears_no_mark) {
    auto const leader = run("OTHER=1");
    EXPECT_FALSE(tracking->owns(marks, leader));
    marks.leaders = {leader};
    EXPECT_TRUE(tracking->owns(marks, leader));
    EXPECT_THAT(tracking->processes(marks), ElementsAre(leader));
}

TEST_F(ByMarks, has_a_unit_that_was_never_started_no_processes) {
    run("INVOCATION_ID=" + marks.invocation);
    marks.invocation.clear();
    EXPECT_THAT(tracking->processes(marks), IsEmpty());
}

} // namespace
} // namespace mitori::manager
