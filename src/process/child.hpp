#pragma once

#include <sys/types.h>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/signal.hpp"
#include "process/exit.hpp"

namespace mitori::process {

/// A child that was started and not yet waited for: owns its pidfd, so its pid stays its own until take_exit. Dropping
/// a Child neither kills nor reaps: the process lives on and its parent must still wait for it.
class Child {
public:
    Child() = default;
    Child(pid_t pid, base::Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Readable (poll) when the child has ended. -1 on kernels without pidfd.
    [[nodiscard]] int pidfd() const { return pidfd_.get(); }
    [[nodiscard]] explicit operator bool() const { return pid_ > 0; }

    /// pidfd_send_signal(2); ESRCH when it has ended already.
    [[nodiscard]] base::Result<void> signal(base::Signal signal) const;
    /// Blocks until it ends, and reaps it.
    [[nodiscard]] base::Result<Exit> wait();
    /// EAGAIN while it lives.
    [[nodiscard]] base::Result<Exit> take_exit();

private:
    pid_t pid_ = 0;
    base::Fd pidfd_;
};

} // namespace mitori::process
