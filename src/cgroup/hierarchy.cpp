#include "cgroup/detail/hierarchy.hpp"

#include <algorithm>
#include <array>

#include "base/octal.hpp"
#include "base/text.hpp"

namespace mitori::cgroup::detail {
namespace {

/// "36 35 98:0 /root /point rw,noatime shared:1 - cgroup2 source rw": any number of tags stands before the dash.
std::optional<Mount> parse_line(std::string_view line) {
    constexpr std::size_t root = 3;
    constexpr std::size_t point = 4;
    auto const fields = base::split(line, " ");
    auto const dash = std::ranges::find(fields, "-");
    if (dash - fields.begin() <= static_cast<std::ptrdiff_t>(point) || fields.end() - dash < 4) return std::nullopt;
    auto const type = dash[1];
    if (type != "cgroup" && type != "cgroup2") return std::nullopt;
    return Mount{.point = base::read_octal_escapes(fields[point]),
                 .root = base::read_octal_escapes(fields[root]),
                 .options = std::string(dash[3]),
                 .version = type == "cgroup2" ? Mount::Version::v2 : Mount::Version::v1};
}

} // namespace

std::vector<Mount> parse_mountinfo(std::string_view text) {
    std::vector<Mount> mounts;
    for (auto const line : base::split(text, "\n"))
        if (auto mount = parse_line(line)) mounts.push_back(std::move(*mount));
    return mounts;
}

std::optional<std::string> parse_membership(std::string_view text) {
    static constexpr std::string_view mark = " (deleted)";
    for (auto line : base::split(text, "\n")) {
        if (!line.starts_with("0::")) continue;
        line.remove_prefix(3);
        if (line.ends_with(mark)) line.remove_suffix(mark.size());
        return std::string(line);
    }
    return std::nullopt;
}

std::optional<std::string> directory_of(Mount const& mount, std::string_view path) {
    // "/.." stands before what lies outside of the cgroup namespace.
    if (path.starts_with("/..")) return std::nullopt;
    auto const rest = below(mount.root, path);
    if (!rest) return std::nullopt;
    return rest->empty() ? mount.point : mount.point + "/" + *rest;
}

std::optional<std::string> below(std::string_view base, std::string_view path) {
    if (base == "/") base = "";
    if (!path.starts_with(base)) return std::nullopt;
    auto const rest = path.substr(base.size());
    if (rest.empty()) return std::string();
    if (rest.front() != '/') return std::nullopt;
    return std::string(rest.substr(1));
}

} // namespace mitori::cgroup::detail
