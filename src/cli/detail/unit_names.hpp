// What people type, as unit names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/context.hpp"

namespace mitori::cli::detail {

/// "nginx" -> "nginx.service", "/srv/data" -> "srv-data.mount", "/dev/sda" -> "dev-sda.device"; bytes that no unit name
/// holds are escaped. A pattern stays one. As systemctl reads its arguments.
[[nodiscard]] std::string unit_name(std::string_view typed);
[[nodiscard]] bool is_pattern(std::string_view text);
/// "service" of "nginx.service"; empty where there is none.
[[nodiscard]] std::string_view unit_type(std::string_view name);
/// The names typed, and for each pattern those of the units in memory that it matches.
[[nodiscard]] control::Answer<std::vector<std::string>> expand(Context& context, std::vector<std::string> const& typed);

} // namespace mitori::cli::detail
