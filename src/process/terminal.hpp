// A terminal shared with children: who may read it, and how it treats what is typed.
//
// A terminal sends ^C, ^Z and ^\ to its foreground group, and stops everyone else who reads from it (SIGTTIN), or who
// changes it (SIGTTOU). So a program that runs a job in the foreground gives the terminal away and takes it back, also
// when the job was only stopped. The child's part is Command::foreground: it takes the terminal before its program
// begins, so that there is no moment at which it could be stopped for reading.
//
//     auto job = Command("vi").new_group().foreground(0).spawn();
//     auto const hold = Foreground::give(0, job->pid());    // back in our hands when it goes out of scope
//     auto change = job->wait(Take::ends_and_stops);
//
// Pairs, sizes and tcsetpgrp without SIGTTOU are in base/sys_terminal.hpp.
#pragma once

#include <optional>
#include <sys/types.h>
#include <utility>

#include "base/result.hpp"
#include "base/sys_terminal.hpp"

namespace mitori::process {

/// While it lives a group holds the foreground of a terminal; then it goes back to the one that had it before. Borrows
/// the descriptor. Move-only. Not for signal handlers.
class Foreground {
public:
    /// Fails as tcsetpgrp(3): ENOTTY when it is not our controlling terminal, EPERM for a group of another session.
    [[nodiscard]] static base::Result<Foreground> give(int terminal, pid_t group);
    Foreground(Foreground&& other) noexcept : terminal_(std::exchange(other.terminal_, -1)), before_(other.before_) {}
    Foreground& operator=(Foreground&&) = delete;
    ~Foreground();

private:
    Foreground(int terminal, pid_t before) : terminal_(terminal), before_(before) {}
    int terminal_ = -1;
    pid_t before_ = 0;
};

/// While it lives a terminal is raw: every key comes at once, nothing is echoed, ^C is a byte (cfmakeraw(3)). For who
/// passes what is typed on to a pseudo-terminal, which does all that itself. Then the settings are as before. Borrows.
class RawTerminal {
public:
    [[nodiscard]] static base::Result<RawTerminal> enter(int terminal);
    RawTerminal(RawTerminal&& other) noexcept : terminal_(std::exchange(other.terminal_, -1)), before_(other.before_) {}
    RawTerminal& operator=(RawTerminal&&) = delete;
    ~RawTerminal();

private:
    RawTerminal(int terminal, termios const& before) : terminal_(terminal), before_(before) {}
    int terminal_ = -1;
    termios before_{};
};

} // namespace mitori::process
