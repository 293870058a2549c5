// How wide text is on a terminal, and figures that fit into few columns. Pure: no locale is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "top/graph.hpp"

namespace mitori::top {

/// Columns that a character takes: 0 what combines with the one before, 2 East Asian wide characters and emoji
/// (Unicode's East_Asian_Width W and F), 1 all others.
[[nodiscard]] std::size_t cell_width(char32_t character);
/// Of UTF-8. A byte that is no part of a character counts as one.
[[nodiscard]] std::size_t cells(std::string_view text);
/// What fits into that many columns from the left, never half a character.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width);
/// Exactly so wide: cut, or with blanks behind it, or before it.
[[nodiscard]] std::string fit_left(std::string_view text, std::size_t width);
[[nodiscard]] std::string fit_right(std::string_view text, std::size_t width);
/// For a terminal that shows nothing but ASCII: '?' for every other character.
[[nodiscard]] std::string as_glyphs(std::string_view text, Glyphs glyphs);

/// "9.9K", "123M", "1023G": five columns at most.
[[nodiscard]] std::string short_size(double bytes);
/// "0.4", "12.3", "104", four columns at most up to 9999 %.
[[nodiscard]] std::string short_percent(double percent);
/// "1:02.34" as procps's TIME+; hours where there are many: "21h04", "12d03".
[[nodiscard]] std::string short_time(std::uint64_t ticks, std::uint64_t ticks_per_second);

} // namespace mitori::top
