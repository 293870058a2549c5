#include "cli/detail/log_option_values.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"

namespace mitori::cli::detail {
namespace {

constexpr auto levels =
    std::to_array<std::string_view>({"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"});

std::optional<std::uint8_t> parse_level(std::string_view text) {
    auto const* const named = std::ranges::find(levels, text);
    if (named != levels.end()) return static_cast<std::uint8_t>(named - levels.begin());
    auto const number = base::parse_integer<std::uint8_t>(text);
    return number && *number < levels.size() ? number : std::nullopt;
}

struct Facility {
    std::string_view name;
    std::uint8_t number;
};
constexpr auto facilities = std::to_array<Facility>({
    {"kern", 0},    {"user", 1},    {"mail", 2},    {"daemon", 3},    {"auth", 4},    {"syslog", 5},  {"lpr", 6},
    {"news", 7},    {"uucp", 8},    {"cron", 9},    {"authpriv", 10}, {"ftp", 11},    {"local0", 16}, {"local1", 17},
    {"local2", 18}, {"local3", 19}, {"local4", 20}, {"local5", 21},   {"local6", 22}, {"local7", 23},
});

std::optional<std::uint8_t> parse_facility(std::string_view text) {
    auto const* const named = std::ranges::find(facilities, text, &Facility::name);
    if (named != facilities.end()) return named->number;
    constexpr std::uint8_t most = 127;
    auto const number = base::parse_integer<std::uint8_t>(text);
    return number && *number <= most ? number : std::nullopt;
}

OptionError take_time(LogOptions& options, std::optional<base::Usec>& into, char const* argument) {
    auto const when = base::parse_timestamp(argument, options.now);
    if (!when) return fmt::format("Failed to parse timestamp: {}", argument);
    into = *when;
    return {};
}

} // namespace

std::vector<std::string> facility_names() {
    std::vector<std::string> names;
    constexpr unsigned last = 23;
    for (unsigned number = 0; number <= last; ++number) {
        auto const* const named = std::ranges::find(facilities, number, &Facility::number);
        names.push_back(named != facilities.end() ? std::string(named->name) : fmt::format("{}", number));
    }
    return names;
}

OptionError take_priority(LogOptions& options, char const* argument) {
    std::string_view const text(argument);
    auto const dots = text.find("..");
    auto const first = parse_level(dots == std::string_view::npos ? "emerg" : text.substr(0, dots));
    auto const second = parse_level(dots == std::string_view::npos ? text : text.substr(dots + 2));
    if (!first || !second)
        return dots == std::string_view::npos ? fmt::format("Unknown log level {}", text)
                                              : fmt::format("Failed to parse log level range {}", text);
    options.query.most_important = std::min(*first, *second);
    options.query.least_important = std::max(*first, *second);
    return {};
}

OptionError take_facilities(LogOptions& options, char const* argument) {
    for (auto const word : base::split(argument, ",")) {
        if (word == "help") {
            options.action = LogOptions::Action::facilities;
            return {};
        }
        auto const facility = parse_facility(word);
        if (!facility) return fmt::format("Bad --facility= argument \"{}\".", word);
        options.query.facilities.push_back(*facility);
    }
    return {};
}

OptionError take_case(LogOptions& options, char const* argument) {
    auto const sensitive = argument == nullptr ? std::optional(true) : base::parse_boolean(argument);
    if (!sensitive) return fmt::format("Bad --case-sensitive= argument \"{}\".", argument);
    using Case = control::LogQuery::Case;
    options.query.grep_case = *sensitive ? Case::sensitive : Case::insensitive;
    return {};
}

OptionError take_since(LogOptions& options, char const* argument) {
    return take_time(options, options.query.since, argument);
}
OptionError take_until(LogOptions& options, char const* argument) {
    return take_time(options, options.query.until, argument);
}

OptionError take_cursor_file(LogOptions& options, char const* argument) {
    options.cursor_file = argument;
    return {};
}

std::optional<BootChoice> parse_boot(std::string_view text) {
    constexpr std::size_t identity = 32;
    BootChoice choice;
    auto const hex = text.substr(0, text.find_first_not_of("0123456789abcdefABCDEF"));
    if (hex.size() >= identity) {
        choice.id = hex.substr(0, identity);
        std::ranges::transform(choice.id, choice.id.begin(), [](unsigned char c) { return std::tolower(c); });
        text.remove_prefix(identity);
        if (!text.empty() && text.front() != '+' && text.front() != '-') return std::nullopt;
    }
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.empty()) return choice;
    choice.offset = base::parse_integer<int>(text);
    if (!choice.offset) return std::nullopt;
    return choice;
}

