#include "process/terminal.hpp"

#include <unistd.h>

namespace mitori::process {

namespace sys = base::sys;

base::Result<Foreground> Foreground::give(int terminal, pid_t group) {
    pid_t const before = TRY(sys::foreground_group(terminal));
    TRY(sys::set_foreground_group(terminal, group));
    // The child may have taken it itself by now, and before then is not who shall have it again.
    return Foreground(terminal, before == group ? ::getpgrp() : before);
}

Foreground::~Foreground() {
    if (terminal_ >= 0) static_cast<void>(sys::set_foreground_group(terminal_, before_));
}

base::Result<RawTerminal> RawTerminal::enter(int terminal) {
    auto const before = TRY(sys::terminal_settings(terminal));
    termios raw = before;
    ::cfmakeraw(&raw);
    TRY(sys::set_terminal_settings(terminal, raw));
    return RawTerminal(terminal, before);
}

RawTerminal::~RawTerminal() {
    if (terminal_ >= 0) static_cast<void>(sys::set_terminal_settings(terminal_, before_));
}

} // namespace mitori::process
