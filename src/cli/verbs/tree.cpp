#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/detail/refusals.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/detail/unit_tree.hpp"
#include "cli/verbs.hpp"
#include "status/json.hpp"

namespace mitori::cli {

namespace {

nlohmann::json json_of(std::vector<detail::TreeUnit> const& units) {
    auto json = nlohmann::json::array();
    for (auto const& unit : units)
        json.push_back({{"name", unit.name},
                        {"active_state", unit.active_state},
                        {"sub_state", unit.sub_state},
                        {"slice", unit.slice},
                        {"processes", unit.processes}});
    return json;
}

} // namespace

int tree(Context& context, Arguments const& typed) {
    std::vector<std::string> patterns;
    for (auto const& word : typed)
        patterns.push_back(detail::unit_name(word));
    auto const all = context.options.all ? detail::All::yes : detail::All::no;
    auto const units = detail::tree_units(context.faces.query, patterns, all);
    if (!units) return detail::complain(context, "list units", units.error());
    if (context.options.format == Format::json) {
        fmt::print(context.out, "{}\n", json_of(*units).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
        return 0;
    }
    auto screen = context.screen;
    if (context.options.full) screen.width = 0;
    for (auto const& line : detail::unit_tree(*units, screen))
        fmt::print(context.out, "{}\n", line);
    return 0;
}

} // namespace mitori::cli
