#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fnmatch.h>

#include "base/detail/escape.hpp"

namespace mitori::base {
namespace {

/// ASCII only: names of directives and boolean words, whatever the locale is.
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

} // namespace

std::string_view trim(std::string_view text) {
    auto const start = text.find_first_not_of(whitespace);
    if (start == text.npos) return {};
    return text.substr(start, text.find_last_not_of(whitespace) - start + 1);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> pieces;
    for (std::size_t start = 0; (start = text.find_first_not_of(separators, start)) != text.npos;) {
        std::size_t const end = std::min(text.find_first_of(separators, start), text.size());
        pieces.push_back(text.substr(start, end - start));
        start = end;
    }
    return pieces;
}

std::string join(std::vector<std::string> const& pieces, std::string_view separator) {
    return fmt::format("{}", fmt::join(pieces, separator));
}

bool equal_ignoring_case(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

std::optional<bool> parse_boolean(std::string_view text) {
    static constexpr auto yes = std::to_array<std::string_view>({"1", "yes", "y", "true", "t", "on"});
    static constexpr auto no = std::to_array<std::string_view>({"0", "no", "n", "false", "f", "off"});
    auto const is_text = [text](std::string_view word) { return equal_ignoring_case(word, text); };
    if (std::ranges::any_of(yes, is_text)) return true;
    if (std::ranges::any_of(no, is_text)) return false;
    return std::nullopt;
}

std::string printable(std::string_view text) {
    std::string shown;
    shown.reserve(text.size());
    while (!text.empty()) {
        std::size_t const length = detail::printable_prefix(text);
        shown += length != 0 ? std::string(text.substr(0, length)) : detail::escape_byte(text.front());
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return shown;
}

std::string quote(std::string_view word) {
    static constexpr std::string_view bare_signs = "_-+./:@,=%^";
    bool const bare = !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || bare_signs.find(c) != bare_signs.npos;
    });
    if (bare) return std::string(word);
    std::string quoted = "\"";
    for (char const c : word) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return printable(quoted + "\"");
}

std::size_t columns(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return !is_continuation(c); }));
}

bool glob_match(std::string_view pattern, std::string_view text) {
    return ::fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), 0) == 0;
}

} // namespace mitori::base
