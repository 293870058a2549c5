// What a control group's path tells of where a process belongs: its unit, its container. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mitori::procfs {

/// The innermost unit on the path, "nginx.service" of "/system.slice/nginx.service/workers"; a user's own manager's
/// units too. Empty where there is none. systemd's cgroup names: a leading "_" escapes, "\xNN" stays.
[[nodiscard]] std::string unit_of_cgroup(std::string_view path);

/// A container, as its engine names control groups.
struct Container {
    std::string engine; ///< docker, podman, containerd, crio, lxc, kubernetes, machine
    std::string id;     ///< the first 12 digits where it is hexadecimal, else the name
    friend bool operator==(Container const&, Container const&) = default;
};
[[nodiscard]] std::optional<Container> container_of_cgroup(std::string_view path);

} // namespace mitori::procfs
