// What holds where neither a unit nor the manager's own configuration says anything: systemd-system.conf(5).
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace mitori::unit {

inline constexpr base::Usec default_timeout_start = std::chrono::seconds(90);
inline constexpr base::Usec default_timeout_stop = std::chrono::seconds(90);
inline constexpr base::Usec default_start_limit_interval = std::chrono::seconds(10);
inline constexpr std::uint32_t default_start_limit_burst = 5;

} // namespace mitori::unit
