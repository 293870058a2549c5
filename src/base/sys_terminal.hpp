// The wall of system calls, its part for terminals: pty(7), ioctl_tty(2), tcsetpgrp(3). As sys.hpp: thin, named after
// the call, errors as values. Safe in threads.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <termios.h>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::base::sys {

/// A pseudo-terminal: what is written to one end is read at the other, with a line discipline between them.
struct TerminalPair {
    Fd controller; ///< the end of who plays the person
    Fd terminal;   ///< the end of the programs; nobody's controlling terminal yet
};
[[nodiscard]] Result<TerminalPair> open_terminal_pair();

struct WindowSize {
    std::uint16_t rows = 24;
    std::uint16_t columns = 80;
    friend bool operator==(WindowSize const&, WindowSize const&) = default;
};
/// ENOTTY where `terminal` is none. Either end of a pair will do.
[[nodiscard]] Result<WindowSize> window_size(int terminal);
/// The foreground group gets SIGWINCH when the size is another one than before.
[[nodiscard]] Result<void> set_window_size(int terminal, WindowSize size);

[[nodiscard]] Result<termios> terminal_settings(int terminal);
/// TCSADRAIN: after what was written has gone out.
[[nodiscard]] Result<void> set_terminal_settings(int terminal, termios const& settings);

/// tcgetpgrp(3): the group that ^C and ^Z of this terminal go to. ENOTTY when it is not our controlling one (for the
/// controller's end any caller is told).
[[nodiscard]] Result<pid_t> foreground_group(int terminal);
/// tcsetpgrp(3), with SIGTTOU blocked in this thread meanwhile: a caller in the background is not stopped. EPERM when
/// the group is of another session.
[[nodiscard]] Result<void> set_foreground_group(int terminal, pid_t group);

/// Stops this process as ^Z does, until SIGCONT comes: true then. False at once where the kernel stops nobody, since no
/// shell could continue our group (an orphaned one, POSIX "General Terminal Interface"). SIGCONT must be blocked.
[[nodiscard]] Result<bool> stop_self();

} // namespace mitori::base::sys
