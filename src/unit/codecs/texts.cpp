// Codecs of one text: paths and names.
#include "unit/codecs/texts.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/detail/accounts.hpp"
#include "unit/detail/paths.hpp"
#include "unit/name.hpp"

namespace mitori::unit {
namespace {

using base::quote;
using base::Result;

Result<std::string> expanded_path(std::string_view text, Specifiers const& specifiers) {
    return absolute_path(TRY(expanded(text, specifiers)));
}

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// An element of a well-known name: D-Bus Specification, "Bus names".
bool is_bus_element(std::string_view element) {
    return !element.empty() && !is_digit(element[0]) &&
           std::ranges::all_of(element, [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool is_bus_name(std::string_view name) {
    if (name.size() > 255 || name.starts_with('.') || name.ends_with('.') || name.find("..") != name.npos) return false;
    auto const elements = base::split(name, ".");
    return elements.size() >= 2 && std::ranges::all_of(elements, is_bus_element);
}

} // namespace

Result<void> Text::assign(std::string& value, std::string_view text, Specifiers const& specifiers) {
    value = TRY(expanded(text, specifiers));
    return {};
}

Result<void> InstanceName::assign(std::string& value, std::string_view text, Specifiers const&) {
    static constexpr std::string_view signs = ":-_.\\@%";
    bool const good =
        std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || signs.find(c) != signs.npos; });
    if (!good)
        return lost(
            fmt::format("{} is no instance of a unit: letters, digits and :-_.\\@ may stand in it", quote(text)));
    value = text;
    return {};
}

Result<void> Path::assign(std::string& value, std::string_view text, Specifiers const& specifiers) {
    value = TRY(expanded_path(text, specifiers));
    return {};
}

Result<void> SafetyPath::assign(std::string& value, std::string_view text, Specifiers const& specifiers) {
    auto path = expanded_path(text, specifiers);
    if (!path) return refused(path.error().operation);
    value = *std::move(path);
    return {};
}

Result<void> PidFilePath::assign(std::string& value, std::string_view text, Specifiers const& specifiers) {
    std::string path = TRY(expanded(text, specifiers));
    if (!path.starts_with('/')) path = TRY(expanded("%t", specifiers)) + "/" + path;
    path = TRY(absolute_path(path));
    if (path.starts_with("/var/run/")) {
        path.erase(0, std::string_view("/var").size());
        specifiers.remark(fmt::format("/var/run is an old name of /run: {} is meant", quote(path)));
    }
    value = std::move(path);
    return {};
}

Result<void> AccountName::assign(std::string& value, std::string_view text, Specifiers const& specifiers) {
    auto name = account_name(text, specifiers);
    if (!name) return refused(name.error().operation);
    value = *std::move(name);
    return {};
}

Result<void> BusName::assign(std::string& value, std::string_view text, Specifiers const& specifiers) {
    std::string name = TRY(expanded(text, specifiers));
    if (!is_bus_name(name)) return lost(fmt::format("{} is no D-Bus name: write one as org.example.Name", quote(name)));
    value = std::move(name);
    return {};
}

Result<void> SliceName::assign(std::string& value, std::string_view text, Specifiers const& specifiers) {
    std::string name = TRY(expanded(text, specifiers));
    auto const parts = parse_name(name);
    if (!parts || parts->type != Type::slice || parts->instance)
        return lost(fmt::format("{} is no slice: write one as name.slice", quote(name)));
    value = std::move(name);
    return {};
}

} // namespace mitori::unit
