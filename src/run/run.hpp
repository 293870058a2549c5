#pragma once

#include "run/burial.hpp"
#include "run/command.hpp"
#include "run/settings.hpp"

namespace mitori::run {

struct Ended;

/// Runs the command to its end and cleans up after it, as the settings say. What goes wrong is said on standard error.
/// Our exit status: the command's own, 128+N for signal N, 124 after a timeout, 126 not executable, 127 not found, 125
/// where we fail ourselves. `inherited`: what it was before anything of ours blocked a signal. `keep` is called once,
/// when all is over.
[[nodiscard]] int run(Settings const& settings, InheritedSignals const& inherited, Keeper const& keep);

/// The exit status that stands for an end.
[[nodiscard]] int status_of(Settings const& settings, Ended const& ended);

} // namespace mitori::run
