// One property as `show` prints it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "status/value.hpp"

namespace mitori::cli::detail {

/// The texts that stand after "Name=", one a line: most properties have one, lists of commands have one each, and what
/// is empty has none. Nothing at all for a value that show does not know how to print.
[[nodiscard]] std::optional<std::vector<std::string>> show_property(std::string_view name, status::Value const& value);

} // namespace mitori::cli::detail
