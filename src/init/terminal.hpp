// The controlling terminal, and whose turn it is there: tty_ioctl(4), setpgid(2).
#pragma once

#include "init/settings.hpp"

namespace mitori::init {

/// Each result is -errno, or what the call gives. All signals must be blocked where the group changes: to a process in
/// the background the terminal would answer with SIGTTOU.
class Terminal {
public:
    /// /dev/tty where the settings ask for it and there is one, else standard input.
    void open(Settings const& settings);
    [[nodiscard]] int fd() const { return fd_; }
    /// The process group in the foreground.
    [[nodiscard]] long foreground() const;
    long set_foreground(long group) const;
    /// Gives up the controlling terminal, which is standard input.
    static long detach();
    /// Makes standard input the controlling terminal of our new session.
    static long attach();

private:
    int fd_ = 0;
};

} // namespace mitori::init
