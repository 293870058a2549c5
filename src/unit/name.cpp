#include "unit/name.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <vector>

#include "base/text.hpp"
#include "unit/unit_names.hpp"

namespace mitori::unit {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// What a name may hold beside "@".
bool is_name_character(char c) {
    return is_letter_or_digit(c) || std::string_view(":-_.\\").find(c) != std::string_view::npos;
}

std::string hex_escape(char c) { return fmt::format("\\x{:02x}", static_cast<unsigned char>(c)); }

std::optional<Type> type_of(std::string_view name) {
    auto const dot = name.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    return base::value_of<Type>(name.substr(dot + 1));
}

/// "//a/./b/" -> "/a/b"; "" and "/" -> "/".
std::string simplify_path(std::string_view path) {
    std::string out;
    for (auto const piece : base::split(path, "/"))
        if (piece != ".") out += "/" + std::string(piece);
    return out.empty() ? "/" : out;
}

bool lies_below(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

} // namespace

std::optional<NameParts> parse_name(std::string_view name) {
    auto const dot = name.rfind('.');
    auto const type = type_of(name);
    if (!type || dot == 0 || name.size() > name_max) return std::nullopt;
    auto const stem = name.substr(0, dot);
    auto const at = stem.find('@');
    if (at == 0) return std::nullopt;
    if (!std::ranges::all_of(stem, [](char c) { return c == '@' || is_name_character(c); })) return std::nullopt;
    NameParts parts{.prefix = std::string(stem.substr(0, at)), .instance = std::nullopt, .type = *type};
    if (at != std::string_view::npos) parts.instance = std::string(stem.substr(at + 1));
    return parts;
}

bool is_template(std::string_view name) {
    auto const parts = parse_name(name);
    return parts && parts->instance && parts->instance->empty();
}

std::string template_of(std::string_view name) {
    auto const parts = parse_name(name);
    if (!parts || !parts->instance) return {};
    return fmt::format("{}@.{}", parts->prefix, base::word(parts->type));
}

std::string instantiate(std::string_view template_name, std::string_view instance) {
    auto const at = template_name.find('@');
    auto const dot = template_name.rfind('.');
    if (at == std::string_view::npos || dot == std::string_view::npos || dot < at) return std::string(template_name);
    return fmt::format("{}@{}{}", template_name.substr(0, at), instance, template_name.substr(dot));
}

std::string mangle(std::string_view text) {
    if (parse_name(text)) return std::string(text);
    if (text.starts_with('/')) {
        auto const path = simplify_path(text);
        bool const device = lies_below(path, "/dev") || lies_below(path, "/sys");
        return escape_path(path) + (device ? ".device" : ".mount");
    }
    std::string name;
    for (char const c : text) {
        if (c == '/')
            name += '-';
        else if (c == '@' || is_name_character(c))
            name += c;
        else
            name += hex_escape(c);
    }
    if (!type_of(name)) name += ".service";
    return name;
}

std::string escape(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '/')
            out += '-';
        else if (is_letter_or_digit(c) || c == ':' || c == '_' || (c == '.' && !out.empty()))
            out += c;
        else
            out += hex_escape(c);
    }
    return out;
}

std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '-') {
            out += '/';
            continue;
        }
        auto const code = text.substr(i, 2) == "\\x" && i + 4 <= text.size()
                              ? base::parse_integer<unsigned char>(text.substr(i + 2, 2), 16)
                              : std::nullopt;
        out += code ? static_cast<char>(*code) : text[i];
        if (code) i += 3;
    }
    return out;
}

std::string escape_path(std::string_view path) {
    auto const simple = simplify_path(path);
    return simple == "/" ? "-" : escape(std::string_view(simple).substr(1));
}

std::string unescape_path(std::string_view name) { return name == "-" ? "/" : "/" + unescape(name); }

} // namespace mitori::unit
