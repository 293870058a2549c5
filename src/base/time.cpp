#include "base/time.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <fmt/format.h>
#include <utility>

#include "base/text.hpp"

namespace mitori::base {
namespace {

constexpr std::int64_t msec = 1'000;
constexpr std::int64_t sec = 1'000 * msec;
constexpr std::int64_t minute = 60 * sec;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t week = 7 * day;
// systemd.time(7): a year is 365.25 days, a month is its twelfth.
constexpr std::int64_t year = 365 * day + 6 * hour;
constexpr std::int64_t month = year / 12;

struct Unit {
    std::string_view word;
    std::int64_t length;
};

/// Longer words stand before their own beginnings: the first that matches is the longest.
constexpr auto units_read = std::to_array<Unit>({
    {"seconds", sec}, {"second", sec},   {"sec", sec},     {"s", sec},     {"minutes", minute}, {"minute", minute},
    {"min", minute},  {"months", month}, {"month", month}, {"M", month},   {"msec", msec},      {"ms", msec},
    {"m", minute},    {"hours", hour},   {"hour", hour},   {"hr", hour},   {"h", hour},         {"days", day},
    {"day", day},     {"d", day},        {"weeks", week},  {"week", week}, {"w", week},         {"years", year},
    {"year", year},   {"y", year},       {"usec", 1},      {"us", 1},      {"\u00b5s", 1},      {"\u03bcs", 1},
});

constexpr auto units_shown = std::to_array<Unit>({
    {"y", year},
    {"month", month},
    {"w", week},
    {"d", day},
    {"h", hour},
    {"min", minute},
    {"s", sec},
    {"ms", msec},
    {"us", 1},
});

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& rest) {
    std::size_t count = 0;
    while (count < rest.size() && is_digit(rest[count]))
        ++count;
    return std::exchange(rest, rest.substr(count)).substr(0, count);
}

std::string_view skip_blanks(std::string_view text) {
    auto const start = text.find_first_not_of(whitespace);
    return start == text.npos ? std::string_view{} : text.substr(start);
}

/// One number as it was written: digits before and after the point.
struct Number {
    std::string_view whole;
    std::string_view fraction;
};

/// Takes "12", "12.5" or ".5" from the front; nothing for what is no number ("12.", "x").
std::optional<Number> take_number(std::string_view& rest) {
    if (rest.starts_with('+')) rest.remove_prefix(1);
    Number number{.whole = take_digits(rest)};
    if (!rest.starts_with('.')) return number.whole.empty() ? std::nullopt : std::optional(number);
    rest.remove_prefix(1);
    number.fraction = take_digits(rest);
    return number.fraction.empty() ? std::nullopt : std::optional(number);
}

/// The unit's word at the front of `rest` is taken from it; `fallback` when there is none.
std::int64_t take_unit(std::string_view& rest, std::int64_t fallback) {
    for (auto const& unit : units_read) {
        if (!rest.starts_with(unit.word)) continue;
        rest.remove_prefix(unit.word.size());
        return unit.length;
    }
    return fallback;
}

/// The number in units of `length` microseconds; digits below one microsecond are cut off. Nothing on overflow.
std::optional<std::int64_t> scale(Number number, std::int64_t length) {
    std::int64_t whole = 0;
    if (!number.whole.empty()) {
        auto const parsed = parse_integer<std::int64_t>(number.whole);
        if (!parsed || __builtin_mul_overflow(*parsed, length, &whole)) return std::nullopt;
    }
    for (std::int64_t place = length; char const digit : number.fraction) {
        place /= 10;
        if (__builtin_add_overflow(whole, (digit - '0') * place, &whole)) return std::nullopt;
    }
    return whole;
}

std::unexpected<Error> bad_span(int number, std::string_view text) {
    return make_error(number, "parse time span", quote(text));
}

} // namespace

Result<Usec> parse_span(std::string_view text, Usec unit) {
    if (trim(text) == "infinity") return infinity;
    std::string_view rest = skip_blanks(text);
    if (rest.empty()) return bad_span(EINVAL, text);
    std::int64_t sum = 0;
    while (!rest.empty()) {
        if (rest.front() == '-') return bad_span(ERANGE, text);
        auto const number = take_number(rest);
        if (!number) return bad_span(EINVAL, text);
        std::string_view const after_number = rest;
        rest = skip_blanks(rest);
        std::int64_t const length = take_unit(rest, unit.count());
        // "12.34.56" and "5x" are slips of the pen; "12.34 .56" and "12.34s.56" are sums.
        if (rest.size() == after_number.size() && !rest.empty()) return bad_span(EINVAL, text);
        auto const value = scale(*number, length);
        if (!value || __builtin_add_overflow(sum, *value, &sum) || sum == infinity.count())
            return bad_span(ERANGE, text);
        rest = skip_blanks(rest);
    }
    return Usec(sum);
}

std::string show_span(Usec span) {
    if (span == infinity) return "infinity";
    if (span.count() <= 0) return "0";
    std::string text;
    std::int64_t left = span.count();
    for (auto const& unit : units_shown) {
        if (left < unit.length) continue;
        std::int64_t const whole = left / unit.length;
        std::int64_t const remainder = left % unit.length;
        if (!text.empty()) text += ' ';
        if (left < minute && remainder > 0) {
            int const digits = unit.length == sec ? 6 : 3;
            return text + fmt::format("{}.{:0{}}{}", whole, remainder, digits, unit.word);
        }
        text += fmt::format("{}{}", whole, unit.word);
        left = remainder;
        if (left == 0) break;
    }
    return text;
}

namespace {

std::string counted(std::int64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string show_long_age(std::int64_t age) {
    if (age >= year) return counted(age / year, "year") + " " + counted(age % year / month, "month");
    if (age >= month) return counted(age / month, "month") + " " + counted(age % month / day, "day");
    if (age >= week) return counted(age / week, "week") + " " + counted(age % week / day, "day");
    return counted(age / day, "day");
}

std::string show_short_age(std::int64_t age) {
    if (age >= 25 * hour) return fmt::format("1 day {}h", (age - day) / hour);
    if (age >= 6 * hour) return fmt::format("{}h", age / hour);
    if (age >= hour) return fmt::format("{}h {}min", age / hour, age % hour / minute);
    if (age >= 5 * minute) return fmt::format("{}min", age / minute);
    if (age >= minute) return fmt::format("{}min {}s", age / minute, age % minute / sec);
    if (age >= sec) return fmt::format("{}s", age / sec);
    if (age >= msec) return fmt::format("{}ms", age / msec);
    return fmt::format("{}us", age);
}

} // namespace

std::string show_age(Usec age) {
    if (age.count() <= 0) return "now";
    return (age.count() >= 2 * day ? show_long_age(age.count()) : show_short_age(age.count())) + " ago";
}

std::string show_timestamp(Usec realtime) {
    if (realtime.count() <= 0 || realtime == infinity) return "n/a";
    auto const seconds = static_cast<std::time_t>(realtime.count() / sec);
    std::tm broken{};
    if (::localtime_r(&seconds, &broken) == nullptr) return "n/a";
    // Not strftime's %a: files and scripts read this, whatever the locale is.
    static constexpr auto weekdays = std::to_array<std::string_view>({"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"});
    return fmt::format("{} {:04}-{:02}-{:02} {:02}:{:02}:{:02} {}",
                       weekdays.at(static_cast<std::size_t>(broken.tm_wday)), broken.tm_year + 1900, broken.tm_mon + 1,
                       broken.tm_mday, broken.tm_hour, broken.tm_min, broken.tm_sec, broken.tm_zone);
}

} // namespace mitori::base
