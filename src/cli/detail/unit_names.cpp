#include "cli/detail/unit_names.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/result.hpp"

namespace mitori::cli::detail {

namespace {

constexpr auto types = std::to_array<std::string_view>(
    {"service", "socket", "target", "device", "mount", "automount", "swap", "timer", "path", "slice", "scope"});

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(":-_.\\@").find(c) != std::string_view::npos;
}

std::string escape_byte(char c) { return fmt::format("\\x{:02x}", static_cast<unsigned char>(c)); }

/// "/srv/my data/" -> "srv-my\x20data", systemd-escape(1) --path.
std::string escape_path(std::string_view path) {
    std::string escaped;
    for (std::size_t i = 0; i < path.size(); ++i) {
        bool const slash = path[i] == '/';
        if (slash && (escaped.empty() || i + 1 == path.size() || path[i + 1] == '/')) continue;
        bool const plain = is_name_byte(path[i]) && path[i] != '-' && path[i] != '\\' && path[i] != '@';
        bool const hidden = path[i] == '.' && escaped.empty();
        if (slash)
            escaped += '-';
        else
            escaped += plain && !hidden ? std::string(1, path[i]) : escape_byte(path[i]);
    }
    return escaped.empty() ? "-" : escaped;
}

} // namespace

bool is_pattern(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

std::string_view unit_type(std::string_view name) {
    auto const dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

std::string unit_name(std::string_view typed) {
    if (is_pattern(typed)) return std::string(typed);
    if (typed.starts_with("/dev/")) return escape_path(typed) + ".device";
    if (typed.starts_with('/')) return escape_path(typed) + ".mount";
    std::string name;
    for (char const c : typed)
        name += c == '/' ? "-" : is_name_byte(c) ? std::string(1, c) : escape_byte(c);
    bool const typeless = std::ranges::find(types, unit_type(name)) == types.end();
    return typeless ? name + ".service" : name;
}

control::Answer<std::vector<std::string>> expand(Context& context, std::vector<std::string> const& typed) {
    std::vector<std::string> names;
    std::vector<std::string> patterns;
    for (auto const& word : typed)
        (is_pattern(word) ? patterns : names).push_back(unit_name(word));
    if (patterns.empty()) return names;
    for (auto const& row : TRY(context.faces.query.list_units({.states = {}, .patterns = patterns})))
        if (std::ranges::find(names, row.name) == names.end()) names.push_back(row.name);
    return names;
}

} // namespace mitori::cli::detail
