// Races that cannot happen, each shown not to: docs/library/races.md names these tests.
#include <atomic>
#include <cerrno>
#include <csignal>
#include <functional>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/support.hpp"

namespace mitori::process {
namespace {

using namespace testing;
using namespace std::chrono_literals;
namespace sys = base::sys;

int in_a_process(std::function<int()> const& act) {
    pid_t const pid = ::fork();
    if (pid == 0) ::_exit(act());
    int status = -1;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

// -- pid reuse

/// In a pid namespace of its own, where the kernel lets us say which number comes next.
int meet_a_reused_pid() {
    auto first = probe({"exit:0"}).spawn();
    if (!first || !first->wait()) return 1;
    // The kernel goes on after this one; a write is all it takes: proc_sys_kernel(5).
    auto const last = sys::open("/proc/sys/kernel/ns_last_pid", O_WRONLY);
    if (!last || !sys::write_all(last->get(), std::to_string(first->pid() - 1))) return 2;
    auto second = probe({"pause"}).new_group().spawn();
    if (!second) return 3;
    if (second->pid() != first->pid()) return 4;
    if (first->signal({SIGKILL}).error().number != ESRCH) return 5;
    static_cast<void>(first->signal_group({SIGKILL}));
    if (first->wait().error().number != ECHILD) return 6;
    if (second->take_exit().error().number != EAGAIN) return 7; // unharmed
    if (!second->signal({SIGKILL})) return 8;
    return second->wait() ? 42 : 9;
}

TEST(Races, a_signal_never_meets_a_process_that_has_got_the_number_since) {
    if (!is_root()) GTEST_SKIP() << "needs root to choose pids in a namespace";
    EXPECT_EQ(in_a_process([] {
                  if (::unshare(CLONE_NEWPID) != 0) return 43;
                  return in_a_process(meet_a_reused_pid);
              }),
              42);
}

TEST(Races, a_child_without_a_pidfd_is_not_signalled_by_number_once_taken) {
    auto child = probe({"exit:0"}).spawn();
    ASSERT_TRUE(child);
    Child bare(child->pid(), base::Fd());
    EXPECT_EQ(bare.wait_for(60s)->status, 0);
    EXPECT_EQ(bare.signal({SIGKILL}).error().number, ESRCH);
    EXPECT_EQ(bare.signal_group({SIGKILL}).error().number, ENOTSUP);
    EXPECT_EQ(bare.wait().error().number, ECHILD);
}

// -- SIGCHLD

std::atomic<int> handled = 0;
void count_signal(int) { ++handled; }
void reap_everything(int) {
    ++handled;
    int const saved = errno;
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {}
    errno = saved;
}

/// A disposition of SIGCHLD while it lives.
class Sigchld {
public:
    explicit Sigchld(void (*handler)(int), int flags = SA_RESTART) {
        struct sigaction action{};
        action.sa_handler = handler;
        action.sa_flags = flags;
        ::sigaction(SIGCHLD, &action, &before_);
        handled = 0;
    }
    ~Sigchld() { ::sigaction(SIGCHLD, &before_, nullptr); }
    Sigchld(Sigchld const&) = delete;
    Sigchld& operator=(Sigchld const&) = delete;

private:
    struct sigaction before_{};
};

TEST(Races, no_handler_of_the_host_program_is_replaced) {
    Sigchld const host(count_signal);
    EXPECT_EQ(run(probe({"exit:3"})).exit.status, 3);
    EXPECT_TRUE(Command("/bin/echo").output());
    struct sigaction now{};
    ::sigaction(SIGCHLD, nullptr, &now);
    EXPECT_EQ(now.sa_handler, count_signal);
    EXPECT_GE(handled, 1); // and it is told as ever
}

TEST(Races, a_start_that_fails_disturbs_no_handler) {
    Sigchld const host(reap_everything);
    for (int n = 0; n < 50; ++n) {
        auto const child = Command("/no/such").spawn();
        ASSERT_FALSE(child);
        ASSERT_EQ(child.error().message(), "exec /no/such: No such file or directory");
    }
    EXPECT_EQ(handled, 0);
    EXPECT_TRUE(no_child_left());
}

/// The exit where the kernel remembers it (6.15), and an honest ECHILD before that; never a hang, never a wrong exit.
void expect_exit_or_echild(int status) {
    auto child = probe({"exit:" + std::to_string(status)}).spawn();
    ASSERT_TRUE(child);
    // Until it is gone, so that whoever reaps it has done so.
    pollfd watched{.fd = child->pidfd(), .events = POLLIN, .revents = 0};
    while (::poll(&watched, 1, -1) < 0) {}
    while (::kill(child->pid(), 0) == 0)
        ::sched_yield();
    bool const remembered = sys::pidfd_wait_status(child->pidfd()).has_value();
    auto const exit = child->wait();
    ASSERT_EQ(exit.has_value(), remembered);
    if (exit) {
        EXPECT_EQ(exit->kind, ExitKind::exited);
        EXPECT_EQ(exit->status, status);
    } else {
        EXPECT_EQ(exit.error().number, ECHILD);
    }
    EXPECT_EQ(child->signal({SIGKILL}).error().number, ESRCH);
}

TEST(Races, an_exit_that_the_host_program_took_is_told_or_said_to_be_lost) {
    Sigchld const host(reap_everything);
    expect_exit_or_echild(11);
}

TEST(Races, an_exit_with_sigchld_ignored_is_told_or_said_to_be_lost) {
    {
        Sigchld const host(SIG_IGN, 0);
        expect_exit_or_echild(12);
    }
    Sigchld const host(count_signal, SA_NOCLDWAIT);
    expect_exit_or_echild(13);
}

TEST(Races, a_wait_that_blocks_ends_with_sigchld_ignored) {
    Sigchld const host(SIG_IGN, 0);
    auto process = Command("cat").stdin_from(Stdio::pipe()).start();
    ASSERT_TRUE(process);
    process->in.reset();
    auto const exit = process->child.wait();
    EXPECT_TRUE(exit ? exit->clean() : exit.error().number == ECHILD);
}

// -- the child's side

std::atomic<int> elsewhere = 0;
pid_t here = 0;
void look_where_we_are(int) {
    ++handled;
    if (::getpid() != here) ++elsewhere;
}

/// The child shares our memory until its exec: a handler that ran there would do its work in our variables.
TEST(Races, no_handler_of_ours_runs_in_a_child) {
    here = ::getpid();
    handled = elsewhere = 0;
    struct sigaction action{};
    struct sigaction before{};
    action.sa_handler = look_where_we_are;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGALRM, &action, &before);
    itimerval const storm{.it_interval = {0, 200}, .it_value = {0, 200}};
    ::setitimer(ITIMER_REAL, &storm, nullptr);
    int wrong = 0;
    for (int n = 0; n < 100; ++n) {
        auto child = probe({"exit:5"}).spawn();
        auto exit = child ? child->wait() : base::make_error(0, "spawn");
        if (!exit || exit->status != 5) ++wrong;
    }
    itimerval const calm{};
    ::setitimer(ITIMER_REAL, &calm, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    EXPECT_EQ(wrong, 0);
    EXPECT_GT(handled, 0);
    EXPECT_EQ(elsewhere, 0);
}

// -- CLONE_PARENT

/// The process in the middle starts a program in our name: we reap it, and it cannot.
TEST(Sibling, is_the_child_of_our_parent) {
    auto pipe = sys::pipe();
    pid_t const middle = ::fork();
    if (middle == 0) {
        auto child = probe({"ppid", "exit:21"}).stdout_to(Stdio::descriptor(pipe->second.get())).as_sibling().spawn();
        if (!child) ::_exit(1);
        pollfd watched{.fd = child->pidfd(), .events = POLLIN, .revents = 0};
        while (::poll(&watched, 1, -1) < 0) {}
        ::_exit(child->wait().error().number == ECHILD ? 7 : 2);
    }
    pipe->second.reset();
    int status = 0;
    EXPECT_EQ(::waitpid(middle, &status, 0), middle);
    EXPECT_EQ(WEXITSTATUS(status), 7);
    EXPECT_GT(::waitpid(-1, &status, 0), 0); // the sibling
    EXPECT_EQ(WEXITSTATUS(status), 21);
    EXPECT_TRUE(no_child_left());
}

TEST(Sibling, that_cannot_start_says_so_to_its_maker) {
    pid_t const middle = ::fork();
    if (middle == 0) {
        auto const child = Command("/no/such").as_sibling().spawn();
        ::_exit(!child && child.error().error.number == ENOENT ? 7 : 1);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(middle, &status, 0), middle);
    EXPECT_EQ(WEXITSTATUS(status), 7);
    EXPECT_GT(::waitpid(-1, &status, __WALL), 0); // its dead child is ours to reap, as spawn_sibling() says
    EXPECT_TRUE(no_child_left());
}

} // namespace
} // namespace mitori::process
