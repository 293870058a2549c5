// What a unit asks for and does not get, in every place that differs.
#include <gmock/gmock.h>
#include <linux/capability.h>
#include <sched.h>

#include "exec/degrade.hpp"
#include "sample.hpp"
#include "unit/directive.hpp"

namespace mitori::exec {
namespace {

using test::plan_lines;
using test::service;
using test::system_place;
using test::user_place;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// "DIRECTIVE= grade: text" for each.
std::vector<std::string> told(unit::Unit const& unit, Place const& place = system_place(),
                              cgroup::Place groups = cgroup::Place::unified) {
    std::vector<std::string> lines;
    for (auto const& shortfall : shortfalls(unit, place, groups))
        lines.push_back(shortfall.directive + " " + std::string(base::word(shortfall.grade)) + ": " + shortfall.text);
    return lines;
}

/// As if a file had said `name=text`.
void keep(unit::Unit& unit, std::string_view name, std::string text) {
    auto const* row = unit::find_directive(unit::Section::service, name);
    ASSERT_NE(row, nullptr) << name;
    ASSERT_EQ(row->assign, nullptr) << name << " is honoured by now: choose another for this test";
    unit.kept.push_back({static_cast<std::uint16_t>(row - unit::directives().data()), std::move(text)});
}

TEST(Shortfalls, are_none_for_a_unit_that_asks_for_nothing) { EXPECT_THAT(told(service()), IsEmpty()); }

TEST(Shortfalls, tell_that_no_bus_is_watched_for_a_name) {
    auto unit = service();
    unit.service.type = unit::ServiceType::dbus;
    EXPECT_THAT(told(unit), ElementsAre(testing::StartsWith("Type= degraded: no message bus is watched")));
}

TEST(Shortfalls, name_the_bounds_that_a_place_without_groups_does_not_set) {
    auto unit = service();
    unit.resources.edit().memory_max = 1U << 20U;
    unit.resources.edit().memory_high = 1U << 19U;
    EXPECT_THAT(told(unit), IsEmpty());
    EXPECT_THAT(told(unit, system_place(), cgroup::Place::none),
                ElementsAre(testing::StartsWith("KillMode= degraded"),
                            "MemoryHigh= degraded: no control group here: not limited",
                            "MemoryMax= degraded: no control group here: not limited"));
}

TEST(Shortfalls, name_the_bounds_that_cgroup_v1_does_not_know) {
    auto unit = service();
    unit.resources.edit().memory_max = 1U << 20U;
    unit.resources.edit().memory_high = 1U << 19U;
    EXPECT_THAT(told(unit, system_place(), cgroup::Place::hybrid),
                ElementsAre(testing::StartsWith("MemoryHigh= degraded: cgroup v1")));
}

TEST(Shortfalls, name_what_is_not_honoured_once_each) {
    auto unit = service();
    keep(unit, "ReadWritePaths", "/a");
    keep(unit, "ReadWritePaths", "/b");
    keep(unit, "PrivateTmp", "true");
    EXPECT_THAT(told(unit),
                testing::UnorderedElementsAre("ReadWritePaths= not honoured yet: read and shown, without effect",
                                              "PrivateTmp= not honoured yet: read and shown, without effect"));
}

TEST(Shortfalls, stand_in_the_order_of_the_table) {
    auto unit = service();
    keep(unit, "ReadWritePaths", "/a");
    keep(unit, "PrivateTmp", "true");
    unit.exec.edit().nice = -3;
    unit.exec.edit().root_directory = "/r";
    auto const found = shortfalls(unit, user_place(), cgroup::Place::none);
    ASSERT_EQ(found.size(), 5U);
    auto const row = [](Shortfall const& shortfall) {
        return unit::find_directive(unit::Section::service,
                                    shortfall.directive.substr(0, shortfall.directive.size() - 1));
    };
    EXPECT_TRUE(std::ranges::is_sorted(found, {}, row));
}

TEST(Shortfalls, leave_out_what_only_says_the_default_aloud) {
    auto unit = service();
    keep(unit, "PrivateTmp", "yes");
    keep(unit, "PrivateTmp", "no");
    keep(unit, "ReadWritePaths", "/a");
    keep(unit, "ReadWritePaths", "");
    keep(unit, "MemoryAccounting", "yes");
    keep(unit, "ProtectSystem", "false");
    EXPECT_THAT(told(unit), IsEmpty());
}

TEST(Shortfalls, know_that_an_empty_bounding_set_asks_for_much) {
    auto unit = service();
    keep(unit, "CapabilityBoundingSet", "");
    EXPECT_THAT(told(unit), ElementsAre("CapabilityBoundingSet= not honoured yet: read and shown, without effect"));
}

TEST(Shortfalls, tell_how_processes_are_known_without_control_groups) {
    auto unit = service();
    EXPECT_THAT(told(unit, system_place(), cgroup::Place::none),
                ElementsAre("KillMode= degraded: no control group here: the unit's processes are known by parent, "
                            "session and $INVOCATION_ID"));
    EXPECT_THAT(told(unit, system_place(), cgroup::Place::hybrid), IsEmpty());
    unit.kill.mode = unit::KillMode::process;
    EXPECT_THAT(told(unit, system_place(), cgroup::Place::none), IsEmpty());
}

TEST(Shortfalls, refuse_other_users_to_an_ordinary_one) {
    auto unit = service();
    unit.exec.edit().user = "redis";
    unit.exec.edit().group = "redis";
    EXPECT_THAT(told(unit), IsEmpty());
    EXPECT_THAT(
        told(unit, user_place()),
        testing::UnorderedElementsAre("User= refused: only a privileged manager can start processes as redis",
                                      "Group= refused: only a privileged manager can start processes as group redis"));
    unit.exec.edit().user = "ann";
    unit.exec.edit().group = "100";
    EXPECT_THAT(told(unit, user_place()), IsEmpty());
    unit.exec.edit().user = "1000";
    unit.exec.edit().group = "users";
    EXPECT_THAT(told(unit, user_place()), IsEmpty());
}

TEST(Shortfalls, refuse_another_root_without_the_privilege) {
    auto unit = service();
    unit.exec.edit().root_directory = "/srv/root";
    EXPECT_THAT(told(unit), IsEmpty());
    EXPECT_THAT(told(unit, user_place()),
                ElementsAre("RootDirectory= refused: changing the root directory needs a privilege (CAP_SYS_CHROOT)"));
}

TEST(Shortfalls, tell_what_another_root_does_not_see) {
    auto unit = service();
    unit.exec.edit().root_directory = "/srv/root";
    unit.exec.edit().state_directory.entries = {{"x", {}}};
    unit.service.type = unit::ServiceType::notify;
    EXPECT_THAT(told(unit),
                testing::UnorderedElementsAre(
                    "RootDirectory= degraded: the notification socket is not mounted below the root directory",
                    "StateDirectory= degraded: made on the host, not mounted below RootDirectory="));
}

TEST(Shortfalls, tell_the_limit_that_is_taken_instead) {
    auto unit = service();
    unit.exec.edit().limits = {{RLIMIT_NOFILE, 65535, 65535}};
    auto place = user_place();
    EXPECT_THAT(told(unit, place), ElementsAre("LimitNOFILE= degraded: 65535 needs a privilege (CAP_SYS_RESOURCE): "
                                               "20000, the hard limit here, is taken"));
    unit.exec.edit().limits = {{RLIMIT_NOFILE, 4096, RLIM_INFINITY}};
    EXPECT_THAT(told(unit, place), ElementsAre("LimitNOFILE= degraded: infinity needs a privilege (CAP_SYS_RESOURCE): "
                                               "20000, the hard limit here, is taken"));
    unit.exec.edit().limits = {{RLIMIT_NOFILE, 4096, 20000}};
    EXPECT_THAT(told(unit, place), IsEmpty());
    unit.exec.edit().limits = {{RLIMIT_NOFILE, 65535, 65535}};
    place.capabilities = std::uint64_t{1} << CAP_SYS_RESOURCE;
    EXPECT_THAT(told(unit, place), IsEmpty());
}

TEST(Shortfalls, name_every_limit_by_its_directive) {
    auto unit = service();
    auto place = user_place();
    place.limits.clear();
    for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
        place.limits.push_back({.resource = resource, .soft = 1, .hard = 1});
        unit.exec.edit().limits.push_back({.resource = resource, .soft = 2, .hard = 2});
    }
    auto const found = shortfalls(unit, place, cgroup::Place::unified);
    EXPECT_EQ(found.size(), static_cast<std::size_t>(RLIM_NLIMITS));
    for (auto const& shortfall : found) {
        auto const name = shortfall.directive.substr(0, shortfall.directive.size() - 1);
        EXPECT_NE(unit::find_directive(unit::Section::service, name), nullptr) << name;
    }
}

TEST(Shortfalls, tell_the_nice_level_that_is_taken_instead) {
    auto unit = service();
    unit.exec.edit().nice = -5;
    auto place = user_place();
    EXPECT_THAT(told(unit, place), ElementsAre("Nice= degraded: -5 needs a privilege (CAP_SYS_NICE): 0 is taken"));
    place.limits = {{RLIMIT_NICE, 22, 22}};
    EXPECT_THAT(told(unit, place), ElementsAre("Nice= degraded: -5 needs a privilege (CAP_SYS_NICE): -2 is taken"));
    place.limits = {{RLIMIT_NICE, 25, 25}};
    EXPECT_THAT(told(unit, place), IsEmpty());
    place.limits = {{RLIMIT_NICE, 0, 0}};
    place.nice = 10;
    unit.exec.edit().nice = 5;
    EXPECT_THAT(told(unit, place), ElementsAre("Nice= degraded: 5 needs a privilege (CAP_SYS_NICE): 10 is taken"));
    unit.exec.edit().nice = 15;
    EXPECT_THAT(told(unit, place), IsEmpty());
}

TEST(Shortfalls, tell_of_an_oom_score_that_cannot_be_lowered) {
    auto unit = service();
    unit.exec.edit().oom_score_adjust = -900;
    EXPECT_THAT(told(unit), IsEmpty());
    EXPECT_THAT(told(unit, user_place()),
                ElementsAre("OOMScoreAdjust= degraded: -900 needs a privilege (CAP_SYS_RESOURCE): stays 0"));
    unit.exec.edit().oom_score_adjust = 500;
    EXPECT_THAT(told(unit, user_place()), IsEmpty());
}

TEST(Shortfalls, refuse_real_time_without_the_privilege) {
    auto unit = service();
    unit.exec.edit().cpu_scheduling_policy = SCHED_RR;
    unit.exec.edit().io_scheduling_class = unit::IoClass::realtime;
    EXPECT_THAT(told(unit), IsEmpty());
    EXPECT_THAT(told(unit, user_place()),
                testing::UnorderedElementsAre(
                    "CPUSchedulingPolicy= refused: real-time scheduling needs a privilege (CAP_SYS_NICE)",
                    "IOSchedulingClass= refused: real-time I/O needs a privilege (CAP_SYS_NICE)"));
    unit.exec.edit().cpu_scheduling_policy = SCHED_BATCH;
    unit.exec.edit().io_scheduling_class = unit::IoClass::idle;
    EXPECT_THAT(told(unit, user_place()), IsEmpty());
}

TEST(Shortfalls, tell_once_that_there_is_no_journal_to_who_asks_for_it) {
    auto unit = service();
    unit.exec.edit().standard_output = unit::OutputSetting{.kind = unit::Output::journal};
    unit.exec.edit().standard_error = unit::OutputSetting{.kind = unit::Output::journal};
    std::string const output =
        "StandardOutput= degraded: no log is kept here: goes where the manager's own output goes";
    EXPECT_THAT(told(unit), ElementsAre(output));
    unit.exec.edit().standard_output = unit::OutputSetting{.kind = unit::Output::null};
    EXPECT_THAT(told(unit), ElementsAre("StandardError= degraded: no log is kept here: goes where the manager's own "
                                        "output goes"));
}

TEST(Shortfalls, tell_what_a_log_does_not_do_with_lines_for_the_kernel) {
    auto unit = service();
    auto place = system_place();
    place.log = Log::kept;
    unit.exec.edit().standard_output = unit::OutputSetting{.kind = unit::Output::journal};
    EXPECT_THAT(told(unit, place), IsEmpty());
    unit.exec.edit().standard_output = unit::OutputSetting{.kind = unit::Output::kmsg};
    EXPECT_THAT(told(unit, place), ElementsAre("StandardOutput= degraded: goes to the log, not to the kernel's"));
}

TEST(Shortfalls, name_inputs_that_give_nothing_yet) {
    auto unit = service();
    unit.exec.edit().standard_input.kind = unit::Input::socket;
    EXPECT_THAT(told(unit), ElementsAre("StandardInput= degraded: there is no socket activation yet: reads /dev/null"));
    unit.exec.edit().standard_input.kind = unit::Input::fd;
    EXPECT_THAT(told(unit), ElementsAre("StandardInput= refused: there is no socket activation yet"));
}

TEST(Safety, refuses_to_run_as_the_manager_what_wants_a_user_of_its_own) {
    auto unit = service();
    keep(unit, "DynamicUser", "yes");
    EXPECT_THAT(told(unit), ElementsAre("DynamicUser= refused: users cannot be made yet, and the program would run as "
                                        "the manager"));
    EXPECT_THAT(plan_lines(unit), ElementsAre("error: DynamicUser= users cannot be made yet, and the program would run "
                                              "as the manager: Operation not supported"));
}

TEST(Safety, lets_a_user_of_the_host_stand_in_for_one_to_be_made) {
    auto unit = service();
    keep(unit, "DynamicUser", "yes");
    unit.exec.edit().user = "redis";
    Facts facts;
    facts.identity = test::redis_identity();
    EXPECT_THAT(told(unit), ElementsAre("DynamicUser= degraded: users cannot be made yet: redis must be one of the "
                                        "host's"));
    EXPECT_THAT(plan_lines(unit, facts), Contains("setuid 106"));
}

TEST(Safety, refuses_to_run_on_the_host_what_wants_an_image) {
    auto unit = service();
    keep(unit, "RootImage", "/srv/image.raw");
    EXPECT_FALSE(check_safe(unit, {}));
    auto full = test::command({"/bin/true"});
    full.privileges = unit::ExecCommand::Privileges::full;
    EXPECT_THAT(plan_lines(unit, full, Purpose::start, {}, system_place()), Contains("exec /bin/true"));
    keep(unit, "RootImage", "");
    EXPECT_TRUE(check_safe(unit, {}));
}

} // namespace
} // namespace mitori::exec
