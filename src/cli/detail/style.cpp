#include "cli/detail/style.hpp"

namespace mitori::cli::detail {

namespace {

std::string_view sequence(Style style) {
    switch (style) {
    case Style::good: return "\x1b[0;1;32m";
    case Style::bad: return "\x1b[0;1;31m";
    case Style::warn: return "\x1b[0;1;33m";
    case Style::faint: return "\x1b[0;90m";
    case Style::strong: return "\x1b[0;1;39m";
    case Style::underlined: return "\x1b[0;4m";
    case Style::plain: break;
    }
    return {};
}

} // namespace

std::string styled(Screen const& screen, Style style, std::string_view text) {
    if (!screen.colour || style == Style::plain || text.empty()) return std::string(text);
    return std::string(sequence(style)).append(text).append("\x1b[0m");
}

Style style_of_state(std::string_view active_state) {
    if (active_state == "failed") return Style::bad;
    if (active_state == "active" || active_state == "reloading") return Style::good;
    return Style::plain;
}

Style style_of_load(std::string_view load_state) {
    if (load_state == "not-found" || load_state == "bad-setting" || load_state == "error") return Style::bad;
    return load_state == "masked" ? Style::faint : Style::plain;
}

std::string_view glyph_of_state(std::string_view active_state) {
    if (active_state == "failed") return "×";
    if (active_state == "reloading") return "↻";
    if (active_state == "inactive" || active_state == "maintenance") return "○";
    return "●";
}

} // namespace mitori::cli::detail
