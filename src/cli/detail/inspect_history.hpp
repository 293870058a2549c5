// What the ledger tells of those that were before a process: of its unit, or of its command where it has none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "control/deaths.hpp"

namespace mitori::cli::detail {

struct InspectHistory {
    std::string of; ///< "unit web.service", "command redis-server"
    std::uint64_t deaths = 0;
    std::uint64_t failed = 0;        ///< of them, other than by exit(0)
    std::vector<status::Death> last; ///< a few, the last one first
    std::string untold;              ///< why nothing is known; empty else
};

/// Of the whole time that the ledger holds. What is wrong with it is told in `untold`.
[[nodiscard]] InspectHistory history_of(base::Result<control::Deaths*> const& deaths, std::string const& unit,
                                        std::string const& comm);

} // namespace mitori::cli::detail
