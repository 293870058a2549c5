// What outlives its starter: detached processes and daemons.
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>

#include "process/daemon.hpp"
#include "process/detail/family.hpp"
#include "process/support.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::process {
namespace {

using namespace testing;
using namespace std::chrono_literals;
namespace sys = base::sys;

Command shell(std::string script) { return Command("/bin/sh").arg("-c").arg(std::move(script)); }

/// Ends it and waits until it is gone: it is not ours to reap.
void end(pid_t pid, base::Fd const& pidfd) {
    static_cast<void>(sys::pidfd_send_signal(pidfd.get(), {SIGKILL}));
    while (auto const stat = detail::read_stat(pid)) {
        if (stat->dead()) break;
        ::sched_yield();
    }
}

TEST(Detach, makes_a_process_of_its_own_session_that_is_not_our_child) {
    auto pipe = sys::pipe();
    auto const detached = probe({"pid", "sid", "pgid", "ppid", "fds", "blocked", "ignored"})
                              .stdout_to(Stdio::descriptor(pipe->second.get()))
                              .detach();
    pipe->second.reset();
    ASSERT_TRUE(detached) << detached.error().message();
    auto answers = parse_answers(read_to_end(pipe->first.get()));
    EXPECT_EQ(answers["pid"], std::to_string(detached->pid));
    EXPECT_EQ(answers["sid"], answers["pgid"]);
    EXPECT_NE(answers["sid"], answers["pid"]); // not its leader: it can get no controlling terminal by accident
    EXPECT_NE(answers["sid"], std::to_string(::getsid(0)));
    EXPECT_NE(answers["ppid"], std::to_string(::getpid()));
    EXPECT_EQ(answers["fds"], "0 1 2");
    EXPECT_EQ(answers["blocked"], "0000000000000000");
    EXPECT_EQ(answers["ignored"], "0000000000000000");
    EXPECT_TRUE(no_child_left());
}

TEST(Detach, hands_back_a_way_to_it) {
    auto const detached = probe({"pause"}).detach();
    ASSERT_TRUE(detached);
    ASSERT_TRUE(detached->pidfd);
    EXPECT_TRUE(no_child_left());
    EXPECT_TRUE(sys::pidfd_send_signal(detached->pidfd.get(), {SIGTERM}));
    pollfd watched{.fd = detached->pidfd.get(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&watched, 1, 60'000), 1);
}

TEST(Detach, tells_the_step_that_failed_before_and_after_it_was_an_orphan) {
    auto const missing = Command("/no/such").detach();
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().stage, Stage::exec);
    EXPECT_EQ(missing.error().message(), "exec /no/such: No such file or directory");
    auto const before = probe({}).stdin_from(Stdio::file("/no/such")).detach();
    ASSERT_FALSE(before);
    EXPECT_EQ(before.error().stage, Stage::standard_input);
    EXPECT_TRUE(no_child_left());
}

TEST(Detach, works_over_and_over_on_the_same_stack) {
    auto pipe = sys::pipe();
    constexpr int times = 100;
    for (int n = 0; n < times; ++n)
        ASSERT_TRUE(shell("printf x").stdout_to(Stdio::descriptor(pipe->second.get())).detach());
    pipe->second.reset();
    EXPECT_EQ(read_to_end(pipe->first.get()), std::string(times, 'x'));
    EXPECT_TRUE(no_child_left());
}

TEST(Detach, needs_the_step_and_refuses_what_cannot_go_with_it) {
    EXPECT_EQ(spawn_detached(*probe({}).plan()).error().error.number, EINVAL);
    EXPECT_FALSE(probe({}).parent_death_signal({SIGKILL}).detach());
    PlanBuilder plan;
    plan.become_orphan();
    plan.place({});
    plan.execute({"/bin/true"}, {"true"});
    auto const made = std::move(plan).finish();
    ASSERT_TRUE(made);
    EXPECT_EQ(show(*made), "orphan\nplace none, close all\nenv none\nexec /bin/true as \"true\"\n");
    EXPECT_EQ(spawn(*made).error().error.number, EINVAL);
}

TEST(Daemon, has_nothing_of_ours) {
    mitori::test::TemporaryDirectory directory;
    auto const daemon = start_daemon(shell("exec >" + (directory / "out.new") +
                                           "; pwd; umask; readlink /proc/self/fd/0 /proc/self/fd/2; mv " +
                                           (directory / "out.new") + " " + (directory / "out") + "; exec sleep 1000"));
    ASSERT_TRUE(daemon) << daemon.error().message();
    while (!*sys::access(directory / "out", F_OK))
        ::sched_yield();
    EXPECT_EQ(*sys::read_file(directory / "out"), "/\n0000\n/dev/null\n/dev/null\n");
    end(daemon->pid, daemon->pidfd);
    EXPECT_TRUE(no_child_left());
}

TEST(Daemon, locks_its_pid_file_as_long_as_it_lives) {
    mitori::test::TemporaryDirectory directory;
    DaemonOptions const options{.pid_file = directory / "pid"};
    auto const daemon = start_daemon(probe({"pause"}), options);
    ASSERT_TRUE(daemon) << daemon.error().message();
    EXPECT_EQ(*sys::read_file(directory / "pid"), std::to_string(daemon->pid) + "\n");
    auto const second = start_daemon(probe({"pause"}), options);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().error.number, EWOULDBLOCK);
    EXPECT_EQ(*sys::read_file(directory / "pid"), std::to_string(daemon->pid) + "\n");
    end(daemon->pid, daemon->pidfd);
    auto const third = start_daemon(probe({"pause"}), options);
    ASSERT_TRUE(third) << third.error().message();
    EXPECT_EQ(*sys::read_file(directory / "pid"), std::to_string(third->pid) + "\n");
    end(third->pid, third->pidfd);
}

TEST(Daemon, is_waited_for_until_it_notifies) {
    mitori::test::TemporaryDirectory directory;
    auto const daemon =
        start_daemon(probe({"notify:STATUS=loading", "notify:READY=1\nSTATUS=serving\nMAINPID=4711", "pause"}),
                     {.ready = Ready::when_notified, .pid_file = directory / "pid"});
    ASSERT_TRUE(daemon) << daemon.error().message();
    EXPECT_EQ(daemon->status, "serving");
    EXPECT_EQ(*sys::read_file(directory / "pid"), "4711\n");
    end(daemon->pid, daemon->pidfd);
}

TEST(Daemon, tells_its_own_error_and_leaves_no_pid_file) {
    mitori::test::TemporaryDirectory directory;
    auto const daemon = start_daemon(probe({"notify:STATUS=no port is free\nERRNO=98", "pause"}),
                                     {.ready = Ready::when_notified, .pid_file = directory / "pid"});
    ASSERT_FALSE(daemon);
    EXPECT_EQ(daemon.error().stage, Stage::none);
    EXPECT_EQ(daemon.error().error.number, EADDRINUSE);
    EXPECT_EQ(daemon.error().error.subject, "no port is free");
    EXPECT_FALSE(*sys::access(directory / "pid", F_OK));
}

TEST(Daemon, that_ends_before_it_is_ready_is_an_error) {
    auto const silent = start_daemon(probe({"exit:0"}), {.ready = Ready::when_notified});
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().error.number, ECHILD);
    EXPECT_EQ(silent.error().error.subject, "it ended before it was ready");
    auto const spoken = start_daemon(shell("printf 'bad configuration' >&3"), {.ready = Ready::when_written});
    ASSERT_FALSE(spoken);
    EXPECT_EQ(spoken.error().error.subject, "bad configuration");
}

