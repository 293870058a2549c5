// The manager as a whole: what follows from what, its end, and what stays.
#include <gmock/gmock.h>

#include "fake/office.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;
using mitori::test::add;
using mitori::test::Office;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// -- what follows from what

TEST(ManagerFollows, a_unit_that_another_is_bound_to) {
    Office office;
    add(office, "a");
    add(office, "b", "BindsTo=a.service\nAfter=a.service");
    add(office, "c", "Requires=a.service\nAfter=a.service");
    office.start("b.service");
    office.start("c.service");
    office.exit("/bin/a");
    EXPECT_EQ(office.active("b.service"), "inactive");
    EXPECT_EQ(office.active("c.service"), "active") << "Requires= is for starts and stops that are asked for";
}

TEST(ManagerFollows, a_failure_with_on_failure_and_tells_it_of_whom) {
    Office office;
    add(office, "a", "OnFailure=help.service");
    add(office, "help");
    office.start("a.service");
    office.exit("/bin/a", 3);
    EXPECT_EQ(office.active("a.service"), "failed");
    EXPECT_EQ(office.sub("help.service"), "running");
    EXPECT_THAT(
        office.plan_of("/bin/help"),
        AllOf(HasSubstr("MONITOR_SERVICE_RESULT=exit-code\n"), HasSubstr("MONITOR_EXIT_CODE=exited\n"),
              HasSubstr("MONITOR_EXIT_STATUS=3\n"), HasSubstr("MONITOR_UNIT=a.service\n"),
              HasSubstr("MONITOR_INVOCATION_ID=" + office.manager->service(office.ref("a.service"))->invocation())));
}

TEST(ManagerFollows, two_failures_with_one_handler_that_is_told_of_neither) {
    Office office;
    add(office, "a", "OnFailure=help.service");
    add(office, "b", "OnFailure=help.service");
    add(office, "slow", "", "Type=notify");
    add(office, "help", "After=slow.service");
    office.start("a.service");
    office.start("b.service");
    office.start("slow.service");
    office.exit("/bin/a", 3);
    office.exit("/bin/b", 4);
    office.stop("slow.service");
    EXPECT_EQ(office.sub("help.service"), "running");
    EXPECT_THAT(office.plan_of("/bin/help"), Not(HasSubstr("MONITOR_")));
}

TEST(ManagerFollows, the_next_start_by_a_person_without_the_monitor_s_words) {
    Office office;
    add(office, "a", "OnFailure=help.service");
    add(office, "help");
    office.start("a.service");
    office.exit("/bin/a", 3);
    office.stop("help.service");
    office.start("help.service");
    EXPECT_THAT(office.plan_of("/bin/help"), Not(HasSubstr("MONITOR_")));
}

TEST(ManagerFollows, a_good_end_with_on_success_and_no_failure_handler) {
    Office office;
    add(office, "a", "OnSuccess=next.service\nOnFailure=help.service");
    add(office, "next");
    add(office, "help");
    office.start("a.service");
    office.exit("/bin/a");
    EXPECT_EQ(office.sub("next.service"), "running");
    EXPECT_EQ(office.active("help.service"), "inactive");
}

TEST(ManagerFollows, a_failure_that_will_be_restarted_with_no_handler) {
    Office office;
    add(office, "a", "OnFailure=help.service\nOnSuccess=help.service", "Restart=on-failure");
    add(office, "help");
    office.start("a.service");
    office.exit("/bin/a", 3);
    office.advance(1s);
    EXPECT_EQ(office.sub("a.service"), "running");
    EXPECT_EQ(office.active("help.service"), "inactive");
}

TEST(ManagerFollows, units_that_nobody_needs_any_more) {
    Office office;
    add(office, "a", "StopWhenUnneeded=yes");
    add(office, "b", "Requires=a.service\nAfter=a.service");
    add(office, "c", "Wants=a.service\nAfter=a.service");
    office.start("b.service");
    office.start("c.service");
    office.stop("b.service");
    EXPECT_EQ(office.active("a.service"), "active");
    office.stop("c.service");
    EXPECT_EQ(office.active("a.service"), "inactive");
}

TEST(ManagerFollows, units_that_are_upheld) {
    Office office;
    add(office, "a");
    add(office, "b", "Upholds=a.service");
    office.start("b.service");
    EXPECT_EQ(office.sub("a.service"), "running");
    office.exit("/bin/a", 1);
    EXPECT_EQ(office.sub("a.service"), "running");
    EXPECT_EQ(office.starts(), "/bin/b /bin/a /bin/a");
}

TEST(ManagerFollows, a_start_with_the_stop_of_what_it_conflicts_with) {
    Office office;
    add(office, "a");
    add(office, "b", "Conflicts=a.service\nAfter=a.service");
    office.start("a.service");
    office.start("b.service");
    EXPECT_EQ(office.active("a.service"), "inactive");
    EXPECT_EQ(office.sub("b.service"), "running");
    EXPECT_EQ(office.ends(), "a.service/start/done a.service/stop/done b.service/start/done");
}

