#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "base/signal.hpp"
#include "process/command.hpp"
#include "run/settings.hpp"

namespace mitori::run {

/// What the command inherits from us by way of signals: who runs `nohup mitori run …` means the command.
struct InheritedSignals {
    base::SignalSet ignored;
    base::SignalSet blocked;
};
/// From /proc/self/status; before anything of ours blocks a signal.
[[nodiscard]] InheritedSignals inherited_signals();

/// Where it is born. Descriptors are borrowed until it has been started.
struct Birth {
    InheritedSignals signals;
    int cgroup = -1;             ///< a v2 group
    std::vector<int> joins;      ///< v1 groups
    std::optional<int> terminal; ///< whose foreground it takes: we have it
};

/// The command as the library starts it. Fails where its user or group cannot be had.
[[nodiscard]] std::expected<process::Command, process::SpawnError> make_command(Settings const& settings,
                                                                                Birth const& birth);

/// A start's error as people need it: what --net needs, where the kernel's errno says little (ENOSPC where no user
/// namespace may be made).
[[nodiscard]] process::SpawnError with_reason(process::SpawnError error);

} // namespace mitori::run
