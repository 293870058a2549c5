// The parent's handle on a child (child.hpp). The child's own side is child.cpp.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/sys.hpp"
#include "process/child.hpp"
#include "process/detail/exit.hpp"
#include "process/detail/poll.hpp"

namespace mitori::process {

namespace {

/// The end of a child that somebody else has reaped: the kernel itself, since SIGCHLD is ignored (SIG_IGN,
/// SA_NOCLDWAIT), or a waitpid(-1) of the host program. New kernels remember it behind the pidfd.
base::Result<Exit> exit_of_reaped(base::Fd const& pidfd, base::Error lost) {
    auto const status = base::sys::pidfd_wait_status(pidfd.get());
    if (!status) return std::unexpected(std::move(lost));
    siginfo_t info{};
    info.si_code = WIFEXITED(*status) ? CLD_EXITED : WCOREDUMP(*status) ? CLD_DUMPED : CLD_KILLED;
    info.si_status = WIFEXITED(*status) ? WEXITSTATUS(*status) : WTERMSIG(*status);
    return detail::exit_of(info, rusage{});
}

bool is_end(Exit const& exit) { return exit.kind != ExitKind::stopped && exit.kind != ExitKind::continued; }

} // namespace

base::Result<void> Child::signal(base::Signal signal) const {
    if (pid_ <= 0) return base::make_error(ESRCH, "signal", "no child");
    if (pidfd_) return base::sys::pidfd_send_signal(pidfd_.get(), signal);
    // Without pidfds the pid is safe as long as the child has not been reaped.
    if (taken_) return base::make_error(ESRCH, "signal", std::to_string(pid_));
    if (::kill(pid_, signal.number) != 0) return base::errno_error("kill", std::to_string(pid_));
    return {};
}

base::Result<void> Child::signal_group(base::Signal signal) const {
    if (pid_ <= 0) return base::make_error(ESRCH, "signal group", "no child");
    if (pidfd_) {
        auto sent = base::sys::pidfd_send_signal_to_group(pidfd_.get(), signal);
        if (sent || sent.error().number != EINVAL) return sent;
    }
    if (taken_) return base::make_error(ENOTSUP, "signal group", std::to_string(pid_));
    if (::kill(-pid_, signal.number) != 0) return base::errno_error("kill", "group " + std::to_string(pid_));
    return {};
}

base::Result<Exit> Child::take(Take what, int options) {
    if (pid_ <= 0) return base::make_error(ECHILD, "wait", "no child");
    if (taken_) return base::make_error(ECHILD, "wait", "its end was taken already");
    rusage usage{};
    // __WALL: a child that was killed before its exec has no exit signal (detail/clone.cpp).
    int const all = options | WEXITED | __WALL | (what == Take::ends_and_stops ? WSTOPPED | WCONTINUED : 0);
    auto const info =
        pidfd_ ? base::sys::wait_pidfd(pidfd_.get(), all, &usage) : base::sys::wait_pid(pid_, all, &usage);
    if (info && info->si_pid == 0) return base::make_error(EAGAIN, "waitid", "the process lives");
    auto exit = info                                      ? base::Result<Exit>(detail::exit_of(*info, usage))
                : info.error().number == ECHILD && pidfd_ ? exit_of_reaped(pidfd_, info.error())
                                                          : std::unexpected(info.error());
    taken_ = exit && is_end(*exit);
    return exit;
}

base::Result<Exit> Child::wait(Take what) { return take(what, 0); }

base::Result<Exit> Child::take_exit(Take what) { return take(what, WNOHANG); }

base::Result<Exit> Child::wait_for(base::Usec timeout) {
    if (timeout == base::infinity) return wait();
    detail::Deadline const deadline(timeout);
    for (;;) {
        auto exit = take_exit();
        if (exit || exit.error().number != EAGAIN) return exit;
        if (deadline.passed()) return base::make_error(ETIMEDOUT, "wait", std::to_string(pid_));
        // Without a pidfd there is nothing to wait on but the clock.
        pollfd watched{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
        TRY(detail::poll({&watched, 1}, pidfd_ ? deadline.left() : std::min(deadline.left(), base::Usec(2000))));
    }
}

} // namespace mitori::process