TEST(ManagerFollows, a_restart_by_itself_with_those_that_are_bound_to_it) {
    Office office;
    add(office, "a", "", "Restart=on-failure\nRestartSec=1");
    add(office, "b", "PartOf=a.service\nAfter=a.service");
    office.start("a.service");
    office.start("b.service");
    auto const before = office.pid_of("/bin/b");
    office.exit("/bin/a", 1);
    office.advance(1s);
    EXPECT_NE(office.pid_of("/bin/b"), before);
}

TEST(ManagerFollows, an_isolated_target_with_the_stop_of_all_else) {
    Office office;
    add(office, "a");
    add(office, "b");
    add(office, "kept", "IgnoreOnIsolate=yes");
    office.file("only.target", "[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\nWants=b.service\n");
    for (auto const* const name : {"a.service", "kept.service"})
        office.start(name);
    office.job(JobType::start, "only.target", Mode::isolate);
    EXPECT_EQ(office.active("a.service"), "inactive");
    EXPECT_EQ(office.active("b.service"), "active");
    EXPECT_EQ(office.active("kept.service"), "active");
    EXPECT_EQ(office.active("only.target"), "active");
}

TEST(ManagerFollows, a_start_limit_with_its_action_each_time) {
    Office office;
    add(office, "a", "StartLimitIntervalSec=1h\nStartLimitBurst=1\nStartLimitAction=exit",
        "Type=exec\nExecStart=/quick/203");
    office.start("a.service");
    EXPECT_FALSE(office.loop.stopped());
    office.start("a.service");
    EXPECT_EQ(office.loop.stopped(), 1);
}

TEST(ManagerFollows, an_end_with_its_action_but_not_a_restart) {
    Office office;
    add(office, "a", "SuccessAction=exit", "Restart=on-failure");
    office.start("a.service");
    office.exit("/bin/a", 1);
    office.advance(1s);
    EXPECT_EQ(office.sub("a.service"), "running");
    EXPECT_FALSE(office.loop.stopped());
    office.exit("/bin/a");
    EXPECT_EQ(office.loop.stopped(), 0);
}

TEST(ManagerFollows, an_action_s_word_for_what_becomes_of_the_machine) {
    using status::Ending;
    for (auto const& [action, ending] : {std::pair{"exit", Ending::exit},
                                         {"exit-force", Ending::exit},
                                         {"poweroff", Ending::poweroff},
                                         {"poweroff-force", Ending::poweroff},
                                         {"reboot", Ending::reboot},
                                         {"reboot-immediate", Ending::reboot}}) {
        Office office;
        add(office, "a", std::string("FailureAction=") + action);
        office.start("a.service");
        office.exit("/bin/a", 1);
        EXPECT_EQ(office.loop.stopped(), 1) << action;
        EXPECT_EQ(office.manager->ending(), ending) << action;
    }
}

TEST(ManagerFollows, the_target_of_each_end_of_a_machine) {
    using status::Ending;
    for (auto const& [target, ending] : {std::pair{"poweroff.target", Ending::poweroff},
                                         {"reboot.target", Ending::reboot},
                                         {"ctrl-alt-del.target", Ending::reboot},
                                         {"exit.target", Ending::exit}}) {
        Office office;
        office.file("a.service", "[Service]\nExecStart=/bin/a\n");
        office.start("a.service");
        office.job(JobType::start, target, Mode::replace_irreversibly);
        EXPECT_TRUE(office.processes.empty()) << target;
        EXPECT_EQ(office.loop.stopped(), 0) << target;
        EXPECT_EQ(office.manager->ending(), ending) << target;
    }
}

// -- the end, and what stays

TEST(ManagerShutDown, stops_in_the_reverse_order_and_ends_the_loop) {
    Office office;
    add(office, "a");
    add(office, "b", "After=a.service");
    office.file("c.service", "[Unit]\nAfter=b.service\n[Service]\nExecStart=/bin/c\n");
    for (auto const* const name : {"a.service", "b.service", "c.service"})
        office.start(name);
    static_cast<void>(office.signals());
    office.manager->shut_down(3);
    office.loop.settle();
    EXPECT_EQ(office.signals(), "TERM>/bin/c TERM>/bin/b TERM>/bin/a");
    EXPECT_EQ(office.loop.stopped(), 3);
    EXPECT_TRUE(office.processes.empty());
}

TEST(ManagerShutDown, asked_for_twice_loses_patience) {
    Office office;
    add(office, "a", "", "ExecStart=/stubborn/a");
    office.start("a.service");
    office.manager->shut_down(0);
    office.loop.settle();
    EXPECT_FALSE(office.loop.stopped());
    office.manager->shut_down(0);
    office.loop.settle();
    EXPECT_EQ(office.loop.stopped(), 0);
    EXPECT_EQ(office.signals(), "TERM>/stubborn/a KILL>/stubborn/a");
}

