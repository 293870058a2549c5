#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "process/plan.hpp"

namespace mitori::process {
namespace {

void add_attributes(PlanBuilder& plan) {
    plan.new_session();
    plan.new_group();
    plan.join_group(123);
    plan.limit({.resource = RLIMIT_NOFILE, .soft = 1024, .hard = 4096});
    plan.limit({.resource = RLIMIT_CORE}, Denied::takes_nearest);
    plan.nice(-5);
    plan.nice(3, Denied::is_ignored);
    plan.scheduler({.policy = SCHED_RR, .priority = 10, .reset_on_fork = true});
    plan.io_priority((2 << 13) | 4);
    plan.cpu_affinity({0b1011'0000'1111, 1});
    plan.oom_score_adjust(-500);
    plan.umask(022);
    plan.timer_slack(50'000);
    plan.no_new_privileges();
}

void add_files(PlanBuilder& plan) {
    plan.root_directory("/srv");
    plan.working_directory("/var/lib/x", PlanBuilder::Missing::is_error);
    plan.working_directory("/home/me", PlanBuilder::Missing::is_ignored);
    plan.managed_directory({.path = "/run/x/", .mode = 0750, .uid = 33, .gid = ManagedDirectory::owner_stays},
                           Stage::runtime_directory);
    plan.managed_directory({.path = "/etc/x", .existing = ManagedDirectory::Existing::stays},
                           Stage::configuration_directory);
    plan.symbolic_link("x", "/run/y", Stage::runtime_directory);
}

void add_identity_and_end(PlanBuilder& plan) {
    plan.supplementary_groups({4, 27});
    plan.group(33);
    plan.user(33);
    plan.parent_death_signal({SIGTERM});
    plan.signal_dispositions({std::uint64_t{1} << (SIGPIPE - 1)});
    plan.signal_mask({});
    plan.environment({"PATH=/usr/bin", "TEXT=a\nb", "LISTEN_PID=1"});
    plan.pid_variable("LISTEN_PID");
    plan.execute({"/usr/sbin/nginx"}, {"/usr/sbin/nginx", "-g", "daemon on;", "say \"hi\""});
}

TEST(Plan, shows_a_line_for_each_step) {
    PlanBuilder plan;
    auto const cgroup = plan.lend(7);
    plan.born_in_cgroup(cgroup);
    add_attributes(plan);
    add_files(plan);
    auto const null = plan.open_file("/dev/null", O_RDONLY, 0, Stage::standard_input);
    auto const log = plan.open_file("/var/log/x", O_WRONLY | O_CREAT | O_APPEND, 0640, Stage::standard_output);
    auto const journal = plan.connect_unix("/run/stdout", Stage::standard_error);
    auto const abstract = plan.connect_unix("@name", Stage::standard_error);
    auto const late = plan.lend(9); // sources come first, also those that were lent after a step opened a slot
    plan.join_cgroup(late);
    plan.truncate(log, Stage::standard_output);
    plan.controlling_terminal(null, Stage::standard_input, PlanBuilder::Steal::no);
    plan.place({{journal, 2}, {null, 0}, {log, 1}, {late, 5}, {abstract, 4}});
    add_identity_and_end(plan);
    auto const made = std::move(plan).finish();
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->program(), "/usr/sbin/nginx");
    EXPECT_EQ(show(*made), R"(born in cgroup of slot 0
setsid
setpgid 0
setpgid 123
limit NOFILE 1024:4096
limit CORE infinity:infinity, or the nearest allowed
nice -5
nice 3, if allowed
scheduler rr 10 reset-on-fork
io-priority best-effort 4
cpu-affinity 0-3,8-9,11,64
oom-score-adjust -500
umask 0022
timer-slack 50000ns
no-new-privileges
chroot /srv
chdir /var/lib/x
chdir /home/me, if it exists
directory /run/x 0750 33:-
directory /etc/x 0755 0:0, unless it exists
link /run/y -> x
open slot 2 /dev/null rdonly
open slot 3 /var/log/x wronly,creat,append 0640
connect slot 4 /run/stdout
connect slot 5 @name
join cgroup of slot 1
truncate slot 3
terminal slot 2
place 0<-slot2 1<-slot3 2<-slot4 4<-slot5 5<-slot1, close all others
setgroups 4 27
setgid 33
setuid 33
parent-death-signal TERM
signals default, ignored PIPE
signals blocked none
env PATH=/usr/bin
env TEXT=a\nb
env LISTEN_PID=<pid>
exec /usr/sbin/nginx "-g" "daemon on;" "say \"hi\""
)");
}

std::string show_exec(std::vector<std::string> candidates, std::vector<std::string> argv) {
    PlanBuilder plan;
    plan.place({});
    plan.execute(std::move(candidates), std::move(argv));
    auto const made = std::move(plan).finish();
    EXPECT_TRUE(made) << made.error().message();
    return made ? show(*made) : "";
}

TEST(Plan, shows_what_is_executed_under_which_name) {
    EXPECT_EQ(show_exec({"/bin/a"}, {"b", "c"}), "place none, close all\nenv none\nexec /bin/a as \"b\" \"c\"\n");
    EXPECT_EQ(show_exec({"/bin/a", "/sbin/a"}, {"a"}),
              "place none, close all\nenv none\nexec first of /bin/a /sbin/a\n");
}

TEST(Plan, is_called_by_the_name_that_was_searched) {
    PlanBuilder plan;
    plan.place({});
    plan.execute({"/bin/a", "/sbin/a"}, {"x"});
    EXPECT_EQ((*std::move(plan).finish()).program(), "a");
}

TEST(Plan, owns_what_it_was_given) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    base::Fd const reader(ends[0]);
    {
        PlanBuilder plan;
        plan.place({{plan.give(base::Fd(ends[1])), 1}});
        plan.execute({"/bin/true"}, {"true"});
        auto const made = std::move(plan).finish();
        ASSERT_TRUE(made);
        EXPECT_EQ(made->sources()[0], ends[1]);
    }
    char byte;
    EXPECT_EQ(::read(reader.get(), &byte, 1), 0) << "the writing end is open still";
}

struct Broken {
    std::string reason;
    void (*steps)(PlanBuilder&);
};

void end(PlanBuilder& plan) {
    plan.place({});
    plan.execute({"/bin/true"}, {"true"});
}

TEST(Plan, that_breaks_the_rules_is_refused_with_a_reason) {
    Broken const all[] = {
        {"no exec", [](PlanBuilder&) {}},
        {"no exec", [](PlanBuilder& plan) { plan.place({}); }},
        {"not exactly one place", [](PlanBuilder& plan) { plan.execute({"/bin/true"}, {"true"}); }},
        {"not exactly one place", [](PlanBuilder& plan) { plan.place({}), end(plan); }},
        {"step after exec", [](PlanBuilder& plan) { end(plan), plan.nice(1); }},
        {"opens after place",
         [](PlanBuilder& plan) {
             plan.place({});
             static_cast<void>(plan.open_file("/x", O_RDONLY, 0, Stage::fds));
             plan.execute({"/bin/true"}, {"true"});
         }},
        {"two slots for number 3", [](PlanBuilder& plan) { plan.place({{plan.lend(0), 3}, {plan.lend(1), 3}}); }},
        {"no descriptor can be number -1", [](PlanBuilder& plan) { plan.place({{plan.lend(0), -1}}); }},
        {"slot without a descriptor", [](PlanBuilder& plan) { plan.place({{Slot{9}, 0}}); }},
        {"no program", [](PlanBuilder& plan) { plan.place({}), plan.execute({}, {"x"}); }},
        {"no argv[0]", [](PlanBuilder& plan) { plan.place({}), plan.execute({"/x"}, {}); }},
        {"NUL in a string", [](PlanBuilder& plan) { plan.root_directory({"/a\0b", 4}), end(plan); }},
        {"environment after exec", [](PlanBuilder& plan) { end(plan), plan.environment({"A=1"}); }},
        {"parent death signal before the identity",
         [](PlanBuilder& plan) { plan.parent_death_signal({SIGTERM}), plan.user(1), end(plan); }},
        {"no user", [](PlanBuilder& plan) { plan.user(static_cast<uid_t>(-1)), end(plan); }},
        {"a managed directory needs an absolute path",
         [](PlanBuilder& plan) { plan.managed_directory({.path = "x"}, Stage::runtime_directory), end(plan); }},
        {"born in two cgroups",
         [](PlanBuilder& plan) { plan.born_in_cgroup(plan.lend(0)), plan.born_in_cgroup(plan.lend(0)), end(plan); }},
    };
    for (auto const& [reason, steps] : all) {
        SCOPED_TRACE(reason);
        PlanBuilder plan;
        steps(plan);
        auto const made = std::move(plan).finish();
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().number, EINVAL);
        EXPECT_EQ(made.error().subject, reason);
    }
}

TEST(Plan, of_more_than_16_MiB_is_refused) {
    PlanBuilder plan;
    std::string const large(1 << 20, 'x');
    for (int n = 0; n < 18; ++n)
        plan.root_directory(large);
    end(plan);
    auto const made = std::move(plan).finish();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().number, E2BIG);
}

} // namespace
} // namespace mitori::process
