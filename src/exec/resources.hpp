// What a unit's settings say of its control group: systemd.resource-control(5).
#pragma once

#include "cgroup/limits.hpp"
#include "unit/unit.hpp"

namespace mitori::exec {

/// Pure. What the unit leaves open is left open.
[[nodiscard]] cgroup::Limits limits_of(unit::Unit const& unit);
/// The same for a group that has had other limits before: what is left open is lifted.
[[nodiscard]] cgroup::Limits limits_in_place_of_others(unit::Unit const& unit);

} // namespace mitori::exec
