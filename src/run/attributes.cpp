#include "run/attributes.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/load.hpp"
#include "unit/parse.hpp"

namespace mitori::run {
namespace {

/// An option and the directives that its parts, between colons, are for: "--sched fifo:10".
struct Row {
    std::string_view option;
    std::string_view first;
    std::string_view second{};
};
constexpr auto rows = std::to_array<Row>({
    {"nice", "Nice"},
    {"ionice", "IOSchedulingClass", "IOSchedulingPriority"},
    {"sched", "CPUSchedulingPolicy", "CPUSchedulingPriority"},
    {"cpu-list", "CPUAffinity"},
    {"oom-score-adj", "OOMScoreAdjust"},
    {"umask", "UMask"},
    {"user", "User", "Group"},
    {"group", "Group"},
    {"groups", "SupplementaryGroups"},
});

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

/// A unit file's value that stands for itself: no specifiers.
std::string literal(std::string_view text) {
    std::string result;
    for (char const c : text)
        result += c == '%' ? "%%" : std::string(1, c);
    return result;
}

} // namespace

std::vector<Attribute> attributes_of(std::string_view option, std::string_view text) {
    auto const typed = fmt::format("--{} {}", option, text);
    if (option == "limit") {
        auto const equals = std::min(text.find('='), text.size());
        auto const value = text.substr(std::min(equals + 1, text.size()));
        return {{typed, "Limit" + upper(text.substr(0, equals)), std::string(value)}};
    }
    auto const row = std::ranges::find(rows, option, &Row::option);
    if (row == rows.end()) return {};
    auto const colon = row->second.empty() ? text.npos : text.find(':');
    std::vector<Attribute> attributes{{typed, std::string(row->first), std::string(text.substr(0, colon))}};
    if (colon != text.npos)
        attributes.push_back({typed, std::string(row->second), std::string(text.substr(colon + 1))});
    return attributes;
}

std::expected<unit::Exec, std::string> read_attributes(std::vector<Attribute> const& attributes) {
    unit::Source source{.path = "", .lines = {{.number = 0, .text = "[Service]"}}};
    for (auto const& attribute : attributes)
        source.lines.push_back({.number = static_cast<unsigned>(source.lines.size()),
                                .text = attribute.directive + "=" + literal(attribute.text)});
    unit::Unit unit;
    unit.id = "run.service";
    unit::Host const host;
    static_cast<void>(unit::parse(source, unit, unit::make_specifiers(unit.id, host)));
    std::string wrong;
    for (auto const& found : unit.diagnostics) {
        auto const& option = attributes.at(found.line - 1).option;
        // Only the names after --limit come from the user.
        bool const unknown = found.text.starts_with("unknown setting");
        wrong += fmt::format("{}{}: {}{}", wrong.empty() ? "" : "\n", option, unknown ? "no such limit" : found.text,
                             found.hint.empty() ? "" : "; " + found.hint);
    }
    for (auto const& attribute : attributes)
        if (attribute.text.empty())
            wrong += fmt::format("{}{}: a value is missing", wrong.empty() ? "" : "\n", attribute.option);
    if (!wrong.empty()) return std::unexpected(wrong);
    return *unit.exec;
}

} // namespace mitori::run
