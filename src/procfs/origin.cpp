#include "procfs/origin.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace mitori::procfs {
namespace {

bool ends_as_unit(std::string_view name) {
    static constexpr auto types =
        std::to_array<std::string_view>({".service", ".scope", ".socket", ".mount", ".swap", ".automount"});
    return std::ranges::any_of(types, [name](auto type) { return name.size() > type.size() && name.ends_with(type); });
}

constexpr std::size_t whole_id = 64;

bool is_id(std::string_view text) {
    return text.size() == whole_id && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string short_id(std::string_view text) {
    constexpr std::size_t shown = 12;
    return std::string(is_id(text) ? text.substr(0, shown) : text);
}

/// "docker-ID.scope": the name of a scope that an engine asks systemd for.
std::optional<Container> container_of_scope(std::string_view name) {
    struct Prefix {
        std::string_view text;
        std::string_view engine;
    };
    static constexpr auto prefixes = std::to_array<Prefix>({
        {"docker-", "docker"},
        {"libpod-", "podman"},
        {"crio-", "crio"},
        {"cri-containerd-", "containerd"},
        {"nerdctl-", "containerd"},
        {"lxc.payload.", "lxc"},
        {"machine-", "machine"},
    });
    if (name.starts_with("libpod-conmon-") || name.starts_with("crio-conmon-")) return std::nullopt; // beside it
    for (auto const& prefix : prefixes) {
        if (!name.starts_with(prefix.text)) continue;
        auto id = name.substr(prefix.text.size());
        if (id.ends_with(".scope")) id.remove_suffix(6);
        if (id.empty() || (prefix.engine != "lxc" && prefix.engine != "machine" && !is_id(id))) continue;
        return Container{std::string(prefix.engine), short_id(id)};
    }
    return std::nullopt;
}

/// "/docker/ID", "/kubepods/…/podUID/ID": engines that make their groups themselves.
std::optional<Container> container_of_folder(std::string_view parent, std::string_view name, std::string_view path) {
    if (parent == "lxc" && !name.empty()) return Container{"lxc", std::string(name)};
    if (!is_id(name)) return std::nullopt;
    if (parent == "docker") return Container{"docker", short_id(name)};
    if (parent.starts_with("libpod")) return Container{"podman", short_id(name)};
    if (path.find("kubepods") != std::string_view::npos) return Container{"kubernetes", short_id(name)};
    return Container{"container", short_id(name)};
}

} // namespace

std::string unit_of_cgroup(std::string_view path) {
    std::string_view unit;
    for (auto name : base::split(path, "/")) {
        if (name.starts_with('_')) name.remove_prefix(1);
        if (ends_as_unit(name)) unit = name;
    }
    return std::string(unit);
}

std::optional<Container> container_of_cgroup(std::string_view path) {
    std::optional<Container> found;
    std::string_view parent;
    for (auto const name : base::split(path, "/")) {
        if (auto container = container_of_scope(name);
            container || (container = container_of_folder(parent, name, path)))
            found = std::move(container);
        parent = name;
    }
    return found;
}

} // namespace mitori::procfs
