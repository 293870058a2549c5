// Whose doing an end was, and what followed, as the manager tells it.
#include <csignal>
#include <gmock/gmock.h>
#include <unistd.h>

#include "fake/office.hpp"
#include "manager/deaths.hpp"

namespace mitori::manager {
namespace {

using mitori::test::add;
using mitori::test::Office;
using status::Cause;
using status::Death;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Book : public ::testing::Test {
protected:
    Book() {
        listening_ = office.manager->listen({.died = [this](Death const& death) { told.push_back(death); }});
    }
    /// What was told first of that program's end, and what was told last of it.
    [[nodiscard]] Death const& first(std::string const& program) const {
        for (auto const& death : told)
            if (death.comm == program) return death;
        throw std::invalid_argument(program + " has not died");
    }
    [[nodiscard]] Death const& last(std::string const& program) const {
        for (auto death = told.rbegin(); death != told.rend(); ++death)
            if (death->comm == program) return *death;
        throw std::invalid_argument(program + " has not died");
    }
    Office office;
    std::vector<Death> told;

private:
    std::shared_ptr<void> listening_;
};

TEST_F(Book, memory_that_ran_out_is_the_kernels_doing_with_the_limit) {
    add(office, "a", "", "MemoryMax=64M");
    office.start("a.service");
    auto const group = office.manager->live(office.ref("a.service")).group;
    office.groups.kills[group] = 1;
    office.die("/bin/a", SIGKILL);
    auto const& death = first("/bin/a");
    EXPECT_EQ(death.cause, Cause::oom);
    EXPECT_EQ(death.limit, "MemoryMax=67108864");
    EXPECT_EQ(death.limit_group, "/" + group);
    EXPECT_THAT(death.unknown, IsEmpty());
    EXPECT_TRUE(has(death.sources, status::Source::cgroup));
}

TEST_F(Book, memory_that_ran_out_long_ago_explains_no_end) {
    add(office, "a", "", "OOMPolicy=continue");
    office.start("a.service");
    office.groups.run_out_of_memory(office.manager->live(office.ref("a.service")).group, 1);
    office.loop.settle();
    office.advance(std::chrono::seconds(5));
    office.die("/bin/a", SIGKILL);
    EXPECT_EQ(first("/bin/a").cause, Cause::unknown);
}

TEST_F(Book, memory_that_ran_out_for_one_is_why_the_manager_ends_the_others) {
    add(office, "a", "", "OOMPolicy=kill");
    office.start("a.service");
    office.groups.run_out_of_memory(office.manager->live(office.ref("a.service")).group, 0);
    office.groups.kills[office.manager->live(office.ref("a.service")).group] = 1;
    office.advance(std::chrono::seconds(1));
    auto const& death = first("/bin/a");
    EXPECT_EQ(death.cause, Cause::manager);
    EXPECT_THAT(death.request, HasSubstr("for want of memory"));
}

TEST_F(Book, an_exit_is_the_processs_own_doing) {
    add(office, "a");
    office.start("a.service");
    office.exit("/bin/a", 3);
    auto const& death = first("/bin/a");
    EXPECT_EQ(death.unit, "a.service");
    EXPECT_EQ(death.role, "main");
    EXPECT_EQ(death.invocation.size(), 32U);
    EXPECT_EQ(death.kind, status::DeathKind::exited);
    EXPECT_EQ(death.status, 3);
    EXPECT_EQ(death.cause, Cause::itself);
    EXPECT_THAT(death.request, IsEmpty());
    EXPECT_EQ(death.sources, status::Sources{} | status::Source::wait);
}

TEST_F(Book, a_signal_that_the_manager_did_not_send_is_nobodys_it_knows) {
    add(office, "a");
    office.start("a.service");
    office.die("/bin/a", SIGKILL);
    EXPECT_EQ(first("/bin/a").cause, Cause::unknown);
    EXPECT_THAT(first("/bin/a").unknown, StartsWith("wait(2) does not tell who sent the signal; "));
}

TEST_F(Book, a_fault_may_have_been_sent) {
    add(office, "a");
    office.start("a.service");
    office.die("/bin/a", SIGSEGV);
    EXPECT_EQ(first("/bin/a").cause, Cause::unknown);
    EXPECT_THAT(first("/bin/a").unknown, HasSubstr("whether the process did this itself or somebody sent the signal"));
}

TEST_F(Book, a_stop_names_who_asked_for_it) {
    add(office, "a");
    office.start("a.service");
    office.manager->on_behalf_of(::getpid(), 1000);
    office.stop("a.service");
    auto const& death = first("/bin/a");
    EXPECT_EQ(death.status, SIGTERM);
    EXPECT_EQ(death.cause, Cause::manager);
    EXPECT_EQ(death.sender.pid, ::getpid());
    EXPECT_NE(death.sender.start_ticks, 0U);
    EXPECT_EQ(death.sender_user, uid_t{1000});
    EXPECT_EQ(death.sender_command, "manager_test");
    EXPECT_THAT(death.sender_parent, Not(IsEmpty()));
    EXPECT_EQ(death.request, fmt::format("stop asked for by pid {} (manager_test)", ::getpid()));
    EXPECT_EQ(last("/bin/a").followed, "stopped");
}

TEST_F(Book, an_exit_that_was_asked_for_says_so) {
    add(office, "a", "", "ExecStart=/stubborn/a");
    office.start("a.service");
    office.stop("a.service");
    office.exit("/stubborn/a", 0);
    EXPECT_EQ(first("/stubborn/a").cause, Cause::itself);
    EXPECT_EQ(first("/stubborn/a").request, "stop asked for");
}

TEST_F(Book, the_final_signal_names_what_was_not_obeyed) {
    add(office, "a", "", "ExecStart=/stubborn/a\nTimeoutStopSec=5");
    office.start("a.service");
    office.stop("a.service");
    office.advance(std::chrono::seconds(6));
    auto const& death = first("/stubborn/a");
    EXPECT_EQ(death.status, SIGKILL);
    EXPECT_EQ(death.cause, Cause::manager);
    EXPECT_EQ(death.request, "it had not ended within 5s of SIGTERM; stop asked for");
}

TEST_F(Book, a_start_that_takes_too_long_is_ended) {
    add(office, "a", "", "Type=notify\nTimeoutStartSec=5");
    office.start("a.service");
    office.advance(std::chrono::seconds(6));
    EXPECT_EQ(first("/bin/a").cause, Cause::manager);
    EXPECT_EQ(first("/bin/a").request, "its start timed out after 5s");
    EXPECT_EQ(last("/bin/a").followed, "failed");
}

TEST_F(Book, a_watchdog_that_bites_is_named) {
    add(office, "a", "", "WatchdogSec=5");
    office.start("a.service");
    office.advance(std::chrono::seconds(6));
    EXPECT_EQ(first("/bin/a").status, SIGABRT);
    EXPECT_EQ(first("/bin/a").request, "it had not said WATCHDOG=1 for 5s");
}

TEST_F(Book, a_signal_that_a_client_asked_for_is_the_clients) {
    add(office, "a");
    office.start("a.service");
    office.manager->on_behalf_of(::getpid(), 0);
    ASSERT_TRUE(office.manager->kill(office.ref("a.service"), Manager::Whom::main, base::Signal{SIGUSR1}));
    office.loop.settle();
    EXPECT_EQ(first("/bin/a").cause, Cause::manager);
    EXPECT_EQ(first("/bin/a").request, fmt::format("signal asked for by pid {} (manager_test)", ::getpid()));
}

TEST_F(Book, a_control_process_is_told_with_its_setting) {
    add(office, "a", "", "ExecStartPre=/bin/pre");
    office.start("a.service");
    office.exit("/bin/pre", 1);
    EXPECT_EQ(first("/bin/pre").role, "control (ExecStartPre)");
}

TEST_F(Book, what_ran_is_told_by_its_settings) {
    add(office, "a", "", "ExecStart=\nExecStart=@/bin/a name --port 1 'two words'");
    office.start("a.service");
    office.exit("/bin/a");
    EXPECT_EQ(first("/bin/a").executable, "/bin/a");
    EXPECT_EQ(first("/bin/a").command_line, "name --port 1 two words");
}

TEST_F(Book, what_ran_is_told_by_the_settings_that_it_was_started_with) {
    add(office, "a", "", "ExecStart=\nExecStart=/bin/a old");
    office.start("a.service");
    add(office, "a", "", "ExecStart=\nExecStart=/bin/b new");
    office.manager->daemon_reload();
    office.loop.settle();
    office.exit("/bin/a");
    EXPECT_EQ(first("/bin/a").command_line, "/bin/a old");
    office.start("a.service");
    office.exit("/bin/b");
    EXPECT_EQ(first("/bin/b").command_line, "/bin/b new");
}

TEST_F(Book, what_did_not_come_to_run_is_told_by_nothing) {
    add(office, "a", "", "ExecStart=\nExecStart=/quick/203 argument");
    office.start("a.service");
    EXPECT_THAT(first("/quick/203").executable, IsEmpty());
    EXPECT_THAT(first("/quick/203").command_line, IsEmpty());
}

// The pids of these tests are nobody's, so nothing can be read of them.
TEST_F(Book, what_variables_have_a_part_in_is_not_told_by_its_settings) {
    add(office, "a", "", "ExecStart=\nExecStart=/bin/a $OPTIONS\nExecStop=:/bin/b $OPTIONS");
    office.start("a.service");
    office.stop("a.service");
    office.exit("/bin/b");
    EXPECT_THAT(first("/bin/a").command_line, IsEmpty());
    EXPECT_EQ(first("/bin/b").command_line, "/bin/b $OPTIONS");
}

TEST_F(Book, a_restart_follows_with_pid_and_delay) {
    add(office, "a", "", "Restart=always\nRestartSec=2");
    office.start("a.service");
    office.die("/bin/a", SIGKILL);
    EXPECT_THAT(first("/bin/a").followed, IsEmpty());
    office.advance(std::chrono::seconds(3));
    auto const& death = last("/bin/a");
    EXPECT_EQ(death.followed, "restarted");
    EXPECT_EQ(death.restarted_as, office.pid_of("/bin/a"));
    EXPECT_GE(death.restarted_after, std::chrono::seconds(2));
    EXPECT_EQ(death.who, first("/bin/a").who);
}

TEST_F(Book, giving_up_follows_too) {
    add(office, "a", "StartLimitBurst=1\nStartLimitIntervalSec=60", "Restart=always");
    office.start("a.service");
    office.die("/bin/a", SIGKILL);
    office.advance(std::chrono::seconds(1));
    EXPECT_EQ(last("/bin/a").followed, "gave up: start-limit-hit");
}

TEST_F(Book, a_restart_job_is_no_stop) {
    add(office, "a");
    office.start("a.service");
    office.job(JobType::restart, "a.service");
    auto const& death = last("/bin/a");
    EXPECT_EQ(death.request, "restart asked for");
    EXPECT_EQ(death.followed, "restarted");
    EXPECT_EQ(death.restarted_as, office.pid_of("/bin/a"));
}

TEST_F(Book, a_unit_that_is_stopped_with_another_one_names_that) {
    add(office, "a");
    add(office, "b", "Requires=a.service\nAfter=a.service");
    office.start("b.service");
    office.stop("a.service");
    EXPECT_EQ(first("/bin/b").request, "stop with the stop of a.service, asked for");
}

TEST_F(Book, the_end_of_the_manager_is_named) {
    add(office, "a");
    office.start("a.service");
    office.manager->shut_down(0);
    office.loop.settle();
    EXPECT_EQ(first("/bin/a").cause, Cause::manager);
    EXPECT_EQ(first("/bin/a").request, "the manager was told to end");
}

TEST_F(Book, what_an_earlier_life_was_sent_does_not_count) {
    add(office, "a");
    office.start("a.service");
    office.stop("a.service");
    office.start("a.service");
    told.clear();
    office.die("/bin/a", SIGTERM);
    EXPECT_EQ(first("/bin/a").cause, Cause::unknown);
}

TEST(TakeExit, counts_the_own_time_where_the_children_took_more) {
    Death death;
    death.cpu_user = std::chrono::milliseconds(30);
    take_exit(death, {.usage = {.user = std::chrono::seconds(7)}});
    EXPECT_EQ(death.cpu_user, std::chrono::milliseconds(30));
    take_exit(death, {.usage = {.user = std::chrono::microseconds(31'234)}});
    EXPECT_EQ(death.cpu_user, std::chrono::microseconds(31'234));
}

} // namespace
} // namespace mitori::manager
