#include "journal/syslog_message.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"

namespace mitori::journal {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_space(char c) { return base::whitespace.find(c) != base::whitespace.npos; }

/// A NUL counts as whitespace at the end, where some clients leave one, and as an end elsewhere.
std::string_view without_ends(std::string_view text) {
    constexpr std::string_view at_end(" \t\n\r\0", 5);
    text = text.substr(0, text.find_last_not_of(at_end) + 1);
    return text.substr(std::min(text.find_first_not_of(base::whitespace), text.size()));
}

/// Takes "<N>" of up to three digits, facility and level in one number.
bool take_priority(std::string_view& text, SyslogMessage& message) {
    auto const close = text.substr(0, 5).find('>');
    if (close == text.npos || close < 2 || text.front() != '<') return false;
    auto const digits = text.substr(1, close - 1);
    if (!std::ranges::all_of(digits, is_digit)) return false;
    auto const value = base::parse_integer<unsigned>(digits).value_or(0);
    message.level = static_cast<std::uint8_t>(value & 7U);
    message.facility = static_cast<std::uint8_t>(value >> 3U);
    text.remove_prefix(close + 1);
    return true;
}

/// L: a letter, D: a digit, d: a digit or a space; everything else stands for itself.
bool has_shape(std::string_view text, std::string_view shape) {
    if (text.size() < shape.size()) return false;
    for (std::size_t at = 0; at < shape.size(); ++at) {
        char const c = text[at];
        switch (shape[at]) {
        case 'L':
            if (!is_letter(c)) return false;
            break;
        case 'D':
            if (!is_digit(c)) return false;
            break;
        case 'd':
            if (!is_digit(c) && c != ' ') return false;
            break;
        default:
            if (c != shape[at]) return false;
        }
    }
    return true;
}

std::string_view take(std::string_view& text, std::size_t count) {
    auto const taken = text.substr(0, count);
    text.remove_prefix(taken.size());
    return taken;
}

/// "Nov 22 17:45:05 ", with the space.
std::string_view take_old_time(std::string_view& text) {
    constexpr std::string_view shape = "LLL dD dD:dD:dD ";
    return has_shape(text, shape) ? take(text, shape.size()) : std::string_view{};
}

/// "name[pid]: ", after any whitespace; what follows begins behind one whitespace character.
void take_identifier(std::string_view& text, SyslogMessage& message) {
    auto const begin = std::min(text.find_first_not_of(base::whitespace), text.size());
    auto const end = std::min(text.find_first_of(base::whitespace, begin), text.size());
    auto word = text.substr(begin, end - begin);
    if (!word.ends_with(':')) return;
    word.remove_suffix(1);
    auto const open = word.ends_with(']') ? word.rfind('[') : word.npos;
    if (open != word.npos) {
        message.pid = word.substr(open + 1, word.size() - open - 2);
        word = word.substr(0, open);
    }
    message.identifier = word;
    text.remove_prefix(end < text.size() ? end + 1 : end);
}

// -- RFC 5424

/// "2026-11-22T17:45:05.25+01:00", or "-".
bool is_time(std::string_view word) {
    if (word == "-") return true;
    constexpr std::string_view shape = "DDDD-DD-DDTDD:DD:DD";
    if (!has_shape(word, shape)) return false;
    word.remove_prefix(shape.size());
    if (word.starts_with('.')) {
        auto const digits = std::min(word.find_first_not_of("0123456789", 1), word.size());
        if (digits < 2) return false;
        word.remove_prefix(digits);
    }
    return word == "Z" || (word.size() == 6 && (has_shape(word, "+DD:DD") || has_shape(word, "-DD:DD")));
}

bool is_plain(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// The word before the next space, which is taken too; empty where there is none.
std::string_view take_word(std::string_view& text) {
    auto const space = text.find(' ');
    if (space == text.npos) return {};
    auto const word = take(text, space);
    text.remove_prefix(1);
    return is_plain(word) ? word : std::string_view{};
}

/// The length of `[id name="value" …]` at the start, or 0. In a value `"`, `\` and `]` are escaped by `\`.
std::size_t element_length(std::string_view text) {
    if (!text.starts_with('[') || text.size() < 3 || text[1] == ' ' || text[1] == ']') return 0;
    bool quoted = false;
    for (std::size_t at = 1; at < text.size(); ++at) {
        char const c = text[at];
        if (quoted && c == '\\')
            ++at;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == ']')
            return at + 1;
        else if (!quoted && (c == '[' || is_space(c)) && c != ' ')
            return 0;
    }
    return 0;
}

/// "-", or elements without anything between them; nothing where it is neither.
std::optional<std::string_view> take_structured_data(std::string_view& text) {
    if (text.starts_with('-')) return take(text, 1);
    std::size_t length = 0;
    while (std::size_t const element = element_length(text.substr(length)))
        length += element;
    if (length == 0) return std::nullopt;
    return take(text, length);
}

std::string_view unless_nil(std::string_view word) { return word == "-" ? std::string_view{} : word; }

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// All of it or nothing: `message` is changed only where the whole header could be read.
bool take_rfc5424(std::string_view text, SyslogMessage& message) {
    if (!text.starts_with("1 ")) return false;
    text.remove_prefix(2);
    auto const time = take_word(text);
    auto const host = take_word(text);
    auto const application = take_word(text);
    auto const process = take_word(text);
    auto const id = take_word(text);
    if (!is_time(time) || host.empty() || application.empty() || process.empty() || id.empty()) return false;
    auto const data = take_structured_data(text);
    if (!data || (!text.empty() && text.front() != ' ')) return false;
    if (!text.empty()) text.remove_prefix(1);
    message.timestamp = unless_nil(time);
    message.hostname = unless_nil(host);
    if (application != "-") message.identifier = application;
    if (process != "-") message.pid = process;
    message.message_id = unless_nil(id);
    message.structured_data = unless_nil(*data);
    message.text = text;
    return true;
}

} // namespace

