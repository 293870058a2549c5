// is-active, is-failed: one word a unit, and an exit status for scripts.
#include <algorithm>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/show_json.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {

namespace {

/// 0 where any unit is in one of the `good` states, `otherwise` else.
int ask(Context& context, Arguments const& typed, std::vector<std::string_view> const& good, int otherwise) {
    auto const units = detail::expand(context, typed);
    if (!units) return detail::complain(context, "find units", units.error());
    int status = otherwise;
    auto json = nlohmann::json::array();
    for (auto const& unit : *units) {
        auto const properties = context.faces.query.unit_properties(unit);
        if (!properties) return detail::complain(context, "retrieve unit state", properties.error());
        auto const state = properties->get("ActiveState").text();
        json.push_back({{"unit", unit}, {"active", state}});
        if (!context.options.quiet && !detail::wants_json(context))
            fmt::print(context.out, "{}\n", base::printable(state));
        if (std::ranges::find(good, state) != good.end()) status = 0;
    }
    if (detail::wants_json(context) && !context.options.quiet) detail::print_json(context, json);
    return status;
}

} // namespace

int is_active(Context& context, Arguments const& units) {
    return ask(context, units, {"active", "reloading"}, detail::code(detail::ExitStatus::not_running));
}

int is_failed(Context& context, Arguments const& units) {
    return ask(context, units, {"failed"}, detail::code(detail::ExitStatus::failure));
}

} // namespace mitori::cli
