// The lines of a Procfile or a .env file: no continuations, no sections, unlike those of a unit file (source.hpp).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"

namespace mitori::unit::detail {

struct TextLine {
    unsigned number = 0;   ///< from 1
    std::string_view text; ///< without its end, "\n" or "\r\n"
};

/// A byte order mark before the first line is left out. The text must outlive them.
[[nodiscard]] inline std::vector<TextLine> text_lines(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    std::vector<TextLine> lines;
    for (unsigned number = 1; !text.empty(); ++number) {
        auto const end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back({number, line});
    }
    return lines;
}

/// Where the first byte stands that neither a command line nor the bus could carry.
[[nodiscard]] inline std::optional<std::size_t> first_unusable(std::string_view text) {
    if (auto const nul = text.find('\0'); nul != std::string_view::npos) return nul;
    return base::first_invalid_utf8(text);
}

} // namespace mitori::unit::detail
