#pragma once

#include "run/command.hpp"
#include "run/settings.hpp"

namespace mitori::run {

/// Starts the command as a daemon, waits until it is ready and prints its pid. What goes wrong is said on standard
/// error. The exit status: 0, 126 not executable, 127 not found, 125 every other failure.
[[nodiscard]] int daemonize(Settings const& settings, InheritedSignals const& inherited);

/// 126 or 127 for a program that cannot be executed or found, 125 for everything else.
[[nodiscard]] int status_of(process::SpawnError const& error);

} // namespace mitori::run
