// What the settings of one unit must not say together: systemd.service(5), systemd.slice(5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "unit/unit.hpp"

namespace mitori::unit::detail {

/// Why the unit cannot be run as it is, in a sentence; nothing where it can.
[[nodiscard]] std::optional<std::string> contradiction(Unit const& unit);
/// Settings that have no effect beside others, a sentence each.
[[nodiscard]] std::vector<std::string> settings_without_effect(Unit const& unit);

} // namespace mitori::unit::detail
