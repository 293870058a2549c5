#include <gmock/gmock.h>

#include "exec/plan.hpp"
#include "sample.hpp"

namespace mitori::exec {
namespace {

using test::service;
using test::system_place;
using test::user_place;
using testing::Contains;
using testing::Not;
using testing::StartsWith;

MATCHER_P(Sets, name, "") {
    return std::ranges::any_of(arg, [&](auto const& entry) { return entry.starts_with(std::string(name) + "="); });
}

std::vector<std::string> environment_of(unit::Unit const& unit, Facts const& facts = {},
                                        Place const& place = system_place(), Purpose purpose = Purpose::start) {
    return make_environment(unit, purpose, facts, place);
}

TEST(Environment, of_a_plain_service_is_what_the_manager_hands_down) {
    EXPECT_EQ(environment_of(service()), (std::vector<std::string>{
                                             "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
                                             "LANG=C.UTF-8",
                                         }));
}

TEST(Environment, later_sources_win_over_earlier_ones) {
    auto place = system_place();
    place.environment = {"A=manager", "B=manager", "C=manager", "D=manager"};
    place.own_environment = {"B=passed", "C=passed", "D=passed", "E=not passed"};
    auto unit = service();
    unit.exec.edit().pass_environment = {"B", "C", "D", "F"};
    unit.exec.edit().environment = {{"C", "unit"}, {"D", "unit"}, {"D", "unit, later"}};
    Facts facts;
    facts.file_environment = {{"D", "file"}};
    EXPECT_EQ(environment_of(unit, facts, place),
              (std::vector<std::string>{"A=manager", "B=passed", "C=unit", "D=file"}));
}

TEST(Environment, a_unit_may_override_what_the_manager_itself_defines) {
    auto unit = service();
    unit.exec.edit().environment = {{"INVOCATION_ID", "mine"}, {"SYSTEMD_EXEC_PID", "7"}};
    Facts facts;
    facts.invocation_id = test::sample_invocation;
    EXPECT_THAT(environment_of(unit, facts), Contains("INVOCATION_ID=mine"));
    EXPECT_THAT(environment_of(unit, facts), Contains("SYSTEMD_EXEC_PID=7"));
}

TEST(Environment, unset_is_applied_last_and_may_name_a_value) {
    auto unit = service();
    unit.exec.edit().environment = {{"A", "1"}, {"B", "2"}, {"C", "3"}};
    unit.exec.edit().unset_environment = {"A", "B=2", "C=other", "LANG", "NOTIFY_SOCKET"};
    Facts facts;
    facts.notify = true;
    EXPECT_EQ(environment_of(unit, facts),
              (std::vector<std::string>{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "C=3"}));
}

TEST(Environment, user_variables_are_set_for_units_with_a_user) {
    auto unit = service();
    unit.exec.edit().user = "ann";
    Facts facts;
    facts.identity = Identity{.uid = 7, .gid = 8, .user = "ann", .home = "/home/ann", .shell = "/bin/sh"};
    auto const environment = environment_of(unit, facts);
    for (auto const* entry : {"USER=ann", "LOGNAME=ann", "HOME=/home/ann", "SHELL=/bin/sh"})
        EXPECT_THAT(environment, Contains(entry));
}

TEST(Environment, a_daemon_account_without_home_and_shell_gets_neither) {
    Facts facts;
    facts.identity = Identity{.uid = 7, .gid = 8, .user = "daemon"};
    auto const environment = environment_of(service(), facts);
    EXPECT_THAT(environment, Contains("USER=daemon"));
    EXPECT_THAT(environment, Not(Sets("HOME")));
    EXPECT_THAT(environment, Not(Sets("SHELL")));
}

TEST(Environment, a_group_alone_sets_no_user_variables) {
    Facts facts;
    facts.identity = Identity{.uid = 0, .gid = 8, .groups = {8}};
    EXPECT_THAT(environment_of(service(), facts), Not(Sets("USER")));
}

TEST(Environment, a_home_that_the_working_directory_needed_is_told) {
    auto unit = service();
    unit.exec.edit().working_directory.home = true;
    EXPECT_THAT(environment_of(unit), Contains("HOME=/root"));
}

TEST(Environment, names_the_socket_the_main_process_and_the_pid_file) {
    auto unit = service();
    unit.service.pid_file = "/run/x.pid";
    Facts facts;
    facts.notify = true;
    facts.main_pid = 42;
    facts.invocation_id = test::sample_invocation;
    auto const environment = environment_of(unit, facts, system_place(), Purpose::reload);
    for (auto const* entry : {"NOTIFY_SOCKET=/run/mitori/notify", "MAINPID=42", "PIDFILE=/run/x.pid",
                              "INVOCATION_ID=0123456789abcdef0123456789abcdef"})
        EXPECT_THAT(environment, Contains(entry));
}

TEST(Environment, no_socket_is_named_to_those_who_may_not_notify) {
    EXPECT_THAT(environment_of(service()), Not(Sets("NOTIFY_SOCKET")));
}

TEST(Environment, the_manager_tells_its_pid_to_users_services_only) {
    EXPECT_THAT(environment_of(service(), {}, user_place()), Contains("MANAGERPID=4711"));
    EXPECT_THAT(environment_of(service()), Not(Sets("MANAGERPID")));
}

TEST(Environment, the_watchdog_is_the_main_process_own) {
    Facts facts;
    facts.watchdog = std::chrono::seconds(2);
    EXPECT_THAT(environment_of(service(), facts), Contains("WATCHDOG_USEC=2000000"));
    EXPECT_THAT(environment_of(service(), facts, system_place(), Purpose::start_pre), Not(Sets("WATCHDOG_USEC")));
    facts.watchdog = base::infinity;
    EXPECT_THAT(environment_of(service(), facts), Not(Sets("WATCHDOG_USEC")));
}

TEST(Environment, how_the_service_ended_is_told_to_stop_commands_only) {
    Facts facts;
    facts.result_environment = {{"SERVICE_RESULT", "exit-code"}, {"EXIT_CODE", "exited"}, {"EXIT_STATUS", "3"}};
    for (auto const purpose : {Purpose::stop, Purpose::stop_post})
        EXPECT_THAT(environment_of(service(), facts, system_place(), purpose), Contains("EXIT_STATUS=3"));
    for (auto const purpose :
         {Purpose::condition, Purpose::start_pre, Purpose::start, Purpose::start_post, Purpose::reload})
        EXPECT_THAT(environment_of(service(), facts, system_place(), purpose), Not(Sets("EXIT_STATUS")));
}

TEST(Environment, what_triggered_a_unit_is_told_to_its_start_commands_only) {
    Facts facts;
    facts.monitor_environment = {{"MONITOR_UNIT", "failed.service"}};
    EXPECT_THAT(environment_of(service(), facts), Contains("MONITOR_UNIT=failed.service"));
    EXPECT_THAT(environment_of(service(), facts, system_place(), Purpose::stop), Not(Sets("MONITOR_UNIT")));
}

TEST(Environment, directories_are_named_with_colons_between_and_each_once) {
    auto unit = service();
    unit.exec.edit().runtime_directory.entries = {{"foo/bar", {}}, {"baz", {"link"}}, {"baz", {"other"}}};
    unit.exec.edit().state_directory.entries = {{"aaa/bbb", {}}};
    unit.exec.edit().cache_directory.entries = {{"c", {}}};
    unit.exec.edit().logs_directory.entries = {{"l", {}}};
    unit.exec.edit().configuration_directory.entries = {{"e", {}}};
    auto const system = environment_of(unit);
    for (auto const* entry :
         {"RUNTIME_DIRECTORY=/run/foo/bar:/run/baz", "STATE_DIRECTORY=/var/lib/aaa/bbb", "CACHE_DIRECTORY=/var/cache/c",
          "LOGS_DIRECTORY=/var/log/l", "CONFIGURATION_DIRECTORY=/etc/e"})
        EXPECT_THAT(system, Contains(entry));
    auto const user = environment_of(unit, {}, user_place());
    EXPECT_THAT(user, Contains("RUNTIME_DIRECTORY=/run/user/1000/foo/bar:/run/user/1000/baz"));
    EXPECT_THAT(user, Contains("LOGS_DIRECTORY=/home/ann/.config/log/l"));
}

TEST(Environment, the_terminal_s_type_is_set_where_there_is_a_terminal) {
    auto unit = service();
    EXPECT_THAT(environment_of(unit), Not(Sets("TERM")));
    unit.exec.edit().standard_output = unit::OutputSetting{.kind = unit::Output::tty};
    EXPECT_THAT(environment_of(unit), Contains("TERM=vt220"));
    unit.exec.edit().tty_path = "/dev/tty2";
    EXPECT_THAT(environment_of(unit), Contains("TERM=linux"));
    unit.exec.edit().tty_path = "/dev/ttyS0";
    EXPECT_THAT(environment_of(unit), Contains("TERM=vt220"));
}

TEST(Environment, the_console_of_pid_1_has_the_type_that_pid_1_was_told) {
    auto unit = service();
    unit.exec.edit().standard_input.kind = unit::Input::tty;
    auto place = system_place();
    place.own_environment = {"TERM=xterm-256color"};
    EXPECT_THAT(environment_of(unit, {}, place), Contains("TERM=xterm-256color"));
    place.pid = 99;
    EXPECT_THAT(environment_of(unit, {}, place), Contains("TERM=vt220"));
}

} // namespace
} // namespace mitori::exec
