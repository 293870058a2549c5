#include <cerrno>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sys.hpp"

namespace mitori::base {
namespace {

/// A shell that runs one command; posix_spawn, since only the child's side may fork.
pid_t start(char const* command) {
    std::string shell = "sh";
    std::string option = "-c";
    std::string text = command;
    char* argv[] = {shell.data(), option.data(), text.data(), nullptr};
    pid_t pid = 0;
    EXPECT_EQ(::posix_spawn(&pid, "/bin/sh", nullptr, nullptr, argv, environ), 0);
    return pid;
}

TEST(Pidfd, tells_the_exit_once_and_takes_the_child) {
    pid_t const pid = start("exit 7");
    auto const pidfd = sys::pidfd_open(pid);
    ASSERT_TRUE(pidfd);
    rusage usage{};
    auto const peeked = sys::wait_pidfd(pidfd->get(), WEXITED | WNOWAIT);
    ASSERT_TRUE(peeked) << peeked.error().message();
    auto const info = sys::wait_pidfd(pidfd->get(), WEXITED, &usage);
    ASSERT_TRUE(info) << info.error().message();
    EXPECT_EQ(info->si_pid, pid);
    EXPECT_EQ(info->si_code, CLD_EXITED);
    EXPECT_EQ(info->si_status, 7);
    EXPECT_GT(usage.ru_maxrss, 0);
    EXPECT_EQ(sys::wait_pidfd(pidfd->get(), WEXITED).error().number, ECHILD);
}

TEST(Pidfd, of_a_living_child_has_nothing_to_tell_yet) {
    pid_t const pid = start("kill -STOP $$");
    auto const pidfd = sys::pidfd_open(pid);
    ASSERT_TRUE(pidfd);
    EXPECT_EQ(sys::wait_pidfd(pidfd->get(), WSTOPPED)->si_code, CLD_STOPPED);
    EXPECT_EQ(sys::wait_pidfd(pidfd->get(), WEXITED | WNOHANG)->si_pid, 0);
    ASSERT_TRUE(sys::pidfd_send_signal(pidfd->get(), {SIGKILL}));
    auto const info = sys::wait_pidfd(pidfd->get(), WEXITED);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->si_pid, pid);
    EXPECT_EQ(info->si_code, CLD_KILLED);
    EXPECT_EQ(sys::pidfd_send_signal(pidfd->get(), {SIGKILL}).error().number, ESRCH);
}

TEST(Children, a_place_without_any_has_nobody_to_peek_at) {
    auto const nobody = sys::peek_any_child();
    ASSERT_TRUE(nobody) << nobody.error().message();
    EXPECT_EQ(nobody->si_pid, 0);
}

TEST(Children, are_peeked_at_without_being_taken) {
    pid_t const pid = start("exit 3");
    ASSERT_TRUE(sys::wait_pid(pid, WEXITED | WNOWAIT));
    auto const peeked = sys::peek_any_child();
    ASSERT_TRUE(peeked);
    EXPECT_EQ(peeked->si_pid, pid);
    auto const taken = sys::wait_pid(pid, WEXITED);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->si_status, 3);
}

TEST(Clocks, go_forward) {
    auto const first = sys::now();
    auto const second = sys::now();
    EXPECT_TRUE(first.set());
    EXPECT_GE(second.monotonic, first.monotonic);
    EXPECT_GT(first.realtime, std::chrono::years(50));
}

} // namespace
} // namespace mitori::base
