// Object paths of org.freedesktop.systemd1 and the things that they name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace mitori::bus::detail {

inline constexpr std::string_view manager_path = "/org/freedesktop/systemd1";
inline constexpr std::string_view unit_root = "/org/freedesktop/systemd1/unit";
inline constexpr std::string_view job_root = "/org/freedesktop/systemd1/job";
inline constexpr std::string_view interface_prefix = "org.freedesktop.systemd1.";
inline constexpr char const* service_name = "org.freedesktop.systemd1";
inline constexpr char const* manager_interface = "org.freedesktop.systemd1.Manager";
inline constexpr char const* unit_interface = "org.freedesktop.systemd1.Unit";
inline constexpr char const* properties_interface = "org.freedesktop.DBus.Properties";
inline constexpr char const* own_interface = "org.mitori.Manager1";

/// "foo.service" -> "/org/freedesktop/systemd1/unit/foo_2eservice".
[[nodiscard]] std::string unit_path(std::string const& unit);
/// 7 -> "/org/freedesktop/systemd1/job/7"; 0, no job, is "/".
[[nodiscard]] std::string job_path(std::uint32_t id);

struct ManagerObject {};
struct UnitObject {
    std::string name;
};
struct JobObject {
    std::uint32_t id = 0;
};
/// A node above the objects: it has children and nothing else.
struct FolderObject {
    std::string path;
};
struct NoObject {};
using Object = std::variant<NoObject, ManagerObject, UnitObject, JobObject, FolderObject>;

/// What a path names. Whether that unit or job exists is for the manager to say.
[[nodiscard]] Object object_at(std::string const& path);

} // namespace mitori::bus::detail
