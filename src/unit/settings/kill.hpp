// How a unit's processes are ended: systemd.kill(5).
#pragma once

#include <csignal>

#include "unit/settings/common.hpp"

namespace mitori::unit {

enum class KillMode : std::uint8_t { control_group, process, mixed, none };

struct Kill {
    KillMode mode = KillMode::control_group;
    base::Signal signal{SIGTERM};
    std::optional<base::Signal> restart_signal; ///< default: `signal`
    base::Signal final_signal{SIGKILL};
    base::Signal watchdog_signal{SIGABRT};
    bool send_sigkill = true;
    bool send_sighup = false;
};

} // namespace mitori::unit
