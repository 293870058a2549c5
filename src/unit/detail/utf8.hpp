#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mitori::unit::detail {

/// The offset of the first byte that is no part of valid UTF-8 (RFC 3629: no overlong forms, no surrogates).
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text);

} // namespace mitori::unit::detail
