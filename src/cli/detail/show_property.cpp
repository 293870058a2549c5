#include "cli/detail/show_property.hpp"

#include <csignal>
#include <fmt/format.h>

#include "base/signal.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/detail/show_number.hpp"

namespace mitori::cli::detail {
using base::printable;
using status::Value;
using Lines = std::vector<std::string>;
using Fields = std::vector<Value>;

namespace {

/// A word that a shell would read otherwise goes into double quotes.
std::string quoted(std::string const& word) {
    if (!word.empty() && word.find_first_of(" \t\n\r\"\\`$*?['()<>|&;!") == std::string::npos) return printable(word);
    std::string text;
    for (char const c : word)
        text += std::string_view("\"\\`$").find(c) == std::string_view::npos ? std::string(1, c) : std::string{'\\', c};
    return "\"" + printable(text) + "\"";
}

std::string timestamp(std::uint64_t number) {
    return number == 0 ? "n/a" : base::show_timestamp(base::Usec(static_cast<std::int64_t>(number)));
}

std::string_view code_word(std::int64_t code) {
    switch (code) {
    case CLD_EXITED: return "exited";
    case CLD_KILLED: return "killed";
    case CLD_DUMPED: return "dumped";
    case 0: return "(null)";
    default: return "other";
    }
}

/// (sasbttttuii), and the same with its flags as words: (sasasttttuii).
std::string command(Fields const& fields) {
    bool const with_flags = std::holds_alternative<status::List>(fields[2].held());
    auto const how = with_flags ? "flags=" + base::join(fields[2].words(), " ") : "ignore_errors=" + fields[2].text();
    auto const code = fields[8].integer();
    auto const status = static_cast<int>(fields[9].integer());
    std::string const signal = code == CLD_EXITED ? ""
                               : status == 0      ? "/0"
                                                  : "/" + base::signal_name({.number = status});
    return fmt::format(
        "{{ path={} ; argv[]={} ; {} ; start_time=[{}] ; stop_time=[{}] ; pid={} ; code={} ; status={}{} }}",
        printable(fields[0].text()), printable(base::join(fields[1].words(), " ")), how, timestamp(fields[3].number()),
        timestamp(fields[5].number()), fields[7].number(), code_word(code), status, signal);
}

/// Bits of a mask, least byte first, as "0-3 7".
std::string bit_ranges(Fields const& bytes) {
    auto const has = [&](std::size_t bit) {
        return bit / 8 < bytes.size() && ((bytes[bit / 8].number() >> (bit % 8)) & 1U) != 0;
    };
    Lines ranges;
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        if (!has(bit)) continue;
        auto const first = bit;
        while (has(bit + 1))
            ++bit;
        ranges.push_back(first == bit ? fmt::format("{}", bit) : fmt::format("{}-{}", first, bit));
    }
    return base::join(ranges, " ");
}

/// How one item of a list of structs is written; by the element's signature and, where that says too little, the name.
std::optional<std::string> list_item(std::string_view element, std::string_view name, Fields const& fields) {
    auto const text = [&](std::size_t i) { return printable(fields.at(i).text()); };
    auto const span = [&](std::size_t i) { return show_wide("USec", fields.at(i).number()); };
    if (element == "(sasbttttuii)" || element == "(sasasttttuii)") return command(fields);
    if (element == "(sb)" && name == "EnvironmentFiles") return fmt::format("{} (ignore_errors={})", text(0), text(1));
    if (element == "(ss)" && (name == "Listen" || name == "Paths")) return fmt::format("{} ({})", text(1), text(0));
    if (element == "(ss)" && name == "DeviceAllow") return fmt::format("{} {}", text(0), text(1));
    if (element == "(stt)") return fmt::format("{{ {}={} ; next_elapse={} }}", text(0), span(1), span(2));
    if (element == "(sst)")
        return fmt::format("{{ {}={} ; next_elapse={} }}", text(0), text(1), timestamp(fields.at(2).number()));
    if (element == "(st)") return fmt::format("{} {}", text(0), text(1));
    return std::nullopt;
}

std::optional<Lines> show_list(std::string_view name, status::List const& list) {
    if (list.element == "s") {
        Lines words;
        for (auto const& item : list.items)
            words.push_back(quoted(item.text()));
        return words.empty() ? Lines{} : Lines{base::join(words, " ")};
    }
    if (list.element == "y" && (name == "CPUAffinity" || name == "NUMAMask" || name.find("AllowedCPUs") != name.npos ||
                                name.find("AllowedMemoryNodes") != name.npos || name.starts_with("Effective"))) {
        auto const ranges = bit_ranges(list.items);
        return ranges.empty() ? Lines{} : Lines{ranges};
    }
    if (list.element == "u" || list.element == "i" || list.element == "t") {
        Lines numbers;
        for (auto const& item : list.items)
            numbers.push_back(item.text());
        return numbers.empty() ? Lines{} : Lines{base::join(numbers, " ")};
    }
    Lines lines;
    for (auto const& item : list.items) {
        auto line = list_item(list.element, name, item.items());
        if (!line) return std::nullopt;
        lines.push_back(std::move(*line));
    }
    if (list.items.empty() && !list.element.starts_with("(s")) return std::nullopt;
    return lines;
}

std::optional<Lines> show_struct(Value const& value) {
    auto const signature = value.signature();
    auto const& fields = value.items();
    // A job, of which there is none at number 0; a unit by name and path.
    if (signature == "(uo)") return fields[0].number() == 0 ? Lines{} : Lines{fields[0].text()};
    if (signature == "(so)") return fields[0].text().empty() ? Lines{} : Lines{printable(fields[0].text())};
    if (signature == "(ss)") // an error and what it says
        return fields[0].text().empty()
                   ? Lines{}
                   : Lines{fmt::format("{} \"{}\"", printable(fields[0].text()), printable(fields[1].text()))};
    if (signature == "(bas)") { // a list of what is allowed, or with ~ of what is not
        auto const words = printable(base::join(fields[1].words(), " "));
        auto const sign = fields[0].flag() || words.empty() ? "" : "~";
        return words.empty() ? Lines{} : Lines{sign + words};
    }
    if (signature == "(bs)") { // a label; - means that it may fail
        auto const label = printable(fields[1].text());
        return label.empty() ? Lines{} : Lines{(fields[0].flag() ? "-" : "") + label};
    }
    return std::nullopt;
}

Lines one(std::string text) { return text.empty() ? Lines{} : Lines{std::move(text)}; }

} // namespace

std::optional<Lines> show_property(std::string_view name, Value const& value) {
    auto const& held = value.held();
    if (auto const* number = std::get_if<std::uint64_t>(&held)) return one(show_wide(name, *number));
    if (auto const* number = std::get_if<std::uint32_t>(&held)) return one(show_narrow(name, *number));
    if (auto const* number = std::get_if<double>(&held)) return one(fmt::format("{:g}", *number));
    if (auto const* list = std::get_if<status::List>(&held)) return show_list(name, *list);
    if (std::holds_alternative<status::Struct>(held)) return show_struct(value);
    return one(printable(value.text()));
}

} // namespace mitori::cli::detail
