#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/show_json.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {

int plan(Context& context, Arguments const& typed) {
    auto const units = detail::expand(context, typed);
    if (!units) return detail::complain(context, "find units", units.error());
    auto json = nlohmann::json::array();
    for (auto const& unit : *units) {
        auto const text = context.faces.query.plan(unit);
        if (!text) return detail::complain(context, fmt::format("plan {}", base::printable(unit)), text.error());
        json.push_back({{"unit", unit}, {"plan", base::split(*text, "\n")}});
        if (detail::wants_json(context)) continue;
        // The lines are the plan's own; what is foreign in them it has quoted already.
        fmt::print(context.out, "{}{}", *text, text->ends_with('\n') ? "" : "\n");
    }
    if (detail::wants_json(context)) detail::print_json(context, json);
    return 0;
}

} // namespace mitori::cli