OptionError take_boot(LogOptions& options, char const* argument) {
    std::string_view const text(argument == nullptr ? "" : argument);
    options.boot = parse_boot(text);
    if (!options.boot && text != "all") return fmt::format("Failed to parse boot descriptor '{}'", text);
    return {};
}

OptionError take_kernel(LogOptions& options, char const*) {
    options.query.kernel = true;
    options.boot = BootChoice{};
    return {};
}

OptionError take_lines(LogOptions& options, char const* argument) {
    constexpr std::uint64_t usual = 10;
    std::string_view const text(argument == nullptr ? "" : argument);
    options.query.lines.reset();
    options.tail = text != "all";
    if (text == "all") return {};
    options.query.lines = text.empty() ? usual : base::parse_integer<std::uint64_t>(text);
    if (!options.query.lines) return fmt::format("Failed to parse lines '{}'", text);
    return {};
}

OptionError take_no_tail(LogOptions& options, char const*) {
    options.tail = false;
    return {};
}

OptionError take_output(LogOptions& options, char const* argument) {
    std::string_view const text(argument);
    if (text == "help") {
        options.action = LogOptions::Action::formats;
        return {};
    }
    auto const format = base::value_of<LogFormat>(text);
    if (!format) return fmt::format("Unknown output format '{}'.", text);
    options.look.format = *format;
    // Who takes entries over to elsewhere wants them and nothing else.
    using enum LogFormat;
    if (*format == export_ || *format == json || *format == json_pretty || *format == json_sse || *format == json_seq ||
        *format == cat)
        options.quiet = true;
    return {};
}

OptionError take_fields(LogOptions& options, char const* argument) {
    for (auto const word : base::split(argument, ","))
        options.look.fields.emplace_back(word);
    return {};
}

OptionError take_explain(LogOptions& options, char const*) {
    options.look.explain = true;
    return {};
}
OptionError take_no_hostname(LogOptions& options, char const*) {
    options.look.hostname = false;
    return {};
}
OptionError take_full(LogOptions& options, char const*) {
    options.look.full = true;
    return {};
}
OptionError take_no_full(LogOptions& options, char const*) {
    options.look.full = false;
    return {};
}
OptionError take_no_pager(LogOptions& options, char const*) {
    options.pager = false;
    return {};
}
OptionError take_pager_end(LogOptions& options, char const*) {
    options.pager_end = true;
    return {};
}
OptionError take_runtime_dir(LogOptions& options, char const* argument) {
    options.runtime_dir = argument;
    return {};
}

OptionError take_field(LogOptions& options, char const* argument) {
    options.action = LogOptions::Action::values;
    options.field = argument;
    return {};
}

OptionError take_vacuum_size(LogOptions& options, char const* argument) {
    auto const bytes = base::parse_size(argument);
    if (!bytes) return fmt::format("Failed to parse vacuum size: {}", argument);
    options.action = LogOptions::Action::vacuum;
    options.keep.bytes = *bytes;
    return {};
}

OptionError take_vacuum_files(LogOptions& options, char const* argument) {
    auto const count = base::parse_integer<std::uint64_t>(argument);
    if (!count) return fmt::format("Failed to parse vacuum files: {}", argument);
    options.action = LogOptions::Action::vacuum;
    options.keep.files = *count;
    return {};
}

OptionError take_vacuum_time(LogOptions& options, char const* argument) {
    auto const age = base::parse_span(argument);
    if (!age) return fmt::format("Failed to parse vacuum time: {}", argument);
    options.action = LogOptions::Action::vacuum;
    options.keep.age = *age;
    return {};
}

} // namespace mitori::cli::detail
