// Waiting for descriptors, and no longer than until a deadline.
#pragma once

#include <cerrno>
#include <cstdint>
#include <ctime>
#include <poll.h>
#include <span>

#include "base/result.hpp"
#include "base/sys.hpp"
#include "base/time.hpp"

namespace mitori::process::detail {

/// A moment from which on nobody waits any more. Infinity never comes.
class Deadline {
public:
    explicit Deadline(base::Usec timeout) : at_(base::plus(base::sys::now_monotonic(), timeout)) {}
    [[nodiscard]] base::Usec left() const {
        if (at_ == base::infinity) return base::infinity;
        auto const now = base::sys::now_monotonic();
        return now >= at_ ? base::Usec(0) : at_ - now;
    }
    [[nodiscard]] bool passed() const { return left() == base::Usec(0); }

private:
    base::Usec at_;
};

/// ppoll(2): how many are ready; 0 when the time is up or a signal came. A descriptor of -1 is passed over.
[[nodiscard]] inline base::Result<int> poll(std::span<pollfd> watched, base::Usec timeout) {
    timespec const time{.tv_sec = timeout.count() / 1'000'000, .tv_nsec = timeout.count() % 1'000'000 * 1000};
    int const ready = ::ppoll(watched.data(), watched.size(), timeout == base::infinity ? nullptr : &time, nullptr);
    if (ready < 0 && errno != EINTR) return base::errno_error("poll");
    return ready < 0 ? 0 : ready;
}

} // namespace mitori::process::detail
