// Bounds of units, and what follows when memory runs out.
#include <algorithm>
#include <csignal>
#include <gmock/gmock.h>

#include "fake/office.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;
using mitori::test::add;
using mitori::test::Office;

struct Bounds : testing::Test {
    std::string group(std::string const& unit) { return office.manager->live(office.ref(unit)).group; }
    std::string result(std::string const& unit) {
        return std::string(base::word(office.manager->service(office.ref(unit))->result()));
    }
    Office office;
};

TEST_F(Bounds, are_set_before_the_first_process_of_a_life) {
    add(office, "web", "", "MemoryMax=64M\nTasksMax=5");
    office.start("web.service");
    EXPECT_EQ(office.groups.limited[group("web.service")], (cgroup::Limits{.memory = 64U << 20U, .tasks = 5}));
}

TEST_F(Bounds, are_not_written_for_a_unit_without_any) {
    add(office, "web");
    office.start("web.service");
    EXPECT_TRUE(office.groups.limited.empty());
}

TEST_F(Bounds, of_an_earlier_life_are_lifted_where_the_group_has_stayed) {
    add(office, "web", "", "MemoryMax=64M\nRestart=always\nRestartSec=1s");
    office.start("web.service");
    add(office, "web", "", "TasksMax=5\nRestart=always\nRestartSec=1s");
    office.manager->daemon_reload();
    office.loop.settle();
    office.exit("/bin/web", 1);
    office.loop.advance(2s);
    EXPECT_EQ(office.sub("web.service"), "running");
    auto const& limits = office.groups.limited[group("web.service")];
    EXPECT_EQ(limits.memory, cgroup::unlimited);
    EXPECT_EQ(limits.tasks, 5U);
}

TEST_F(Bounds, ran_out_of_and_the_unit_is_stopped) {
    add(office, "web");
    office.start("web.service");
    office.groups.run_out_of_memory(group("web.service"), 1);
    office.loop.settle();
    EXPECT_EQ(office.active("web.service"), "failed");
    EXPECT_EQ(result("web.service"), "oom-kill");
}

TEST_F(Bounds, ran_out_of_and_the_unit_goes_on_if_it_is_to) {
    add(office, "web", "", "OOMPolicy=continue");
    office.start("web.service");
    office.groups.run_out_of_memory(group("web.service"), 1);
    office.loop.settle();
    EXPECT_EQ(office.sub("web.service"), "running");
}

TEST_F(Bounds, ran_out_of_and_the_rest_is_killed_if_it_is_to) {
    add(office, "web", "", "OOMPolicy=kill\nExecStop=/bin/ask");
    office.start("web.service");
    office.groups.run_out_of_memory(group("web.service"), 1);
    office.loop.settle();
    EXPECT_EQ(result("web.service"), "oom-kill");
    EXPECT_THAT(office.signals(), testing::HasSubstr("KILL>/bin/web"));
}

TEST_F(Bounds, ran_out_of_tell_the_cause_before_the_end_of_the_main_process) {
    add(office, "web");
    office.start("web.service");
    office.groups.kills[group("web.service")] = 1; // the event is still to come
    office.die("/bin/web", SIGKILL);
    EXPECT_EQ(result("web.service"), "oom-kill");
    office.start("web.service");
    EXPECT_EQ(office.sub("web.service"), "running") << "an old count is no new cause";
}

TEST_F(Bounds, ran_out_of_are_looked_at_until_the_kernel_has_counted) {
    add(office, "web");
    office.start("web.service");
    office.groups.run_out_of_memory(group("web.service"), 0);
    office.loop.settle();
    EXPECT_EQ(office.sub("web.service"), "running");
    office.groups.kills[group("web.service")] = 1;
    office.loop.advance(100ms);
    EXPECT_EQ(result("web.service"), "oom-kill");
}

TEST_F(Bounds, that_are_not_to_be_had_are_said) {
    Office logged(Office::Log::kept);
    logged.groups.refuses = {"memory: no control group here that limits it: denied"};
    add(logged, "web", "", "MemoryMax=64M");
    logged.start("web.service");
    EXPECT_EQ(logged.sub("web.service"), "running");
    auto const warns = [](auto const& line) {
        return line.priority == base::Priority::warning && line.text.contains("memory: no control group here");
    };
    EXPECT_EQ(std::ranges::count_if(logged.output.said, warns), 1);
}

} // namespace
} // namespace mitori::manager
