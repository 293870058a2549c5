// What a failed step was about, for its message.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "process/detail/child.hpp"

namespace mitori::process::detail {

/// The path of the step that failed, or the program's name where the step has none. `block` must have been checked; a
/// relocated copy will do.
[[nodiscard]] std::string subject_of(std::span<std::byte const> block, Report const& report);

} // namespace mitori::process::detail
