#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "witness/witness.hpp"

namespace mitori::witness {
namespace {

constexpr std::array suffixes{".service", ".scope", ".socket", ".mount", ".swap"};

bool is_identifier(std::string_view name) {
    return name.size() == 64 &&
           std::ranges::all_of(name, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
}

/// "docker" of docker-<64 digits>.scope, "" of every other name.
std::string container_of(std::string_view name, std::string_view above) {
    if (is_identifier(name))
        return std::string(above.empty() ? "container" : above) + "-" + std::string(name.substr(0, 12));
    if (!name.ends_with(".scope")) return {};
    name.remove_suffix(6);
    auto const dash = name.rfind('-');
    if (dash == std::string_view::npos || !is_identifier(name.substr(dash + 1))) return {};
    return std::string(name.substr(0, dash + 13));
}

} // namespace

std::string unit_of(std::string_view cgroup) {
    auto const names = base::split(cgroup, "/");
    for (auto i = names.size(); i-- > 0;) {
        if (auto container = container_of(names[i], i > 0 ? names[i - 1] : ""); !container.empty()) return container;
        if (std::ranges::any_of(suffixes, [&](std::string_view suffix) {
                return names[i].size() > suffix.size() && names[i].ends_with(suffix);
            }))
            return std::string(names[i]);
    }
    return {};
}

} // namespace mitori::witness
