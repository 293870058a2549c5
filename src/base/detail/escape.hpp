#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mitori::base::detail {

/// Bytes of the first character of `text` when it is a printing one (valid UTF-8, no control character); else 0.
[[nodiscard]] std::size_t printable_prefix(std::string_view text);
/// One byte as a C escape: "\n", "\x1b".
[[nodiscard]] std::string escape_byte(char byte);

} // namespace mitori::base::detail
