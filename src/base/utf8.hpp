// What is well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. NUL is a character.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mitori::base {

/// The bytes of the character at the start of `text`; 0 where there is none, also for an empty text.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// The offset of the first byte that is no part of a character.
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text);

[[nodiscard]] inline bool is_utf8(std::string_view text) { return !first_invalid_utf8(text); }

} // namespace mitori::base