SyslogMessage parse_syslog(std::string_view datagram) {
    SyslogMessage message;
    auto text = without_ends(datagram);
    bool lossy = text.size() != datagram.size();
    if (auto const nul = text.find('\0'); nul != text.npos) {
        text = text.substr(0, nul);
        lossy = true;
    }
    if (take_priority(text, message) && take_rfc5424(text, message)) {
        if (message.text.starts_with(byte_order_mark)) {
            message.text.remove_prefix(byte_order_mark.size());
            lossy = true;
        }
    } else {
        message.timestamp = take_old_time(text);
        lossy = lossy || message.timestamp.empty();
        take_identifier(text, message);
        message.text = text;
    }
    if (lossy) message.raw = datagram;
    return message;
}

void append_fields(SyslogMessage const& message, std::vector<std::string>& fields) {
    auto const add = [&fields](std::string_view name, std::string_view value) {
        std::string field;
        field.reserve(name.size() + 1 + value.size());
        field.append(name).append(1, '=').append(value);
        fields.push_back(std::move(field));
    };
    auto const add_if_any = [&add](std::string_view name, std::string_view value) {
        if (!value.empty()) add(name, value);
    };
    fields.push_back(fmt::format("PRIORITY={}", message.level));
    // Facility 0 is the kernel's, which clients cannot be; journald leaves it out as well.
    if (message.facility != 0) fields.push_back(fmt::format("SYSLOG_FACILITY={}", message.facility));
    if (message.identifier) add("SYSLOG_IDENTIFIER", *message.identifier);
    if (message.pid) add("SYSLOG_PID", *message.pid);
    add_if_any("SYSLOG_TIMESTAMP", message.timestamp);
    add_if_any("SYSLOG_HOSTNAME", message.hostname);
    add_if_any("SYSLOG_MSGID", message.message_id);
    add_if_any("SYSLOG_STRUCTURED_DATA", message.structured_data);
    add("MESSAGE", message.text);
    add_if_any("SYSLOG_RAW", message.raw);
}

std::string show_syslog(SyslogForward const& message) {
    auto line = fmt::format("<{}>{} ", unsigned{message.facility} << 3U | message.level, message.local_time);
    if (!message.identifier.empty() || message.pid != 0) {
        line += message.identifier;
        if (message.pid != 0) line += fmt::format("[{}]", message.pid);
        line += ": ";
    }
    line += message.text;
    return line;
}

} // namespace mitori::journal
