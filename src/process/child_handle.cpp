// The parent's handle on a child (child.hpp). The child's own side is child.cpp.
#include <cerrno>
#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/sys.hpp"
#include "process/child.hpp"
#include "process/detail/exit.hpp"

namespace mitori::process {

namespace {

base::Result<Exit> wait_for(pid_t pid, base::Fd const& pidfd, int options) {
    if (pid <= 0) return base::make_error(ECHILD, "wait", "no child");
    rusage usage{};
    int const all = options | WEXITED | __WALL;
    auto const info =
        TRY(pidfd ? base::sys::wait_pidfd(pidfd.get(), all, &usage) : base::sys::wait_pid(pid, all, &usage));
    if (info.si_pid == 0) return base::make_error(EAGAIN, "waitid", "the process lives");
    return detail::exit_of(info, usage);
}

} // namespace

base::Result<void> Child::signal(base::Signal signal) const {
    if (pid_ <= 0) return base::make_error(ESRCH, "signal", "no child");
    if (pidfd_) return base::sys::pidfd_send_signal(pidfd_.get(), signal);
    // Without pidfds the pid is safe as long as the child has not been reaped.
    if (::kill(pid_, signal.number) != 0) return base::errno_error("kill", std::to_string(pid_));
    return {};
}

base::Result<Exit> Child::wait() { return wait_for(pid_, pidfd_, 0); }

base::Result<Exit> Child::take_exit() { return wait_for(pid_, pidfd_, WNOHANG); }

} // namespace mitori::process
