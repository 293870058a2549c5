// Text: splitting, escaping and likeness. Nothing here knows a file format; quoting as unit files know it is in unit.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mitori::base {

inline constexpr std::string_view whitespace = " \t\n\r";

[[nodiscard]] std::string_view trim(std::string_view text);
/// Non-empty pieces between any of `separators`.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, std::string_view separators = whitespace);
[[nodiscard]] std::string join(std::vector<std::string> const& pieces, std::string_view separator);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

/// A whole decimal (or, with base 8/16, other) number; nothing on any stray character or overflow.
template <class Int>
[[nodiscard]] std::optional<Int> parse_integer(std::string_view text, int base = 10) {
    Int value{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// systemd's boolean words: 1 yes y true t on / 0 no n false f off, in any case.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// "1024", "64K", "1.5G" to bytes (base 1024), as systemd.exec(5) reads sizes; "infinity" is UINT64_MAX.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
/// "12.3M", "512B": base 1024, one decimal, as systemctl status prints sizes.
[[nodiscard]] std::string show_size(std::uint64_t bytes);

/// The entry of `known` nearest to `text` by edit distance (transpositions count once), if near enough to be a typo.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view text,
                                                      std::vector<std::string_view> const& known);

/// A word as a shell or a unit file would need it to read it back: bare, or in double quotes with C escapes.
[[nodiscard]] std::string quote(std::string_view word);
/// Control and non-printing bytes as C escapes, so that foreign text cannot drive the terminal.
[[nodiscard]] std::string printable(std::string_view text);
/// The number of terminal columns of UTF-8 text is counted in code points: enough for alignment of names.
[[nodiscard]] std::size_t columns(std::string_view utf8);
/// Shell-style match (fnmatch(3) without flags).
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);

} // namespace mitori::base
