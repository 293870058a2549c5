#include "journal/console.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <vector>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace mitori::journal {
namespace {

constexpr std::string_view reset = "\033[0m";

constexpr std::string_view escape_of(TagColour colour) {
    switch (colour) {
    case TagColour::none: return {};
    case TagColour::cyan: return "\033[36m";
    case TagColour::yellow: return "\033[33m";
    case TagColour::green: return "\033[32m";
    case TagColour::magenta: return "\033[35m";
    case TagColour::red: return "\033[31m";
    case TagColour::blue: return "\033[34m";
    }
    return {};
}

/// The length of `ESC [ … m` at the start, or 0.
std::size_t colour_sequence(std::string_view text) {
    if (!text.starts_with("\033[")) return 0;
    auto const end = text.find_first_not_of("0123456789;:", 2);
    return end != text.npos && text[end] == 'm' ? end + 1 : 0;
}

enum class Coloured : bool { no, yes };

/// How many of the first bytes are printing ASCII: most text is nothing else, and need not be looked at more closely.
std::size_t plain_prefix(std::string_view text) {
    auto const drives = [](char c) { return c < ' ' || c > '~'; };
    return static_cast<std::size_t>(std::ranges::find_if(text, drives) - text.begin());
}

/// The text without anything that could drive the terminal, but for tabs and colours; whether there were colours.
Coloured append_shown(std::string_view text, std::string& into) {
    Coloured coloured = Coloured::no;
    while (!text.empty()) {
        std::size_t taken = plain_prefix(text);
        if (taken == 0 && text.front() == '\t') taken = 1;
        if (taken == 0 && (taken = colour_sequence(text)) > 0) coloured = Coloured::yes;
        into += text.substr(0, taken);
        if (taken == 0) {
            // Up to the next tab or escape sequence, so that no character is cut.
            taken = std::max<std::size_t>(1, std::min(text.find_first_of("\t\033"), text.size()));
            into += base::printable(text.substr(0, taken));
        }
        text.remove_prefix(taken);
    }
    return coloured;
}

void append_printable(std::string_view text, std::string& into) {
    if (plain_prefix(text) == text.size())
        into += text;
    else
        into += base::printable(text);
}

void append_tag(ConsoleLine const& line, std::string& into) {
    into += escape_of(line.colour);
    if (!line.time.empty()) into.append(line.time).append(1, ' ');
    auto const begin = into.size();
    append_printable(line.tag, into);
    auto const width = base::columns(std::string_view(into).substr(begin));
    into.append(line.tag_width > width ? line.tag_width - width : 0, ' ');
    into += " | ";
    if (line.colour != TagColour::none) into += reset;
}

// -- JSON, as journalctl writes it

bool is_json_text(std::string_view value) {
    while (!value.empty()) {
        auto const length = base::utf8_length(value);
        auto const first = static_cast<unsigned char>(value.front());
        if (length == 0 || first == 0x7f || (first < 0x20 && first != '\t' && first != '\n')) return false;
        // U+0080 to U+009F: control characters in two bytes.
        if (length == 2 && first == 0xc2 && static_cast<unsigned char>(value[1]) < 0xa0) return false;
        value.remove_prefix(length);
    }
    return true;
}

void append_json_text(std::string_view text, std::string& into) {
    into += '"';
    for (char const c : text) {
        switch (c) {
        case '"': into += "\\\""; break;
        case '\\': into += "\\\\"; break;
        case '\n': into += "\\n"; break;
        case '\t': into += "\\t"; break;
        default: into += c;
        }
    }
    into += '"';
}

void append_json_bytes(std::string_view bytes, std::string& into) {
    into += '[';
    for (char const& c : bytes)
        fmt::format_to(std::back_inserter(into), "{}{}", &c == bytes.data() ? "" : ",", static_cast<unsigned char>(c));
    into += ']';
}

void append_json_value(std::string_view value, std::string& into) {
    if (is_json_text(value))
        append_json_text(value, into);
    else
        append_json_bytes(value, into);
}

std::string_view name_of(std::string_view field) { return field.substr(0, field.find('=')); }
std::string_view value_of(std::string_view field) {
    return field.substr(std::min(field.find('='), field.size() - 1) + 1);
}

/// The entry's own fields, then the label's.
std::vector<std::string_view> all_fields(Entry const& entry) {
    std::vector<std::string_view> fields(entry.fields.begin(), entry.fields.end());
    if (entry.label) fields.insert(fields.end(), entry.label->begin(), entry.label->end());
    std::erase_if(fields, [](std::string_view field) { return field.empty(); });
    return fields;
}

/// The values of fields[at]'s name, as one value or as an array; nothing where the name has been before.
void append_json_field(std::vector<std::string_view> const& fields, std::size_t at, std::string& into) {
    auto const name = name_of(fields[at]);
    auto const same = [&](std::string_view field) { return name_of(field) == name; };
    auto const begin = fields.begin();
    auto const self = begin + static_cast<std::ptrdiff_t>(at);
    if (std::any_of(begin, self, same)) return;
    into += ',';
    append_json_text(name, into);
    into += ':';
    auto const count = std::count_if(self, fields.end(), same);
    if (count > 1) into += '[';
    for (auto field = self; field != fields.end(); ++field) {
        if (!same(*field)) continue;
        if (field != self) into += ',';
        append_json_value(value_of(*field), into);
    }
    if (count > 1) into += ']';
}

} // namespace

TagColour colour_of_tag(std::size_t n) {
    constexpr std::size_t colours = 6;
    return static_cast<TagColour>(1 + n % colours);
}

void append_raw(std::string_view message, std::string& into) { into.append(message).append(1, '\n'); }

void append_prefixed(ConsoleLine const& line, std::string& into) {
    std::string_view rest = line.message;
    for (;;) {
        auto const end = std::min(rest.find('\n'), rest.size());
        append_tag(line, into);
        if (append_shown(rest.substr(0, end), into) == Coloured::yes) into += reset;
        into += '\n';
        if (end == rest.size()) break;
        rest.remove_prefix(end + 1);
    }
}

void append_json(Entry const& entry, std::string& into) {
    fmt::format_to(std::back_inserter(into), R"({{"__REALTIME_TIMESTAMP":"{}","__MONOTONIC_TIMESTAMP":"{}")",
                   entry.at.realtime.count(), entry.at.monotonic.count());
    auto const fields = all_fields(entry);
    for (std::size_t at = 0; at < fields.size(); ++at)
        append_json_field(fields, at, into);
    into += "}\n";
}

std::string tag_of(Entry const& entry) {
    auto name = field_of(entry, "SYSLOG_IDENTIFIER");
    if (name.empty()) name = field_of(entry, "_COMM");
    auto pid = field_of(entry, "SYSLOG_PID");
    if (pid.empty()) pid = field_of(entry, "_PID");
    return pid.empty() ? std::string(name) : fmt::format("{}[{}]", name, pid);
}

std::string_view field_of(Entry const& entry, std::string_view name) {
    auto const is_it = [name](std::string_view field) {
        return field.size() > name.size() && field[name.size()] == '=' && field.starts_with(name);
    };
    for (auto const field : entry.fields)
        if (is_it(field)) return field.substr(name.size() + 1);
    if (entry.label)
        for (std::string_view const field : *entry.label)
            if (is_it(field)) return field.substr(name.size() + 1);
    return {};
}

} // namespace mitori::journal
