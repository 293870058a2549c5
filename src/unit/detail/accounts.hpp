#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "unit/detail/specifiers.hpp"

namespace mitori::unit {

/// The name or number of a user or group, specifiers expanded, by the generous rules of systemd.io/USER_NAMES: whether
/// it exists is asked when the service starts. The error is a sentence.
[[nodiscard]] base::Result<std::string> account_name(std::string_view text, Specifiers const& specifiers);

} // namespace mitori::unit
