#include <array>
#include <cerrno>
#include <ctime>
#include <optional>

#include "base/text.hpp"
#include "base/time.hpp"

namespace mitori::base {
namespace {

constexpr std::int64_t million = 1'000'000;

std::unexpected<Error> bad_timestamp(std::string_view text) {
    return make_error(EINVAL, "parse timestamp", quote(text));
}

enum class Zone { local, utc };

std::optional<std::tm> broken_down(Usec when, Zone zone) {
    auto const seconds = static_cast<std::time_t>(when.count() / million);
    std::tm broken{};
    auto const* const done = zone == Zone::utc ? ::gmtime_r(&seconds, &broken) : ::localtime_r(&seconds, &broken);
    if (done == nullptr) return std::nullopt;
    return broken;
}

/// Takes the word at the end off, if it is there after a blank; without regard to case.
bool take_suffix(std::string_view& text, std::string_view word) {
    if (text.size() <= word.size() || !equal_ignoring_case(text.substr(text.size() - word.size()), word)) return false;
    if (text[text.size() - word.size() - 1] != ' ') return false;
    text.remove_suffix(word.size() + 1);
    return true;
}

/// "Fri " or "Friday " at the front: the number of the day, Sunday 0.
std::optional<int> take_weekday(std::string_view& text) {
    static constexpr auto days =
        std::to_array<std::string_view>({"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"});
    auto const blank = text.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    auto const word = text.substr(0, blank);
    for (std::size_t i = 0; i < days.size(); ++i) {
        if (!equal_ignoring_case(word, days[i]) && !equal_ignoring_case(word, days[i].substr(0, 3))) continue;
        text.remove_prefix(blank + 1);
        return static_cast<int>(i);
    }
    return std::nullopt;
}

/// One or two digits, or as many as `most`, up to `limit`.
std::optional<int> number(std::string_view digits, std::size_t most, int limit) {
    auto const value = digits.size() <= most ? parse_integer<int>(digits) : std::nullopt;
    if (!value || *value < 0 || *value > limit) return std::nullopt;
    return value;
}

/// "2012-11-23", "12-11-23".
bool read_date(std::string_view text, std::tm& into) {
    auto const parts = split(text, "-");
    if (parts.size() != 3) return false;
    auto const year = number(parts[0], 4, 9999);
    auto const month = number(parts[1], 2, 12);
    auto const day = number(parts[2], 2, 31);
    if (!year || !month || !day || *month == 0 || *day == 0) return false;
    // Two digits are of the years 1969 to 2068, as strptime(3) has it.
    int const full = parts[0].size() > 2 ? *year : *year + (*year < 69 ? 2000 : 1900);
    into.tm_year = full - 1900;
    into.tm_mon = *month - 1;
    into.tm_mday = *day;
    return true;
}

/// "11:12", "11:12:13", "11:12:13.5"; the part of a second goes to `micro`.
bool read_time(std::string_view text, std::tm& into, std::int64_t& micro) {
    auto const dot = text.find('.');
    if (dot != std::string_view::npos) {
        std::int64_t place = million / 10;
        if (dot + 1 == text.size()) return false;
        for (char const digit : text.substr(dot + 1)) {
            if (digit < '0' || digit > '9') return false;
            micro += (digit - '0') * place;
            place /= 10;
        }
    }
    auto const parts = split(text.substr(0, dot), ":");
    if (parts.size() < 2 || parts.size() > 3 || (parts.size() == 2 && dot != std::string_view::npos)) return false;
    auto const hour = number(parts[0], 2, 23);
    auto const minute = number(parts[1], 2, 59);
    auto const second = parts.size() == 3 ? number(parts[2], 2, 60) : std::optional(0);
    if (!hour || !minute || !second) return false;
    into.tm_hour = *hour;
    into.tm_min = *minute;
    into.tm_sec = *second;
    return true;
}

/// Days from today, for the words that mean a day.
std::optional<int> day_word(std::string_view text) {
    if (text == "today") return 0;
    if (text == "yesterday") return -1;
    if (text == "tomorrow") return 1;
    return std::nullopt;
}

/// What is counted from now, or from the epoch: no calendar is needed.
std::optional<Result<Usec>> read_relative(std::string_view text, Usec now) {
    if (text == "now") return now;
    auto const shifted = [&](std::string_view span, int sign) -> Result<Usec> {
        auto const length = parse_span(span);
        if (!length || *length == infinity || (sign > 0 && *length > infinity - now)) return bad_timestamp(text);
        return sign > 0 ? now + *length : std::max(now - *length, Usec(0));
    };
    if (text.starts_with('+')) return shifted(text.substr(1), 1);
    if (text.starts_with('-')) return shifted(text.substr(1), -1);
    if (text.ends_with(" ago")) return shifted(text.substr(0, text.size() - 4), -1);
    if (text.ends_with(" left")) return shifted(text.substr(0, text.size() - 5), 1);
    if (!text.starts_with('@')) return std::nullopt;
    auto const length = parse_span(text.substr(1));
    return length && *length != infinity ? *length : Result<Usec>(bad_timestamp(text));
}

/// Date and time, or one of them: today, and midnight, stand in for the other.
bool read_calendar(std::string_view text, std::tm& into, std::int64_t& micro) {
    into.tm_hour = into.tm_min = into.tm_sec = 0;
    if (auto const days = day_word(text)) {
        into.tm_mday += *days;
        return true;
    }
    auto const words = split(text, " ");
    if (words.size() == 2) return read_date(words[0], into) && read_time(words[1], into, micro);
    return words.size() == 1 && (read_date(words[0], into) || read_time(words[0], into, micro));
}

} // namespace

Result<Usec> parse_timestamp(std::string_view text, Usec now) {
    if (auto const relative = read_relative(text, now)) return *relative;
    std::string_view rest = text;
    auto zone = Zone::local;
    int daylight = -1; // as the zone has it then
    if (take_suffix(rest, "UTC")) {
        zone = Zone::utc;
    } else {
        ::tzset();
        for (int i = 0; i < 2; ++i)
            if (take_suffix(rest, ::tzname[i])) daylight = i;
    }
    auto const weekday = take_weekday(rest);
    auto broken = broken_down(now, zone);
    std::int64_t micro = 0;
    if (!broken || rest.starts_with(' ') || rest.ends_with(' ') || !read_calendar(rest, *broken, micro))
        return bad_timestamp(text);
    broken->tm_isdst = daylight;
    auto const seconds = zone == Zone::utc ? ::timegm(&*broken) : ::mktime(&*broken);
    if (seconds < 0 || (weekday && broken->tm_wday != *weekday)) return bad_timestamp(text);
    return Usec(seconds * million + micro);
}

} // namespace mitori::base
