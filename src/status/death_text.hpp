// A death as "name=value" texts: how one process tells another of it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "status/death.hpp"

namespace mitori::status {

/// What is empty is left out.
[[nodiscard]] std::vector<std::string> show_death(Death const& death);
/// Names that this build does not know are passed over: another build may know more. EINVAL for a value that is none.
[[nodiscard]] base::Result<Death> parse_death(std::span<std::string const> texts);

} // namespace mitori::status
