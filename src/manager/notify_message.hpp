// What a service says of itself: sd_notify(3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/time.hpp"
#include "manager/graph.hpp"

namespace mitori::manager {

/// One datagram, read. Unknown variables are none of our business; malformed values are dropped and named in `notes`.
struct NotifyMessage {
    bool ready = false;
    bool reloading = false;
    bool stopping = false;
    bool watchdog = false;         ///< WATCHDOG=1
    bool watchdog_trigger = false; ///< WATCHDOG=trigger
    bool barrier = false;          ///< BARRIER=1
    std::optional<std::string> status;
    std::optional<int> error_number;
    std::optional<pid_t> main_pid;
    std::optional<base::Usec> watchdog_interval;
    std::optional<base::Usec> extend_timeout;
    std::string notes;
};

/// Pure; any bytes are fine.
[[nodiscard]] NotifyMessage parse_notify(std::string_view datagram);

/// A message and who sent it, with the unit of that process as soon as it is known.
struct Notification {
    NotifyMessage message;
    pid_t sender = 0;
    std::optional<UnitRef> unit;
};

} // namespace mitori::manager
