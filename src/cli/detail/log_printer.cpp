// The short formats: one line for an entry, more where its message has more.
#include "cli/detail/log_printer.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/log_text.hpp"

namespace mitori::cli::detail {

using base::Usec;
using status::LogEntry;

namespace {

constexpr std::int64_t million = 1'000'000;
/// Longer identifiers and fields are left out, unless all is asked for.
constexpr std::size_t long_value = 300;
constexpr std::size_t shown_lines = 3;

constexpr std::string_view reset = "\x1b[0m";
constexpr std::string_view strong = "\x1b[0;1;39m";
constexpr std::string_view red = "\x1b[0;1;31m";
constexpr std::string_view yellow = "\x1b[0;1;38;5;185m";
constexpr std::string_view grey = "\x1b[0;38;5;245m";

/// What the sender says of its own time goes before when the entry was taken.
Usec said_time(LogEntry const& entry, std::string_view field, Usec taken) {
    auto const said = base::parse_integer<std::int64_t>(entry.field(field));
    return said && *said > 0 ? Usec(*said) : taken;
}
Usec realtime_of(LogEntry const& entry) { return said_time(entry, "_SOURCE_REALTIME_TIMESTAMP", entry.realtime); }
Usec monotonic_of(LogEntry const& entry) { return said_time(entry, "_SOURCE_MONOTONIC_TIMESTAMP", entry.monotonic); }

std::string format_time(Usec when, char const* format, bool utc) {
    auto const seconds = static_cast<std::time_t>(when.count() / million);
    std::tm broken{};
    if ((utc ? ::gmtime_r(&seconds, &broken) : ::localtime_r(&seconds, &broken)) == nullptr) return "n/a";
    char text[64];
    return {text, std::strftime(text, sizeof text, format, &broken)};
}

std::string show_monotonic(Usec when) {
    return fmt::format("{:>5}.{:06}", when.count() / million, when.count() % million);
}

} // namespace

LogPrinter::Colours LogPrinter::colours_of(LogEntry const& entry) const {
    auto const priority = entry.field("PRIORITY");
    if (!look_.colour || priority.size() != 1) return {};
    switch (priority.front()) {
    case '0':
    case '1':
    case '2':
    case '3': return {red, reset, strong};
    case '4': return {yellow, reset, strong};
    case '5': return {strong, reset, red};
    case '7': return {grey, reset, red};
    default: return {};
    }
}

std::string LogPrinter::delta_stamp(LogEntry const& entry) const {
    auto const now = monotonic_of(entry);
    auto text = fmt::format("[{}", show_monotonic(now));
    if (!before_) {
        text += fmt::format("{:>16}", "");
    } else {
        // Across boots only the wall clock can tell, and that may have been set: hence the mark.
        bool const same_boot = before_->boot == entry.boot;
        auto const passed = same_boot ? now - before_->monotonic : realtime_of(entry) - before_->realtime;
        text += fmt::format(" <{:>5}.{:06}{}>", std::max(passed, Usec(0)).count() / million,
                            std::max(passed, Usec(0)).count() % million, same_boot ? " " : "*");
    }
    return text + "]";
}

std::string LogPrinter::stamp(LogEntry const& entry) {
    auto const when = realtime_of(entry);
    auto const micro = when.count() % million;
    switch (look_.format) {
    case LogFormat::monotonic: return fmt::format("[{}]", show_monotonic(monotonic_of(entry)));
    case LogFormat::delta: return delta_stamp(entry);
    case LogFormat::unix_time: return fmt::format("{}.{:06}", when.count() / million, micro);
    case LogFormat::full:
    case LogFormat::with_unit:
        return format_time(when, look_.utc ? "%a %Y-%m-%d %H:%M:%S UTC" : "%a %Y-%m-%d %H:%M:%S %Z", look_.utc);
    case LogFormat::iso: return format_time(when, "%Y-%m-%dT%H:%M:%S%z", look_.utc);
    case LogFormat::iso_precise:
        return fmt::format("{}.{:06}{}", format_time(when, "%Y-%m-%dT%H:%M:%S", look_.utc), micro,
                           format_time(when, "%z", look_.utc));
    case LogFormat::precise: return fmt::format("{}.{:06}", format_time(when, "%b %d %H:%M:%S", look_.utc), micro);
    default: return format_time(when, "%b %d %H:%M:%S", look_.utc);
    }
}

/// As the full one, with microseconds.
std::string LogPrinter::exact_stamp(LogEntry const& entry) const {
    auto const when = realtime_of(entry);
    return fmt::format("{}.{:06}{}", format_time(when, "%a %Y-%m-%d %H:%M:%S", look_.utc), when.count() % million,
                       look_.utc ? " UTC" : format_time(when, " %Z", false));
}

bool LogPrinter::shall_show(std::string_view value) const {
    if (value.empty()) return false;
    return look_.all || (value.size() < long_value && is_printable(value));
}

/// " host identifier[pid]".
std::string LogPrinter::who(LogEntry const& entry) const {
    std::string text;
    if (auto const host = entry.field("_HOSTNAME"); look_.hostname && shall_show(host))
        text += fmt::format(" {}", host);
    auto const unit = entry.field("_SYSTEMD_UNIT");
    auto const user_unit = entry.field("_SYSTEMD_USER_UNIT");
    if (look_.format == LogFormat::with_unit && (shall_show(unit) || shall_show(user_unit))) {
        if (!unit.empty()) text += fmt::format(" {}", unit);
        if (!user_unit.empty()) text += fmt::format("{}{}", unit.empty() ? " " : "/", user_unit);
    } else if (auto const identifier = entry.field("SYSLOG_IDENTIFIER"); shall_show(identifier)) {
        text += fmt::format(" {}", identifier);
    } else if (auto const command = entry.field("_COMM"); shall_show(command)) {
        text += fmt::format(" {}", command);
    } else {
        text += " unknown";
    }
    if (auto const pid = entry.field("_PID"); shall_show(pid))
        text += fmt::format("[{}]", pid);
    else if (auto const said = entry.field("SYSLOG_PID"); shall_show(said))
        text += fmt::format("[{}]", said);
    return text + ": ";
}

/// The message, each further line below the first; cut to the width where that is wanted, after three lines too.
std::string LogPrinter::message_lines(std::string_view text, std::size_t prefix, Colours const& colours,
                                      LogEntry::Span found) {
    if (text.empty()) return "\n";
    std::string lines;
    auto const width = look_.width;
    for (std::size_t begin = 0, number = 0; begin < text.size(); ++number) {
        auto const end = std::min(text.find('\n', begin), text.size());
        auto const line = text.substr(begin, end - begin);
        bool const last = number + 1 == shown_lines || end + 1 >= long_value;
        lines += std::string(number == 0 ? 0 : prefix, ' ');
        if (look_.full || look_.all || (prefix + line.size() + 1 < width && !last)) {
            lines += colours.on;
            // journalctl sets off what was found in a coloured line, be it nothing.
            if (!colours.found.empty() && found.begin >= begin && found.begin < end) {
                auto const stop = std::min(found.end, end);
                lines += fmt::format("{}{}{}", text.substr(begin, found.begin - begin), colours.found,
                                     text.substr(found.begin, stop - found.begin));
                if (stop < end) lines += fmt::format("{}{}", colours.on, text.substr(stop, end - stop));
            } else {
                lines += line;
            }
            lines += fmt::format("{}\n", colours.off);
            begin = end + 1;
            continue;
        }
        cut_ = true;
        if (prefix + 3 > width)
            lines += "...\n";
        else if (width - prefix > line.size() + 3)
            lines += fmt::format("{}{}...{}\n", colours.on, line, colours.off);
        else
            lines +=
                fmt::format("{}{}{}\n", colours.on, ellipsized(line, width - prefix, last ? 100 : 90), colours.off);
        if (last) break;
        begin = end + 1;
    }
    return lines;
}

/// The catalog's text below the entry, each line behind a mark.
std::string LogPrinter::explanation(LogEntry const& entry) const {
    if (!look_.explain || entry.explanation.empty()) return {};
    std::string text;
    std::string_view rest = entry.explanation;
    while (rest.ends_with('\n'))
        rest.remove_suffix(1);
    while (!rest.empty()) {
        auto const end = std::min(rest.find('\n'), rest.size());
        text += fmt::format("░░ {}\n", rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return text;
}

std::string LogPrinter::show_short(LogEntry const& entry) {
    auto message = entry.field("MESSAGE");
    bool const has_message = std::ranges::find(entry.fields, "MESSAGE", &LogEntry::Field::name) != entry.fields.end();
    if (!has_message) return {};
    auto found = entry.found;
    std::string clean;
    if (!look_.all) message = clean = without_colours(message, found);
    auto const head = stamp(entry) + who(entry);
    if (!look_.all && !is_printable(message)) return fmt::format("{}{}\n", head, blob_words(message.size()));
    auto lines = message_lines(message, head.size(), colours_of(entry), found);
    return head + lines + explanation(entry);
}

std::string LogPrinter::show_text(LogEntry const& entry) {
    switch (look_.format) {
    case LogFormat::verbose: return show_verbose(entry);
    case LogFormat::export_: return show_export(entry);
    case LogFormat::json:
    case LogFormat::json_pretty:
    case LogFormat::json_sse:
    case LogFormat::json_seq: return show_json(entry);
    case LogFormat::cat: return show_cat(entry);
    default: return show_short(entry);
    }
}

std::string LogPrinter::show(LogEntry const& entry) {
    auto text = show_text(entry);
    // An entry without a message is not shown, and counts for the time since.
    if (look_.format == LogFormat::delta) before_ = Before{entry.boot, monotonic_of(entry), realtime_of(entry)};
    return text;
}

} // namespace mitori::cli::detail
