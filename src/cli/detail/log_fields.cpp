// The formats that show fields: verbose, export, cat.
#include <algorithm>
#include <endian.h>
#include <fmt/format.h>

#include "cli/detail/log_printer.hpp"
#include "cli/detail/log_text.hpp"

namespace mitori::cli::detail {

using status::LogEntry;

bool LogPrinter::is_asked(std::string_view name) const {
    return look_.fields.empty() || std::ranges::find(look_.fields, name) != look_.fields.end();
}

std::string LogPrinter::show_cat(LogEntry const& entry) const {
    auto const colours = colours_of(entry);
    std::string text;
    auto const add = [&](std::string_view name) {
        auto const field = std::ranges::find(entry.fields, name, &LogEntry::Field::name);
        if (field == entry.fields.end()) return;
        std::string_view const value = field->value;
        if (colours.on.empty() || name != "MESSAGE") {
            text += fmt::format("{}\n", value);
            return;
        }
        auto const found = entry.found;
        text += fmt::format("{}{}{}{}{}{}{}\n", colours.on, value.substr(0, found.begin), colours.found,
                            value.substr(found.begin, found.end - found.begin), colours.on, value.substr(found.end),
                            colours.off);
    };
    if (look_.fields.empty()) add("MESSAGE");
    for (auto const& name : look_.fields)
        add(name);
    return text;
}

/// "Sun 2026-11-22 14:18:31.123456 UTC [CURSOR]", then "    FIELD=value".
std::string LogPrinter::show_verbose(LogEntry const& entry) const {
    auto text = fmt::format("{} [{}]\n", exact_stamp(entry), entry.cursor);
    for (auto const& field : entry.fields) {
        if (!is_asked(field.name)) continue;
        bool const message = look_.colour && field.name == "MESSAGE";
        std::string_view const on = message ? "\x1b[0;1;39m" : "";
        std::string_view const off = message ? "\x1b[0m" : "";
        auto const prefix = std::string(4 + field.name.size() + 1, ' ');
        bool const shown = look_.all || ((look_.full || field.value.size() < 300) && is_printable(field.value));
        if (!shown) {
            text += fmt::format("    {}{}={}{}\n", on, field.name, blob_words(field.value.size()), off);
            continue;
        }
        text += fmt::format("    {}{}=", on, field.name);
        for (std::size_t begin = 0; begin < field.value.size();) {
            auto const end = std::min(field.value.find('\n', begin), field.value.size());
            text += fmt::format("{}{}\n", begin == 0 ? "" : prefix,
                                std::string_view(field.value).substr(begin, end - begin));
            begin = end + 1;
        }
        if (field.value.empty()) text += "\n";
        text += off;
    }
    return text;
}

/// systemd.io/JOURNAL_EXPORT_FORMATS: what is no plain text goes with its length.
std::string LogPrinter::show_export(LogEntry const& entry) const {
    auto text = fmt::format("__CURSOR={}\n__REALTIME_TIMESTAMP={}\n__MONOTONIC_TIMESTAMP={}\n_BOOT_ID={}\n",
                            entry.cursor, entry.realtime.count(), entry.monotonic.count(), entry.boot);
    for (auto const& field : entry.fields) {
        if (field.name == "_BOOT_ID" || !is_asked(field.name)) continue;
        if (is_printable(field.value, Newlines::forbidden)) {
            text += fmt::format("{}={}\n", field.name, field.value);
            continue;
        }
        std::uint64_t const size = htole64(field.value.size());
        text += field.name + "\n";
        text.append(reinterpret_cast<char const*>(&size), sizeof size);
        text += field.value + "\n";
    }
    return text + "\n";
}

} // namespace mitori::cli::detail
