#include "unit/directive.hpp"

#include <algorithm>
#include <iterator>

#include "unit/detail/tables.hpp"

namespace mitori::unit {
namespace {

constexpr auto place = [](Directive const& row) { return std::pair(row.section, row.name); };

/// Each page's table is sorted and free of doubles at compile time; the whole is put together once.
std::vector<Directive> merge_tables() {
    std::vector<Directive> all;
    for (auto const table : {unit_directives(), service_directives(), install_directives(), exec_directives(),
                             exec_not_yet_directives(), kill_directives(), resource_control_directives()})
        std::ranges::copy(table, std::back_inserter(all));
    std::ranges::sort(all, {}, place);
    all.shrink_to_fit();
    return all;
}

std::vector<ShownProperty> merge_properties() {
    std::vector<ShownProperty> all;
    for (auto const table : {unit_properties(), service_properties(), exec_properties()})
        std::ranges::copy(table, std::back_inserter(all));
    all.shrink_to_fit();
    return all;
}

} // namespace

std::span<Directive const> directives() {
    static std::vector<Directive> const all = merge_tables();
    return all;
}

Directive const* find_directive(Section section, std::string_view name) {
    auto const all = directives();
    auto const found = std::ranges::lower_bound(all, std::pair(section, name), {}, place);
    return found != all.end() && found->section == section && found->name == name ? &*found : nullptr;
}

std::vector<std::string_view> directive_names(Section section) {
    std::vector<std::string_view> names;
    for (auto const& row : directives())
        if (row.section == section) names.push_back(row.name);
    return names;
}

std::span<ShownProperty const> further_properties() {
    static std::vector<ShownProperty> const all = merge_properties();
    return all;
}

} // namespace mitori::unit
