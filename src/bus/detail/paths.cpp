#include "bus/detail/paths.hpp"

#include <fmt/format.h>
#include <new>
#include <optional>

#include "base/text.hpp"
#include "bus/detail/handles.hpp"

namespace mitori::bus::detail {

namespace {

std::optional<std::string> label_below(std::string_view root, std::string const& path) {
    char* text = nullptr;
    if (sd_bus_path_decode(path.c_str(), std::string(root).c_str(), &text) <= 0) return std::nullopt;
    return std::string(TextPtr(text).get());
}

} // namespace

std::string unit_path(std::string const& unit) {
    char* text = nullptr;
    if (sd_bus_path_encode(std::string(unit_root).c_str(), unit.c_str(), &text) < 0) throw std::bad_alloc();
    return TextPtr(text).get();
}

std::string job_path(std::uint32_t id) { return id == 0 ? "/" : fmt::format("{}/{}", job_root, id); }

Object object_at(std::string const& path) {
    if (path == manager_path) return ManagerObject{};
    if (path == "/" || path == "/org" || path == "/org/freedesktop" || path == unit_root || path == job_root)
        return FolderObject{path};
    if (auto name = label_below(unit_root, path); name && !name->empty()) return UnitObject{std::move(*name)};
    if (auto const text = label_below(job_root, path))
        if (auto const id = base::parse_integer<std::uint32_t>(*text)) return JobObject{*id};
    return NoObject{};
}

} // namespace mitori::bus::detail
