// Where control groups are mounted and which of them is ours: proc(5), /proc/self/mountinfo; cgroups(7),
// /proc/self/cgroup.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mitori::cgroup::detail {

/// One cgroup file system: its root may be a group below the hierarchy's own (a bind mount).
struct Mount {
    std::string point;
    std::string root;
    std::string options; ///< of the super block: the controllers of a v1 hierarchy
    enum class Version { v1, v2 } version = Version::v2;
    friend bool operator==(Mount const&, Mount const&) = default;
};

/// Every cgroup mount that a mountinfo text names, in its order. Lines that cannot be read are passed over.
[[nodiscard]] std::vector<Mount> parse_mountinfo(std::string_view text);

/// The v2 path of a process from its cgroup file ("0::/path"), without the mark of a removed group; nothing when it has
/// none.
[[nodiscard]] std::optional<std::string> parse_membership(std::string_view text);

/// The directory of group `path` under this mount; nothing when the mount does not show it.
[[nodiscard]] std::optional<std::string> directory_of(Mount const& mount, std::string_view path);

/// The rest of `path` below `base`, without a slash at its front; nothing when it is elsewhere. Both as absolute paths.
[[nodiscard]] std::optional<std::string> below(std::string_view base, std::string_view path);

} // namespace mitori::cgroup::detail
