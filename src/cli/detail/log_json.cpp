// The JSON formats. A field that comes more than once is an array, one that is no text an array of bytes, a long one
// null.
#include <algorithm>
#include <fmt/format.h>

#include "cli/detail/log_printer.hpp"
#include "cli/detail/log_text.hpp"

namespace mitori::cli::detail {

using status::LogEntry;

namespace {

/// Longer fields, with their names, are null unless all is asked for.
constexpr std::size_t longest = 4096;

class Writer {
public:
    enum class Layout { line, indented };
    Writer(Layout layout, bool colour, bool all) : indented_(layout == Layout::indented), colour_(colour), all_(all) {}

    void add(std::string_view name, std::vector<std::string_view> const& values) {
        text_ += text_.empty() ? "" : ",";
        text_ += indented_ ? "\n\t" : "";
        text_ += string(name) + (indented_ ? " : " : ":");
        if (values.size() == 1) {
            text_ += value(name, values.front(), 1);
            return;
        }
        std::vector<std::string> items;
        for (auto const& item : values)
            items.push_back(value(name, item, 2));
        text_ += array(items, 1);
    }
    [[nodiscard]] std::string object() const { return "{" + text_ + (indented_ ? "\n}" : "}"); }

private:
    [[nodiscard]] std::string coloured(std::string_view sequence, std::string_view text) const {
        return colour_ ? fmt::format("{}{}\x1b[0m", sequence, text) : std::string(text);
    }
    [[nodiscard]] std::string string(std::string_view text) const {
        return fmt::format("\"{}\"", coloured("\x1b[0;32m", json_escaped(text)));
    }
    [[nodiscard]] std::string array(std::vector<std::string> const& items, std::size_t depth) const {
        std::string text = "[";
        for (std::size_t i = 0; i < items.size(); ++i)
            text += fmt::format("{}{}{}", i == 0 ? "" : ",", indented_ ? "\n" + std::string(depth + 1, '\t') : "",
                                items[i]);
        return text + (indented_ ? "\n" + std::string(depth, '\t') : "") + "]";
    }
    [[nodiscard]] std::string value(std::string_view name, std::string_view value, std::size_t depth) const {
        if (!all_ && name.size() + 1 + value.size() >= longest) return coloured("\x1b[0;1;39m", "null");
        if (is_printable(value)) return string(value);
        std::vector<std::string> bytes;
        for (char const byte : value)
            bytes.push_back(coloured("\x1b[0;1;34m", fmt::format("{}", static_cast<unsigned char>(byte))));
        return array(bytes, depth);
    }

    std::string text_;
    bool indented_;
    bool colour_;
    bool all_;
};

} // namespace

std::string LogPrinter::show_json(LogEntry const& entry) const {
    bool const indented = look_.format == LogFormat::json_pretty;
    Writer writer(indented ? Writer::Layout::indented : Writer::Layout::line, look_.colour, look_.all);
    writer.add("__CURSOR", {entry.cursor});
    writer.add("__REALTIME_TIMESTAMP", {fmt::format("{}", entry.realtime.count())});
    writer.add("__MONOTONIC_TIMESTAMP", {fmt::format("{}", entry.monotonic.count())});
    writer.add("_BOOT_ID", {entry.boot});
    std::vector<std::string_view> done{"_BOOT_ID"};
    for (auto const& field : entry.fields) {
        if (std::ranges::find(done, field.name) != done.end() || !is_asked(field.name)) continue;
        done.push_back(field.name);
        std::vector<std::string_view> values;
        for (auto const& other : entry.fields)
            if (other.name == field.name) values.push_back(other.value);
        writer.add(field.name, values);
    }
    switch (look_.format) {
    case LogFormat::json_sse: return fmt::format("data: {}\n\n", writer.object());
    case LogFormat::json_seq: return fmt::format("\x1e{}\n", writer.object());
    default: return writer.object() + "\n";
    }
}

} // namespace mitori::cli::detail
