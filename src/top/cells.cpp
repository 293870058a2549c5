#include "top/cells.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/utf8.hpp"

namespace mitori::top {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};
/// The greater blocks of Unicode 15's combining characters and of those without a width.
constexpr auto narrowest = std::to_array<Range>({
    {0x0300, 0x036f},
    {0x0483, 0x0489},
    {0x0591, 0x05bd},
    {0x0610, 0x061a},
    {0x064b, 0x065f},
    {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},
    {0x200b, 0x200f},
    {0x202a, 0x202e},
    {0x2060, 0x2064},
    {0x20d0, 0x20f0},
    {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff},
});
constexpr auto widest = std::to_array<Range>({
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x2e80, 0x303e},
    {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
});

template <std::size_t Count>
bool is_in(std::array<Range, Count> const& ranges, char32_t character) {
    return std::ranges::any_of(
        ranges, [character](Range const& range) { return character >= range.first && character <= range.last; });
}

char32_t character_at(std::string_view text, std::size_t length) {
    if (length <= 1) return static_cast<unsigned char>(text.front());
    char32_t value = static_cast<unsigned char>(text.front()) & (0xffU >> (length + 1));
    for (char const byte : text.substr(1, length - 1))
        value = (value << 6U) | (static_cast<unsigned char>(byte) & 0x3fU);
    return value;
}

/// One character of the front of the text.
struct Step {
    std::size_t bytes;
    std::size_t width;
};
Step step(std::string_view text) {
    auto const length = base::utf8_length(text);
    if (length == 0) return {1, 1};
    return {length, cell_width(character_at(text, length))};
}

} // namespace

std::size_t cell_width(char32_t character) {
    if (character < narrowest.front().first) return 1;
    if (is_in(narrowest, character)) return 0;
    return is_in(widest, character) ? 2 : 1;
}

std::size_t cells(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        auto const next = step(text);
        width += next.width;
        text.remove_prefix(next.bytes);
    }
    return width;
}

std::string cut(std::string_view text, std::size_t width) {
    std::size_t end = 0;
    for (std::size_t used = 0; end < text.size();) {
        auto const next = step(text.substr(end));
        if (used + next.width > width) break;
        used += next.width;
        end += next.bytes;
    }
    return std::string(text.substr(0, end));
}

std::string fit_left(std::string_view text, std::size_t width) {
    auto made = cut(text, width);
    return made.append(width - cells(made), ' ');
}

std::string fit_right(std::string_view text, std::size_t width) {
    auto const made = cut(text, width);
    return std::string(width - cells(made), ' ') + made;
}

std::string as_glyphs(std::string_view text, Glyphs glyphs) {
    if (glyphs == Glyphs::utf8) return std::string(text);
    std::string made;
    while (!text.empty()) {
        auto const next = step(text);
        made += next.bytes == 1 && static_cast<unsigned char>(text.front()) < 0x80U ? text.front() : '?';
        text.remove_prefix(next.bytes);
    }
    return made;
}

std::string short_size(double bytes) {
    constexpr double next = 1024;
    double value = std::max(bytes, 0.0) / next;
    constexpr std::string_view letters = "KMGTPE";
    std::size_t letter = 0;
    for (; value >= next - 0.5 && letter + 1 < letters.size(); ++letter)
        value /= next;
    bool const is_small = value < 9.95 && (letter > 0 || value > 0);
    return fmt::format("{:.{}f}{}", value, is_small ? 1 : 0, letters[letter]);
}

std::string short_percent(double percent) {
    return fmt::format("{:.{}f}", std::max(percent, 0.0), percent < 99.95 ? 1 : 0);
}

std::string short_time(std::uint64_t ticks, std::uint64_t ticks_per_second) {
    constexpr std::uint64_t minute = 60;
    constexpr std::uint64_t hour = 3600;
    constexpr std::uint64_t day = 86400;
    auto const seconds = ticks / ticks_per_second;
    if (seconds >= 100 * hour) return fmt::format("{}d{:02}", seconds / day, seconds % day / hour);
    if (seconds >= 10 * hour) return fmt::format("{}h{:02}", seconds / hour, seconds % hour / minute);
    auto const hundredths = ticks % ticks_per_second * 100 / ticks_per_second;
    return fmt::format("{}:{:02}.{:02}", seconds / minute, seconds % minute, hundredths);
}

} // namespace mitori::top
