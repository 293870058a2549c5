// Comparisons in conditions: versions, patterns, plain texts, numbers. systemd.unit(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mitori::manager {

/// Orders versions as the UAPI group's version format says: digits by value, letters by code, "~" before the end of the
/// text, "^" between the end and all else. Negative: a is older.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);

enum class Operator : std::uint8_t {
    same_text,
    other_text,
    matches,
    matches_not,
    less,
    less_or_equal,
    equal,
    not_equal,
    greater_or_equal,
    greater
};
/// Takes the operator off the front of the text, with white space after it; nothing where there is none.
[[nodiscard]] std::optional<Operator> take_operator(std::string_view& text);

/// By version for < <= == <> >= >, by text for = and !=, by shell pattern for $= and !$=.
[[nodiscard]] bool compare_texts(std::string_view actual, Operator op, std::string_view expected);
/// By value, where = is == and != is <>. Nothing for patterns, which numbers have none of.
[[nodiscard]] std::optional<bool> compare_numbers(std::uint64_t actual, Operator op, std::uint64_t expected);

} // namespace mitori::manager
