#pragma once

#include <sys/types.h>
#include <utility>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/signal.hpp"
#include "process/exit.hpp"

namespace mitori::process {

/// A child that was started: owns its pidfd, so that nothing here can ever meet another process, also when the child
/// has been reaped and its number given away. Dropping a Child neither kills nor reaps: the process lives on and its
/// parent must still wait for it. Move-only; one that was moved from is empty.
///
///     living ──signal, take_exit: EAGAIN──► (it ends) ──wait, wait_for, take_exit──► taken: ESRCH, ECHILD from now on
///
/// Errors of the three that wait: ECHILD when the end was taken already, or when this process ignores SIGCHLD, or took
/// it by a waitpid(-1) of its own, and the kernel is too old to tell it afterwards (before 6.15; without usage then).
/// One Child belongs to one thread at a time; signal() alone may be called while another thread waits.
class Child {
public:
    Child() = default;
    Child(pid_t pid, base::Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
    Child(Child&& other) noexcept
        : pid_(std::exchange(other.pid_, 0)),
          pidfd_(std::move(other.pidfd_)),
          taken_(std::exchange(other.taken_, false)) {}
    Child& operator=(Child&& other) noexcept {
        pid_ = std::exchange(other.pid_, 0);
        pidfd_ = std::move(other.pidfd_);
        taken_ = std::exchange(other.taken_, false);
        return *this;
    }
    ~Child() = default;

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Readable (poll) when the child has ended. -1 on kernels without pidfd.
    [[nodiscard]] int pidfd() const { return pidfd_.get(); }
    [[nodiscard]] explicit operator bool() const { return pid_ > 0; }

    /// pidfd_send_signal(2); ESRCH when it has ended already and been taken (a zombie takes signals and ignores them).
    [[nodiscard]] base::Result<void> signal(base::Signal signal) const;
    /// To every process of the group that the child leads (Command::new_group, new_session), also when the child itself
    /// has ended; ESRCH when none is left. Once the end was taken: ENOTSUP before Linux 6.9, since the number could be
    /// another group's by then.
    [[nodiscard]] base::Result<void> signal_group(base::Signal signal) const;
    /// Blocks until it ends, and takes the end. Take::ends_and_stops also returns when it is stopped or continued.
    [[nodiscard]] base::Result<Exit> wait(Take what = Take::ends);
    /// The same for no longer than `timeout`: ETIMEDOUT then, and it lives on. base::infinity waits for ever.
    [[nodiscard]] base::Result<Exit> wait_for(base::Usec timeout);
    /// EAGAIN while it lives (and, with Take::ends_and_stops, nothing else happened).
    [[nodiscard]] base::Result<Exit> take_exit(Take what = Take::ends);

private:
    [[nodiscard]] base::Result<Exit> take(Take what, int options);

    pid_t pid_ = 0;
    base::Fd pidfd_;
    bool taken_ = false;
};

} // namespace mitori::process
