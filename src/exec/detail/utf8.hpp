#pragma once

#include <string_view>

namespace mitori::exec {

/// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

} // namespace mitori::exec
