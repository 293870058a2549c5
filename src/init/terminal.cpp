#include "init/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include "base/raw.hpp"

namespace mitori::init {

namespace raw = base::raw;

void Terminal::open(Settings const& settings) {
    fd_ = 0;
    if (!settings.asks_for_tty) return;
    long const opened = raw::call(SYS_openat, AT_FDCWD, raw::word("/dev/tty"), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (!raw::failed(opened)) fd_ = static_cast<int>(opened);
}

long Terminal::foreground() const {
    int group = 0;
    long const result = raw::call(SYS_ioctl, fd_, TIOCGPGRP, raw::word(&group));
    return raw::failed(result) ? result : group;
}

long Terminal::set_foreground(long group) const {
    int const number = static_cast<int>(group);
    return raw::call(SYS_ioctl, fd_, TIOCSPGRP, raw::word(&number));
}

long Terminal::detach() { return raw::call(SYS_ioctl, 0, TIOCNOTTY); }

long Terminal::attach() { return raw::call(SYS_ioctl, 0, TIOCSCTTY, 0); }

} // namespace mitori::init
