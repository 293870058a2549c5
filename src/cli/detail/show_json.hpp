// Data of verbs as JSON, for `-o json`.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cli/context.hpp"

namespace mitori::cli::detail {

[[nodiscard]] inline bool wants_json(Context const& context) { return context.options.format == Format::json; }
/// As one document, indented, with a newline.
void print_json(Context& context, nlohmann::json const& json);

} // namespace mitori::cli::detail
