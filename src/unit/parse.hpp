// Station 2 of the road: the lines of a source become settings of a unit, through the rows of the table of directives.
// Nothing here can fail or end a manager: what is wrong becomes a diagnostic with its place, and reading goes on.
#pragma once

#include "unit/detail/specifiers.hpp"
#include "unit/source.hpp"
#include "unit/unit.hpp"

namespace mitori::unit {

/// What came of reading one source.
enum class Reading : std::uint8_t {
    fine,        ///< perhaps with diagnostics
    bad_setting, ///< a setting without which the unit must not run could not be read
    broken,      ///< a section header or a line that makes no sense: the rest of the source was not read
};

/// Reads every line into `unit`: settings and dependencies are added to what is there, `kept` and `diagnostics` too.
[[nodiscard]] Reading parse(Source const& source, Unit& unit, Specifiers const& specifiers);

} // namespace mitori::unit