TEST(ManagerShutDown, to_more_than_an_exit_is_heard_while_it_ends_already) {
    Office office;
    add(office, "a", "", "ExecStart=/stubborn/a");
    office.start("a.service");
    office.manager->shut_down(0);
    office.loop.settle();
    office.manager->shut_down(0, status::Ending::reboot);
    office.manager->shut_down(0, status::Ending::poweroff);
    office.loop.settle();
    EXPECT_EQ(office.loop.stopped(), 0);
    EXPECT_EQ(office.manager->ending(), status::Ending::reboot) << "the first word counts";
}

TEST(ManagerShutDown, without_services_is_immediate) {
    Office office;
    office.manager->shut_down(0);
    office.loop.settle();
    EXPECT_EQ(office.loop.stopped(), 0);
}

TEST(ManagerReload, keeps_what_runs_and_takes_new_settings_for_the_next_time) {
    Office office;
    add(office, "a");
    office.start("a.service");
    auto const pid = office.pid_of("/bin/a");
    auto const ref = office.ref("a.service");
    add(office, "a", "Description=Another", "ExecStart=/bin/other");
    office.manager->daemon_reload();
    office.loop.settle();
    EXPECT_EQ(office.ref("a.service"), ref);
    EXPECT_EQ(office.manager->graph().unit(ref).info.description, "Another");
    EXPECT_EQ(office.sub("a.service"), "running");
    EXPECT_EQ(office.pid_of("/bin/a"), pid);
    office.job(JobType::restart, "a.service");
    EXPECT_EQ(office.manager->service(ref)->main_pid(), office.pid_of("/bin/other"));
}

TEST(ManagerReload, keeps_a_service_whose_file_has_gone_until_it_is_stopped) {
    Office office;
    add(office, "a");
    office.start("a.service");
    std::filesystem::remove(office.units_ + "/a.service");
    office.manager->daemon_reload();
    EXPECT_EQ(office.sub("a.service"), "running");
    office.stop("a.service");
    EXPECT_EQ(office.active("a.service"), "inactive");
    EXPECT_TRUE(office.processes.empty());
}

TEST(ManagerKill, reaches_whom_it_names) {
    Office office;
    add(office, "a", "", "ExecStart=/stubborn/a");
    office.start("a.service");
    auto const unit = office.ref("a.service");
    office.groups.enter("system.slice/a.service", 4'999'999);
    office.processes[4'999'999] = {unit, std::nullopt, "/bin/worker", ""};
    EXPECT_TRUE(office.manager->kill(unit, Manager::Whom::main, base::Signal{SIGUSR1}));
    EXPECT_EQ(office.signals(), "USR1>/stubborn/a");
    auto const control = office.manager->kill(unit, Manager::Whom::control, base::Signal{SIGUSR1});
    ASSERT_FALSE(control);
    EXPECT_EQ(control.error().number, ESRCH);
    EXPECT_TRUE(office.manager->kill(unit, Manager::Whom::all, base::Signal{SIGTERM}));
    EXPECT_EQ(office.signals(), "TERM>/bin/worker TERM>/stubborn/a");
}

TEST(Manager, ends_whoever_is_left_in_the_group_of_a_service) {
    Office office;
    add(office, "a");
    office.start("a.service");
    auto const unit = office.ref("a.service");
    office.groups.enter("system.slice/a.service", 4'999'999);
    office.processes[4'999'999] = {unit, std::nullopt, "/stubborn/worker", ""};
    office.stop("a.service");
    EXPECT_EQ(office.active("a.service"), "deactivating");
    office.advance(3min);
    EXPECT_TRUE(office.processes.empty());
    EXPECT_THAT(office.active("a.service"), testing::AnyOf("inactive", "failed"));
}

TEST(Manager, knows_the_unit_of_a_process_by_its_role_or_its_group) {
    Office office;
    add(office, "a");
    office.start("a.service");
    office.groups.enter("system.slice/a.service/below", 4'999'999);
    EXPECT_EQ(office.manager->unit_of(office.pid_of("/bin/a")), office.ref("a.service"));
    EXPECT_EQ(office.manager->unit_of(4'999'999), office.ref("a.service"));
    EXPECT_FALSE(office.manager->unit_of(4'999'998));
}

TEST(Manager, plans_a_start_without_starting_anything) {
    Office office;
    add(office, "a", "", "Environment=GREETING=hello");
    auto const plan = office.manager->plan(office.ref("a.service"));
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_THAT(process::show(*plan), AllOf(HasSubstr("env GREETING=hello"), HasSubstr("exec /bin/a")));
    EXPECT_EQ(office.starts(), "");
    EXPECT_FALSE(office.manager->plan(office.ref("only.target")));
}

} // namespace
} // namespace mitori::manager
