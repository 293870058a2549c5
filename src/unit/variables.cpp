#include "unit/variables.hpp"

#include <algorithm>

namespace mitori::unit {

bool is_variable_name(std::string_view text) {
    auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !text.empty() && !is_digit(text[0]) &&
           std::ranges::all_of(text, [&](char c) { return is_letter(c) || is_digit(c); });
}

std::optional<EnvironmentEntry> split_variable(std::string_view text) {
    auto const sign = text.find('=');
    if (sign == text.npos || !is_variable_name(text.substr(0, sign)) || text.find('\0') != text.npos)
        return std::nullopt;
    return EnvironmentEntry{std::string(text.substr(0, sign)), std::string(text.substr(sign + 1))};
}

} // namespace mitori::unit
