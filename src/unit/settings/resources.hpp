// What a unit's processes may use together: systemd.resource-control(5), the part that is honoured.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/time.hpp"

namespace mitori::unit {

/// Of an amount that has no bound, as properties show it.
inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

struct Resources {
    std::uint64_t memory_min = 0; ///< bytes, as all memory here
    std::uint64_t memory_low = 0;
    std::uint64_t memory_high = no_limit;
    std::uint64_t memory_max = no_limit;
    std::uint64_t memory_swap_max = no_limit;
    std::uint64_t tasks_max = no_limit;           ///< threads
    base::Usec cpu_quota = base::infinity;        ///< of CPU time, in each second of a clock
    base::Usec cpu_quota_period = base::infinity; ///< infinity: the kernel's own
    std::optional<std::uint64_t> cpu_weight;      ///< 1 to 10000; 0: only when nobody else wants it ("idle")
    friend bool operator==(Resources const&, Resources const&) = default;
};

} // namespace mitori::unit