TEST(Daemon, that_said_it_is_ready_just_before_its_end_was_ready) {
    EXPECT_TRUE(start_daemon(probe({"notify:READY=1", "exit:0"}), {.ready = Ready::when_notified}));
}

TEST(Daemon, is_waited_for_until_it_writes_a_line) {
    auto const daemon = start_daemon(shell("echo listening >&5; exec sleep 1000 5>&-"),
                                     {.ready = Ready::when_written, .ready_number = 5});
    ASSERT_TRUE(daemon) << daemon.error().message();
    EXPECT_EQ(daemon->status, "listening");
    end(daemon->pid, daemon->pidfd);
}

TEST(Daemon, is_ended_when_it_takes_too_long) {
    auto const daemon = start_daemon(probe({"pause"}), {.ready = Ready::when_notified, .timeout = 50ms});
    ASSERT_FALSE(daemon);
    EXPECT_EQ(daemon.error().error.number, ETIMEDOUT);
}

// -- daemonise(): in a process of the test's own, which tells by its exit status

int in_a_process(std::function<int()> const& act) {
    pid_t const pid = ::fork();
    if (pid == 0) ::_exit(act());
    int status = -1;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

TEST(Daemonise, returns_in_the_caller_when_the_daemon_is_ready) {
    mitori::test::TemporaryDirectory directory;
    auto pipe = sys::pipe();
    EXPECT_EQ(in_a_process([&] {
                  auto self = daemonise({.pid_file = directory / "pid"});
                  if (!self) return 1;
                  if (self->role == Role::caller) {
                      auto const text = sys::read_file(directory / "pid");
                      return text && *text == std::to_string(self->pid) + "\n" ? 7 : 2;
                  }
                  bool const alone = ::getsid(0) != ::getpid() && ::getpgrp() == ::getsid(0);
                  auto const link = sys::read_link("/proc/self/fd/1");
                  auto const cwd = sys::read_link("/proc/self/cwd");
                  bool const null = link && *link == "/dev/null" && cwd && *cwd == "/";
                  bool const locked = start_daemon(probe({}), {.pid_file = directory / "pid"}).has_value();
                  self->readiness.ready();
                  static_cast<void>(sys::write_all(pipe->second.get(), alone && null && !locked ? "good" : "bad"));
                  ::_exit(0);
              }),
              7);
    pipe->second.reset();
    EXPECT_EQ(read_to_end(pipe->first.get()), "good");
}

TEST(Daemonise, returns_the_daemons_error) {
    EXPECT_EQ(in_a_process([] {
                  auto self = daemonise();
                  if (self && self->role == Role::daemon) {
                      self->readiness.failed({EADDRINUSE, "bind", "port 80"});
                      ::_exit(0);
                  }
                  return !self && self.error() == base::Error{EADDRINUSE, "bind", "port 80"} ? 7 : 1;
              }),
              7);
}

TEST(Daemonise, tells_a_daemon_that_died_and_one_that_takes_too_long) {
    EXPECT_EQ(in_a_process([] {
                  auto self = daemonise();
                  if (self && self->role == Role::daemon) ::_exit(0);
                  return !self && self.error().number == ECHILD ? 7 : 1;
              }),
              7);
    EXPECT_EQ(in_a_process([] {
                  auto self = daemonise({.timeout = 50ms});
                  if (self && self->role == Role::daemon)
                      for (;;)
                          ::pause(); // the caller kills it
                  return !self && self.error().number == ETIMEDOUT ? 7 : 1;
              }),
              7);
}

TEST(Daemonise, tells_what_could_not_be_set_up) {
    EXPECT_EQ(in_a_process([] {
                  auto self = daemonise({.directory = "/no/such"});
                  return !self && self.error() == base::Error{ENOENT, "chdir", "/no/such"} ? 7 : 1;
              }),
              7);
}

} // namespace
} // namespace mitori::process
