#include "top/graph.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace mitori::top {
namespace {

constexpr auto blocks = std::to_array<std::string_view>({"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"});
constexpr std::string_view marks = "_.-:=+*#";

std::span<float const> last(std::span<float const> values, std::size_t width) {
    return values.size() > width ? values.subspan(values.size() - width) : values;
}

} // namespace

std::string graph(std::span<float const> values, std::size_t width, double full, Glyphs glyphs) {
    auto const shown = last(values, width);
    std::string text(width - shown.size(), ' ');
    for (double const value : shown) {
        auto const part = full > 0 && value > 0 ? std::min(value / full, 1.0) : 0.0;
        auto const level = static_cast<std::size_t>(std::lround(part * static_cast<double>(blocks.size() - 1)));
        if (glyphs == Glyphs::utf8)
            text += blocks[level];
        else
            text += marks[level];
    }
    return text;
}

std::string own_graph(std::span<float const> values, std::size_t width, double least, Glyphs glyphs) {
    auto const shown = last(values, width);
    auto const greatest = shown.empty() ? 0.0F : std::ranges::max(shown);
    return graph(shown, width, std::max(static_cast<double>(greatest), least), glyphs);
}

} // namespace mitori::top
