// Sizes in bytes, of text.hpp.
#include <array>
#include <cerrno>
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <ranges>

#include "base/text.hpp"

namespace mitori::base {
namespace {

struct Factor {
    char letter;
    std::uint64_t bytes;
};

/// Greatest first. 'B' stands for single bytes.
constexpr auto factors = std::to_array<Factor>({
    {'E', std::uint64_t{1} << 60U},
    {'P', std::uint64_t{1} << 50U},
    {'T', std::uint64_t{1} << 40U},
    {'G', std::uint64_t{1} << 30U},
    {'M', std::uint64_t{1} << 20U},
    {'K', std::uint64_t{1} << 10U},
    {'B', 1},
});

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::unexpected<Error> bad_size(int number, std::string_view text) {
    return make_error(number, "parse size", quote(text));
}

/// The factor's letter is taken from the front of `rest`. Of several sizes in a row ("1G 500M") each must be in a
/// smaller unit than the one before: `from` is the first row allowed and moves on.
std::optional<std::uint64_t> take_factor(std::string_view& rest, std::size_t& from) {
    if (rest.empty() || is_digit(rest.front())) {
        from = factors.size();
        return 1;
    }
    for (std::size_t i = from; i < factors.size(); ++i) {
        if (rest.front() != factors[i].letter) continue;
        rest.remove_prefix(1);
        from = i + 1;
        return factors[i].bytes;
    }
    return std::nullopt;
}

std::string_view take_digits(std::string_view& rest) {
    std::size_t count = 0;
    while (count < rest.size() && is_digit(rest[count]))
        ++count;
    auto const digits = rest.substr(0, count);
    rest.remove_prefix(count);
    return digits;
}

/// The fraction's digits as a part of one: "25" is 0.25.
long double fraction_of(std::string_view digits) {
    long double value = 0;
    for (char const digit : digits | std::views::reverse)
        value = (value + (digit - '0')) / 10;
    return value;
}

} // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
    std::string_view rest = trim(text);
    if (rest == "infinity") return std::numeric_limits<std::uint64_t>::max();
    if (rest.empty()) return bad_size(EINVAL, text);
    std::uint64_t sum = 0;
    std::size_t from = 0;
    while (!rest.empty()) {
        if (rest.front() == '-') return bad_size(ERANGE, text);
        auto const digits = take_digits(rest);
        if (digits.empty() || from >= factors.size()) return bad_size(EINVAL, text);
        auto const whole = parse_integer<std::uint64_t>(digits);
        if (!whole) return bad_size(ERANGE, text);
        long double fraction = 0;
        if (rest.starts_with('.')) {
            rest.remove_prefix(1);
            fraction = fraction_of(take_digits(rest));
        }
        rest = trim(rest);
        auto const factor = take_factor(rest, from);
        if (!factor) return bad_size(EINVAL, text);
        std::uint64_t part = 0;
        auto const below = static_cast<std::uint64_t>(fraction * static_cast<long double>(*factor));
        if (__builtin_mul_overflow(*whole, *factor, &part) || __builtin_add_overflow(part, below, &part) ||
            __builtin_add_overflow(sum, part, &sum))
            return bad_size(ERANGE, text);
        rest = trim(rest);
    }
    return sum;
}

std::string show_size(std::uint64_t bytes) {
    if (bytes == std::numeric_limits<std::uint64_t>::max()) return "infinity";
    for (std::size_t i = 0; i + 1 < factors.size(); ++i) {
        auto const& factor = factors[i];
        if (bytes < factor.bytes) continue;
        // In tenths of the next smaller unit's thousand and twenty-fourths, so that no product overflows.
        std::uint64_t const smaller = factor.bytes >> 10U;
        return fmt::format("{}.{}{}", bytes / factor.bytes, bytes / smaller * 10 / 1024 % 10, factor.letter);
    }
    return fmt::format("{}B", bytes);
}

} // namespace mitori::base
