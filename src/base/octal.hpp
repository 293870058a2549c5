#pragma once

#include <string>
#include <string_view>

namespace mitori::base {

/// A path as the kernel writes it into /proc/self/mountinfo and /proc/swaps: blanks and backslashes as "\040".
[[nodiscard]] std::string read_octal_escapes(std::string_view text);

} // namespace mitori::base
