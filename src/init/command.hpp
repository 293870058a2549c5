// The command's process: made, and made the command.
#pragma once

#include "init/report.hpp"
#include "init/settings.hpp"
#include "init/terminal.hpp"

namespace mitori::init {

struct Child {
    long pid = 0;   ///< or -errno
    int pidfd = -1; ///< -1 where the kernel has none (before 5.2)
};

/// What the child takes from us.
struct Inheritance {
    char** environment = nullptr;
    std::uint64_t mask = 0;        ///< the signals that were blocked when we started
    bool ignores_children = false; ///< SIGCHLD was ignored when we started
    bool takes_terminal = false;   ///< its group goes to the foreground
    long our_pid = 0;
};

/// The exit status for a program that could not be executed: each style has its own.
[[nodiscard]] int status_of_failed_execution(Style style, long result);

/// Called with all signals blocked, and before any disposition is changed: what the child has of both is what we were
/// given. Comes back when the child has executed its program, or has ended.
[[nodiscard]] Child start_command(Settings const& settings, Inheritance const& inheritance, Terminal const& terminal,
                                  Report const& report);

} // namespace mitori::init
