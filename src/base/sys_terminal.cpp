// Terminals, of the wall of system calls.
#include "base/sys_terminal.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/detail/calls.hpp"
#include "base/sys.hpp"

namespace mitori::base::sys {
using detail::check;
using detail::fd_name;
using detail::retry;

namespace {

/// By descriptor where the kernel can (Linux 4.13): a path would be looked up in this mount namespace's /dev/pts.
Result<Fd> open_peer(int controller) {
    int const fd = ::ioctl(controller, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0) return Fd(fd);
    if (errno != ENOTTY && errno != EINVAL) return errno_error("TIOCGPTPEER", fd_name(controller));
    char name[64];
    if (::ptsname_r(controller, name, sizeof name) != 0) return errno_error("ptsname", fd_name(controller));
    return open(name, O_RDWR | O_NOCTTY);
}

/// One signal blocked in this thread while it lives.
class Blocked {
public:
    explicit Blocked(int signal) {
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, signal);
        ::pthread_sigmask(SIG_BLOCK, &set, &before_);
    }
    ~Blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    Blocked(Blocked const&) = delete;
    Blocked& operator=(Blocked const&) = delete;

private:
    sigset_t before_{};
};

} // namespace

Result<TerminalPair> open_terminal_pair() {
    TerminalPair pair{.controller = TRY(open("/dev/ptmx", O_RDWR | O_NOCTTY)), .terminal = {}};
    int const unlocked = 0;
    TRY(check(::ioctl(pair.controller.get(), TIOCSPTLCK, &unlocked), "TIOCSPTLCK", "/dev/ptmx"));
    pair.terminal = TRY(open_peer(pair.controller.get()));
    return pair;
}

Result<WindowSize> window_size(int terminal) {
    winsize size{};
    TRY(check(::ioctl(terminal, TIOCGWINSZ, &size), "TIOCGWINSZ", fd_name(terminal)));
    return WindowSize{.rows = size.ws_row, .columns = size.ws_col};
}

Result<void> set_window_size(int terminal, WindowSize size) {
    winsize const wish{.ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
    return check(::ioctl(terminal, TIOCSWINSZ, &wish), "TIOCSWINSZ", fd_name(terminal));
}

Result<termios> terminal_settings(int terminal) {
    termios settings{};
    TRY(check(::tcgetattr(terminal, &settings), "tcgetattr", fd_name(terminal)));
    return settings;
}

Result<void> set_terminal_settings(int terminal, termios const& settings) {
    Blocked const blocked(SIGTTOU);
    return check(retry([&] { return ::tcsetattr(terminal, TCSADRAIN, &settings); }), "tcsetattr", fd_name(terminal));
}

Result<pid_t> foreground_group(int terminal) {
    pid_t group = 0;
    TRY(check(::ioctl(terminal, TIOCGPGRP, &group), "tcgetpgrp", fd_name(terminal)));
    return group;
}

Result<void> set_foreground_group(int terminal, pid_t group) {
    Blocked const blocked(SIGTTOU);
    return check(::ioctl(terminal, TIOCSPGRP, &group), "tcsetpgrp", fd_name(terminal));
}

Result<bool> stop_self() {
    struct sigaction const by_default{};
    struct sigaction before{};
    TRY(check(::sigaction(SIGTSTP, &by_default, &before), "sigaction", "SIGTSTP"));
    sigset_t only;
    sigset_t mask;
    ::sigemptyset(&only);
    ::sigaddset(&only, SIGTSTP);
    ::pthread_sigmask(SIG_UNBLOCK, &only, &mask);
    auto const sent = check(::kill(::getpid(), SIGTSTP), "kill", "SIGTSTP");
    ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    TRY(check(::sigaction(SIGTSTP, &before, nullptr), "sigaction", "SIGTSTP"));
    TRY(sent);
    sigset_t pending;
    ::sigemptyset(&pending);
    ::sigpending(&pending);
    return ::sigismember(&pending, SIGCONT) == 1;
}

} // namespace mitori::base::sys
