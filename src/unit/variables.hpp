// Names of environment variables and their assignments, as environ(7) and systemd.exec(5) have them.
#pragma once

#include <optional>
#include <string_view>

#include "unit/settings/exec.hpp"

namespace mitori::unit {

/// Letters, digits and "_", no digit first.
[[nodiscard]] bool is_variable_name(std::string_view text);
/// "NAME=value", or nothing where the text is no assignment.
[[nodiscard]] std::optional<EnvironmentEntry> split_variable(std::string_view text);

} // namespace mitori::unit
