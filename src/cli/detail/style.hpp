// Colours and glyphs of states: systemd's, so that eyes need not learn.
#pragma once

#include <string>
#include <string_view>

#include "cli/context.hpp"

namespace mitori::cli::detail {

enum class Style { plain, good, bad, warn, faint, strong, underlined };

/// The text between the escape sequences of its style, or bare where the screen has no colour.
[[nodiscard]] std::string styled(Screen const& screen, Style style, std::string_view text);

/// good for active and reloading, bad for failed, plain else.
[[nodiscard]] Style style_of_state(std::string_view active_state);
/// good, bad or warn for loaded, not-found and the like.
[[nodiscard]] Style style_of_load(std::string_view load_state);
/// The dot before a unit's name: ● ○ × ↻.
[[nodiscard]] std::string_view glyph_of_state(std::string_view active_state);

} // namespace mitori::cli::detail
