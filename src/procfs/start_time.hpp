#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace mitori::procfs {

/// Ticks since boot (field 22 of /proc/PID/stat) as real time, by the clocks of now.
[[nodiscard]] base::Usec started_at(std::uint64_t ticks);

} // namespace mitori::procfs
