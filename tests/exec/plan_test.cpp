// The steps of a plan, each for the setting that asks for it, and their order.
#include <gmock/gmock.h>
#include <sched.h>

#include "sample.hpp"

namespace mitori::exec {
namespace {

using test::command;
using test::plan_lines;
using test::redis_identity;
using test::service;
using test::system_place;
using test::user_place;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

using Lines = std::vector<std::string>;

/// Where the line with this start stands; fails the test when there is none.
std::ptrdiff_t index_of(Lines const& lines, std::string_view start) {
    auto const found = std::ranges::find_if(lines, [&](auto const& line) { return line.starts_with(start); });
    EXPECT_NE(found, lines.end()) << "no line begins with " << start << ":\n" << base::join(lines, "\n");
    return found - lines.begin();
}

TEST(Plan, of_a_service_without_settings) {
    EXPECT_THAT(plan_lines(service()),
                ElementsAre("setsid", "umask 0022", "open slot 2 /dev/null rdonly", "chdir /",
                            "place 0<-slot2 1<-slot0 2<-slot1, close all others", "signals default, ignored PIPE",
                            "signals blocked none", "env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
                            "env LANG=C.UTF-8", "env SYSTEMD_EXEC_PID=<pid>", "exec /bin/true"));
}

TEST(Plan, keeps_the_order_that_its_head_comment_tells) {
    auto unit = service();
    unit.exec.edit().nice = 5;
    unit.exec.edit().limits = {{RLIMIT_NOFILE, 65535, 65535}};
    unit.exec.edit().root_directory = "/srv/root";
    unit.exec.edit().runtime_directory.entries = {{"redis", {}}};
    Facts facts;
    facts.identity = redis_identity();
    facts.cgroup = 9;
    auto const lines = plan_lines(unit, facts);
    std::ptrdiff_t last = -1;
    for (auto const* start :
         {"born in cgroup", "setsid", "nice", "directory", "umask", "open", "limit", "chroot", "setgroups", "setgid",
          "setuid", "chdir", "place", "signals default", "signals blocked", "env", "exec"}) {
        auto const at = index_of(lines, start);
        EXPECT_GT(at, last) << start;
        last = at;
    }
}

TEST(Plan, takes_the_nearest_limit_that_is_allowed) {
    auto unit = service();
    unit.exec.edit().limits = {{RLIMIT_CORE, 0, RLIM_INFINITY}, {RLIMIT_NOFILE, 65535, 65535}};
    EXPECT_THAT(plan_lines(unit), AllOf(Contains("limit CORE 0:infinity, or the nearest allowed"),
                                        Contains("limit NOFILE 65535:65535, or the nearest allowed")));
}

TEST(Plan, does_not_hand_down_the_many_descriptors_that_the_manager_took_for_itself) {
    auto place = system_place();
    place.limits = {{RLIMIT_NOFILE, 20000, 20000}};
    auto unit = service();
    EXPECT_THAT(plan_lines(unit, {}, place), Contains("limit NOFILE 1024:20000"));
    unit.exec.edit().limits = {{RLIMIT_NOFILE, 5000, 5000}};
    EXPECT_THAT(plan_lines(unit, {}, place), Not(Contains("limit NOFILE 1024:20000")));
    unit.exec.edit().limits.clear();
    place.limits = {{RLIMIT_NOFILE, 512, 20000}};
    EXPECT_THAT(plan_lines(unit, {}, place), Not(Contains(StartsWith("limit"))));
}

TEST(Plan, of_scheduling_settings) {
    auto unit = service();
    unit.exec.edit().oom_score_adjust = -900;
    unit.exec.edit().nice = -5;
    unit.exec.edit().cpu_scheduling_policy = SCHED_RR;
    unit.exec.edit().cpu_scheduling_priority = 20;
    unit.exec.edit().cpu_scheduling_reset_on_fork = true;
    unit.exec.edit().cpu_affinity.cpus = {0, 1, 2, 70};
    unit.exec.edit().io_scheduling_class = unit::IoClass::realtime;
    unit.exec.edit().io_scheduling_priority = 2;
    EXPECT_THAT(plan_lines(unit),
                AllOf(Contains("oom-score-adjust -900, if allowed"), Contains("nice -5, or the nearest allowed"),
                      Contains("scheduler rr 20 reset-on-fork"), Contains("cpu-affinity 0-2,70"),
                      Contains("io-priority realtime 2")));
}

TEST(Plan, fills_in_what_scheduling_settings_leave_open) {
    auto unit = service();
    unit.exec.edit().cpu_scheduling_policy = SCHED_FIFO;
    unit.exec.edit().io_scheduling_priority = 1;
    EXPECT_THAT(plan_lines(unit), AllOf(Contains("scheduler fifo 1"), Contains("io-priority best-effort 1")));
    unit.exec.edit().cpu_scheduling_policy = SCHED_BATCH;
    unit.exec.edit().cpu_scheduling_priority = 50;
    unit.exec.edit().io_scheduling_class = unit::IoClass::idle;
    EXPECT_THAT(plan_lines(unit), AllOf(Contains("scheduler batch 0"), Contains("io-priority idle 0")));
}

TEST(Plan, is_refused_for_a_cpu_beyond_all_masks) {
    auto unit = service();
    unit.exec.edit().cpu_affinity.cpus = {1024};
    EXPECT_THAT(plan_lines(unit), ElementsAre("error: CPUAffinity= 1024: Invalid argument"));
}

TEST(Plan, becomes_the_user_after_everything_that_needs_root) {
    Facts facts;
    facts.identity = redis_identity();
    facts.identity->groups = {113, 200};
    EXPECT_THAT(plan_lines(service(), facts),
                AllOf(Contains("setgroups 113 200"), Contains("setgid 113"), Contains("setuid 106")));
}

TEST(Plan, prefixes_take_privileges_back) {
    auto unit = service();
    unit.exec.edit().root_directory = "/srv/root";
    unit.exec.edit().limits = {{RLIMIT_NOFILE, 100, 100}};
    Facts facts;
    facts.identity = redis_identity();
    auto const with = [&](unit::ExecCommand::Privileges privileges) {
        auto prefixed = command({"/bin/true"});
        prefixed.privileges = privileges;
        return plan_lines(unit, prefixed, Purpose::start, facts, system_place());
    };
    using Privileges = unit::ExecCommand::Privileges;
    for (auto const privileges : {Privileges::unit, Privileges::ambient})
        EXPECT_THAT(with(privileges), AllOf(Contains("setuid 106"), Contains("chroot /srv/root"), Contains("chdir /")));
    EXPECT_THAT(with(Privileges::no_setuid),
                AllOf(Not(Contains(StartsWith("setuid"))), Not(Contains(StartsWith("setgroups"))),
                      Contains("chroot /srv/root"), Contains(StartsWith("limit"))));
    EXPECT_THAT(with(Privileges::full), AllOf(Not(Contains(StartsWith("setuid"))), Not(Contains(StartsWith("chroot"))),
                                              Not(Contains(StartsWith("limit"))), Contains("chdir /srv/root/")));
    EXPECT_THAT(with(Privileges::full), Contains("env USER=redis"));
}

TEST(Plan, of_an_ordinary_user_s_manager_changes_no_identity) {
    Facts facts;
    facts.identity = Identity{.uid = 1000, .gid = 100, .groups = {100}, .user = "ann", .home = "/home/ann"};
    EXPECT_THAT(plan_lines(service(), facts, user_place()),
                AllOf(Not(Contains(StartsWith("setgid"))), Not(Contains(StartsWith("setuid"))),
                      Not(Contains(StartsWith("setgroups"))), Contains("chdir /home/ann, if it exists"),
                      Contains("env USER=ann")));
}

TEST(Plan, goes_to_the_working_directory) {
    auto unit = service();
    unit.exec.edit().working_directory = {.path = "/srv/data"};
    EXPECT_THAT(plan_lines(unit), Contains("chdir /srv/data"));
    unit.exec.edit().working_directory.optional = true;
    EXPECT_THAT(plan_lines(unit), Contains("chdir /srv/data, if it exists"));
    unit.exec.edit().working_directory = {.home = true};
    EXPECT_THAT(plan_lines(unit), Contains("chdir /root"));
    Facts facts;
    facts.identity = redis_identity();
    EXPECT_THAT(plan_lines(unit, facts), Contains("chdir /var/lib/redis"));
}

TEST(Plan, is_refused_where_no_home_is_known) {
    auto unit = service();
    unit.exec.edit().working_directory.home = true;
    auto place = system_place();
    place.host.user_home.clear();
    EXPECT_THAT(plan_lines(unit, {}, place), ElementsAre("error: WorkingDirectory= ~: No such device or address"));
}

TEST(Plan, leaves_sigpipe_alone_where_it_is_asked_to) {
    auto unit = service();
    unit.exec.edit().ignore_sigpipe = false;
    EXPECT_THAT(plan_lines(unit), Contains("signals default, ignored none"));
}

TEST(Plan, searches_a_bare_name_in_the_manager_s_path_and_then_in_systemd_s) {
    EXPECT_EQ(plan_lines(service(), command({"sleep", "1"}), Purpose::start, {}, user_place()).back(),
              "exec first of /home/ann/bin/sleep /usr/bin/sleep /bin/sleep /usr/local/sbin/sleep /usr/local/bin/sleep "
              "/usr/sbin/sleep /sbin/sleep \"1\"");
}

TEST(Plan, gives_the_program_another_name_and_its_variables) {
    auto unit = service();
    unit.exec.edit().environment = {{"OPTIONS", "-a 'b c'"}, {"DIR", "/x"}};
    auto renamed = command({"-sh", "$OPTIONS", "${DIR}/y", "${GONE}"});
    renamed.path = "/bin/sh";
    EXPECT_EQ(plan_lines(unit, renamed, Purpose::start, {}, system_place()).back(),
              "exec /bin/sh as \"-sh\" \"-a\" \"b c\" \"/x/y\" \"\"");
    renamed.no_variables = true;
    EXPECT_EQ(plan_lines(unit, renamed, Purpose::start, {}, system_place()).back(),
              "exec /bin/sh as \"-sh\" \"$OPTIONS\" \"${DIR}/y\" \"${GONE}\"");
}

TEST(Plan, never_executes_without_a_name) {
    auto nameless = command({"$EMPTY"});
    nameless.path = "/bin/sh";
    EXPECT_EQ(plan_lines(service(), nameless, Purpose::start, {}, system_place()).back(), "exec /bin/sh");
}

TEST(Plan, leaves_to_the_child_what_only_the_child_knows) {
    Facts facts;
    facts.watchdog = std::chrono::seconds(1);
    EXPECT_THAT(plan_lines(service(), facts),
                AllOf(Contains("env WATCHDOG_PID=<pid>"), Contains("env SYSTEMD_EXEC_PID=<pid>")));
}

} // namespace
} // namespace mitori::exec
