#include "cli/detail/show_property.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <fmt/format.h>
#include <optional>

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
    if (element == "(sst)" && name == "TimersCalendar")
        return fmt::format("{{ {}={} ; next_elapse={} }}", text(0), text(1), timestamp(fields.at(2).number()));
    if (element == "(st)") return fmt::format("{} {}", text(0), text(1));
    return std::nullopt;
}

Shown single(std::string text, std::string when_empty = {}) {
    Shown shown{Shown::Kind::single, {}, std::move(when_empty)};
    if (!text.empty()) shown.lines.push_back(std::move(text));
    return shown;
}

std::string hex(Fields const& bytes) {
    std::string text;
    for (auto const& byte : bytes)
        text += fmt::format("{:02x}", byte.number());
    return text;
}

Shown show_bytes(std::string_view name, Fields const& bytes) {
    auto const is = [name](auto... names) { return ((name == names) || ...); };
    if (is("InvocationID", "RootHash", "RootHashSignature")) return single(hex(bytes));
    if (is("CPUAffinity", "NUMAMask") || name.ends_with("AllowedCPUs") || name.ends_with("AllowedMemoryNodes") ||
        name.starts_with("Effective"))
        return single(bit_ranges(bytes));
    return bytes.empty() ? single({}) : Shown{};
}

/// a(iayu): "0.0.0.0/0 ::/0".
std::string address_list(Fields const& items) {
    Lines words;
    for (auto const& item : items) {
        auto const& fields = item.items();
        std::string bytes;
        for (auto const& byte : fields[1].items())
            bytes += static_cast<char>(byte.number());
        char text[INET6_ADDRSTRLEN] = "?";
        bool const whole = bytes.size() == (fields[0].integer() == AF_INET ? sizeof(in_addr) : sizeof(in6_addr));
        if (whole) (void)::inet_ntop(static_cast<int>(fields[0].integer()), bytes.data(), text, sizeof text);
        words.push_back(fmt::format("{}/{}", text, fields[2].number()));
    }
    return base::join(words, " ");
}

/// Lists that have a way to be written, though an empty one has no item to show it.
bool has_lines(std::string_view element, std::string_view name) {
    return list_item(element, name, Fields(10)).has_value() || name.starts_with("SocketBind") || element == "(st)" ||
           (element.starts_with("(ss") && name != "ActivationDetails");
}

Shown show_list(std::string_view name, status::List const& list) {
    if (list.element == "y") return show_bytes(name, list.items);
    if (list.element == "(iayu)") return single(address_list(list.items));
    if (list.element == "s") {
        Lines words;
        for (auto const& item : list.items)
            words.push_back(quoted(item.text()));
        return single(base::join(words, " "));
    }
    if (list.element == "u" || list.element == "i" || list.element == "t") {
        Lines numbers;
        for (auto const& item : list.items)
            numbers.push_back(item.text());
        return single(base::join(numbers, " "));
    }
    if (list.items.empty() && list.element == "ay") return single({});
    Shown shown{has_lines(list.element, name) ? Shown::Kind::lines : Shown::Kind::unprintable, {}, {}};
    for (auto const& item : list.items) {
        auto line = list_item(list.element, name, item.items());
        if (!line) return {};
        shown.lines.push_back(std::move(*line));
    }
    return shown;
}

/// (aiai): exit statuses, then signals.
std::string statuses(Fields const& fields) {
    Lines words;
    for (auto const& status : fields[0].items())
        words.push_back(status.text());
    for (auto const& signal : fields[1].items())
        words.push_back(base::signal_name({.number = static_cast<int>(signal.integer())}));
    return base::join(words, " ");
}

Shown show_struct(std::string_view name, Value const& value) {
    auto const signature = value.signature();
    auto const& fields = value.items();
    // A job, of which there is none at number 0; a unit by name and path.
    if (signature == "(uo)") return single(fields[0].number() == 0 ? "" : fields[0].text());
    if (signature == "(so)") return single(printable(fields[0].text()));
    if (signature == "(aiai)") return single(statuses(fields));
    if (signature == "(ss)") // an error and what it says
        return single(fields[0].text().empty()
                          ? ""
                          : fmt::format("{} \"{}\"", printable(fields[0].text()), printable(fields[1].text())));
    if (signature == "(bas)") { // a list of what is allowed, or with ~ of what is not
        auto const words = printable(base::join(fields[1].words(), " "));
        std::string const sign = fields[0].flag() ? "" : "~";
        bool const bare = name == "SystemCallFilter" || name == "RestrictAddressFamilies";
        return single(words.empty() ? "" : sign + words, bare ? "" : sign);
    }
    if (signature == "(bs)") { // a label; - means that it may fail
        auto const label = printable(fields[1].text());
        return single(label.empty() ? "" : (fields[0].flag() ? "-" : "") + label);
    }
    return {};
}

Shown show_signed(std::string_view name, std::int32_t number) {
    if (number == -1 && name.ends_with("ActionExitStatus")) return single({}, "[not set]");
    if (number == -1 && name == "NUMAPolicy") return single("n/a");
    return single(fmt::format("{}", number));
}

} // namespace

Shown show_property(std::string_view name, Value const& value) {
    auto const& held = value.held();
    if (name == "TTYRows" || name == "TTYColumns" || std::holds_alternative<std::uint8_t>(held)) return {};
    if (auto const* number = std::get_if<std::uint64_t>(&held)) return single(show_wide(name, *number));
    if (auto const* number = std::get_if<std::uint32_t>(&held)) return single(show_narrow(name, *number));
    if (auto const* number = std::get_if<std::int32_t>(&held)) return show_signed(name, *number);
    if (auto const* number = std::get_if<double>(&held)) return single(fmt::format("{:g}", *number));
    if (auto const* list = std::get_if<status::List>(&held)) return show_list(name, *list);
    if (std::holds_alternative<status::Struct>(held)) return show_struct(name, value);
    return single(printable(value.text()));
}

} // namespace mitori::cli::detail
