// A look as text, and as JSON, for files and programs.
#pragma once

#include <cstddef>
#include <string>

#include "top/board.hpp"

namespace mitori::top {

/// The header, a blank line, the titles of the columns and every row. No line ends in blanks; `width` 0 cuts none.
[[nodiscard]] std::string batch_text(Board const& board, Choice const& choice, std::size_t width, Glyphs glyphs);
/// One line: {"time", "machine", "groups", "processes"}. What is not told is null.
[[nodiscard]] std::string batch_json(Board const& board, Choice const& choice);

} // namespace mitori::top
