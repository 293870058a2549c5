// What a process did between two looks at it. Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "procfs/machine.hpp"
#include "procfs/row.hpp"

namespace mitori::procfs {

struct Rates {
    double cpu = 0;        ///< share of one processor: 1.0 is one of them, busy all the time
    double faults = 0;     ///< major faults a second
    double read_bytes = 0; ///< a second; 0 without Part::io
    double written_bytes = 0;
};

/// Between two looks, `seconds` apart. Nothing where they are not of the same process, or no time has passed.
[[nodiscard]] std::optional<Rates> rates_between(Row const& before, Row const& after, double seconds,
                                                 Machine const& machine);
/// For each row of `after`, in its order. Who was not there before is reckoned from its start.
[[nodiscard]] std::vector<Rates> rates_between(std::span<Row const> before, std::span<Row const> after, double seconds,
                                               Machine const& machine);

} // namespace mitori::procfs
