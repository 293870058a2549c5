// Command::start(): pipes and pseudo-terminals; waiting with a limit; signals to groups.
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "process/support.hpp"

namespace mitori::process {
namespace {

using namespace testing;
using namespace std::chrono_literals;

Command shell(std::string script) { return Command("/bin/sh").arg("-c").arg(std::move(script)); }

TEST(Streams, pipes_carry_input_output_and_error) {
    auto process = shell("read line; echo out $line; echo err $line >&2")
                       .stdin_from(Stdio::pipe())
                       .stdout_to(Stdio::pipe())
                       .stderr_to(Stdio::pipe())
                       .start();
    ASSERT_TRUE(process) << process.error().message();
    EXPECT_FALSE(process->terminal);
    ASSERT_TRUE(base::sys::write_all(process->in.get(), "word\n"));
    EXPECT_EQ(read_to_end(process->out.get()), "out word\n");
    EXPECT_EQ(read_to_end(process->err.get()), "err word\n");
    EXPECT_TRUE(process->child.wait()->clean());
}

TEST(Streams, closing_our_end_is_the_childs_end_of_file) {
    auto process = Command("cat").stdin_from(Stdio::pipe()).start();
    ASSERT_TRUE(process);
    process->in.reset();
    EXPECT_TRUE(process->child.wait_for(10s)->clean());
}

TEST(Streams, our_ends_are_close_on_exec_and_no_child_has_them) {
    auto process = Command("cat").stdin_from(Stdio::pipe()).stdout_to(Stdio::pipe()).start();
    ASSERT_TRUE(process);
    EXPECT_EQ(::fcntl(process->in.get(), F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(::fcntl(process->out.get(), F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(run(probe({"fds"}))["fds"], "0 1 2");
    process->in.reset();
    EXPECT_TRUE(process->child.wait()->clean());
}

TEST(Streams, error_can_go_where_output_goes) {
    auto process =
        shell("echo one; echo two >&2; echo three").stdout_to(Stdio::pipe()).stderr_to(Stdio::same_as_output()).start();
    ASSERT_TRUE(process);
    EXPECT_EQ(read_to_end(process->out.get()), "one\ntwo\nthree\n");
    EXPECT_TRUE(process->child.wait()->clean());
}

TEST(Streams, are_refused_where_our_ends_would_be_lost) {
    auto const plan = Command("cat").stdin_from(Stdio::pipe()).plan();
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().number, EINVAL);
    EXPECT_FALSE(Command("cat").stdout_to(Stdio::pty()).spawn());
    EXPECT_FALSE(Command("cat").stdout_to(Stdio::pipe()).detach());
    EXPECT_FALSE(Command("cat").stdout_to(Stdio::same_as_output()).start());
    EXPECT_TRUE(no_child_left());
}

TEST(Streams, leave_no_descriptor_when_the_start_fails) {
    auto const lowest = [] {
        base::Fd const fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        return fd.get();
    };
    int const before = lowest();
    auto const process =
        Command("/no/such").stdin_from(Stdio::pipe()).stdout_to(Stdio::pty()).stderr_to(Stdio::pipe()).start();
    ASSERT_FALSE(process);
    EXPECT_EQ(process.error().stage, Stage::exec);
    EXPECT_EQ(lowest(), before);
}

TEST(Child, is_waited_for_no_longer_than_asked) {
    auto child = probe({"pause"}).spawn();
    ASSERT_TRUE(child);
    auto const begin = base::sys::now_monotonic();
    auto exit = child->wait_for(20ms);
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().number, ETIMEDOUT);
    EXPECT_GE(base::sys::now_monotonic() - begin, 20ms);
    ASSERT_TRUE(child->signal({SIGTERM}));
    exit = child->wait_for(base::infinity);
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->message(), "killed, signal=TERM");
}

TEST(Child, is_taken_at_once_when_it_has_ended) {
    auto child = probe({"exit:3"}).spawn();
    ASSERT_TRUE(child);
    EXPECT_EQ(child->wait_for(10s)->status, 3);
    EXPECT_EQ(child->wait_for(0s).error().number, ECHILD);
}

TEST(Child, tells_stops_and_continuations_when_waited_for) {
    auto child = probe({"pause"}).spawn();
    ASSERT_TRUE(child);
    EXPECT_EQ(child->take_exit(Take::ends_and_stops).error().number, EAGAIN);
    ASSERT_TRUE(child->signal({SIGSTOP}));
    EXPECT_EQ(child->wait(Take::ends_and_stops)->message(), "stopped, signal=STOP");
    EXPECT_EQ(child->take_exit().error().number, EAGAIN); // a stop is not an end
    ASSERT_TRUE(child->signal({SIGCONT}));
    EXPECT_EQ(child->wait(Take::ends_and_stops)->kind, ExitKind::continued);
    ASSERT_TRUE(child->signal({SIGKILL}));
    EXPECT_EQ(child->wait(Take::ends_and_stops)->kind, ExitKind::killed);
}

TEST(Child, that_was_moved_from_is_empty) {
    auto child = probe({"exit:0"}).spawn();
    ASSERT_TRUE(child);
    Child other = *std::move(child);
    EXPECT_FALSE(*child); // NOLINT(bugprone-use-after-move): what it is about
    EXPECT_EQ(child->signal({SIGTERM}).error().number, ESRCH);
    EXPECT_TRUE(other.wait()->clean());
}

/// The sleeper holds the pipe: it comes to its end only when that is gone too.
TEST(Child, can_have_the_whole_group_that_it_led_signalled) {
    auto const start = [] { return shell("sleep 1000 & echo; exit 0").new_group().stdout_to(Stdio::pipe()).start(); };
    auto dead = start();
    ASSERT_TRUE(dead);
    EXPECT_EQ(dead->child.wait_for(10s)->status, 0);
    auto const sent = dead->child.signal_group({SIGTERM});
    if (sent)
        EXPECT_EQ(read_to_end(dead->out.get()), "\n");
    else // the kernel cannot say whose number it is now (before 6.9)
        EXPECT_EQ(sent.error().number, ENOTSUP);

    auto zombie = start();
    ASSERT_TRUE(zombie);
    char newline = 0;
    ASSERT_EQ(::read(zombie->out.get(), &newline, 1), 1);
    EXPECT_TRUE(zombie->child.signal_group({SIGKILL}));
    EXPECT_EQ(read_to_end(zombie->out.get()), "");
    EXPECT_TRUE(zombie->child.wait());
}

} // namespace
} // namespace mitori::process
