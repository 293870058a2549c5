#include "unit/detail/paths.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/codec.hpp"

namespace mitori::unit {
namespace {

base::Result<std::string> checked(std::string_view path) {
    auto const names = base::split(path, "/");
    if (std::ranges::find(names, "..") != names.end())
        return lost(fmt::format("{} goes up with \"..\": write the path without it", base::quote(path)));
    if (path.find('\0') != path.npos || path.size() >= 4096)
        return lost(fmt::format("{} is no path: it holds a NUL or is longer than 4095 bytes", base::quote(path)));
    return simplified(path);
}

} // namespace

std::string simplified(std::string_view path) {
    std::string result;
    for (auto const name : base::split(path, "/")) {
        if (name == ".") continue;
        if (!result.empty() || path.starts_with('/')) result += '/';
        result += name;
    }
    if (result.empty() && path.starts_with('/')) return "/";
    return result;
}

base::Result<std::string> absolute_path(std::string_view path) {
    if (!path.starts_with('/'))
        return lost(fmt::format("{} is no absolute path: it must begin with /", base::quote(path)));
    return checked(path);
}

base::Result<std::string> relative_path(std::string_view path) {
    if (path.starts_with('/'))
        return lost(fmt::format("{} is an absolute path: only a name below the standard directory may stand here",
                                base::quote(path)));
    auto name = checked(path);
    if (name && name->empty()) return lost(fmt::format("{} names no directory", base::quote(path)));
    return name;
}

} // namespace mitori::unit
