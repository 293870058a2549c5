#include "base/fd.hpp"

#include <cerrno>
#include <unistd.h>

namespace mitori::base {

void Fd::reset(int number) noexcept {
    int const old = std::exchange(number_, number);
    if (old < 0) return;
    // Linux frees the number even when close reports EINTR or EIO: it must not be tried again.
    int const saved = errno;
    ::close(old);
    errno = saved;
}

} // namespace mitori::base
