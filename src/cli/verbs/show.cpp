#include <algorithm>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/show_property.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"
#include "status/json.hpp"

namespace mitori::cli {

namespace {

bool is_wanted(Options const& options, std::string const& name) {
    return options.properties.empty() || std::ranges::find(options.properties, name) != options.properties.end();
}

/// What is asked for by name is shown even if it is empty.
void print_property(Context& context, status::Property const& property) {
    auto const& options = context.options;
    bool const even_empty = options.all || !options.properties.empty();
    auto const name = options.value ? std::string() : property.name + "=";
    auto const shown = detail::show_property(property.name, property.value);
    for (auto const& line : shown.lines)
        fmt::print(context.out, "{}{}\n", name, line);
    if (!shown.lines.empty() || !even_empty) return;
    if (shown.kind == detail::Shown::Kind::unprintable) fmt::print(context.out, "{}[unprintable]\n", name);
    if (shown.kind == detail::Shown::Kind::single) fmt::print(context.out, "{}{}\n", name, shown.when_empty);
}

void print(Context& context, status::Properties const& properties) {
    status::Properties wanted;
    for (auto const& property : properties.all())
        if (is_wanted(context.options, property.name)) wanted.add(property.interface, property.name, property.value);
    if (context.options.format == Format::json) {
        nlohmann::json const json = wanted;
        fmt::print(context.out, "{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
        return;
    }
    for (auto const& property : wanted.all())
        print_property(context, property);
}

} // namespace

int show(Context& context, Arguments const& typed) {
    if (typed.empty()) {
        auto const properties = context.faces.query.manager_properties();
        if (!properties) return detail::complain(context, "get properties", properties.error());
        print(context, *properties);
        return 0;
    }
    auto const units = detail::expand(context, typed);
    if (!units) return detail::complain(context, "find units", units.error());
    for (bool first = true; auto const& unit : *units) {
        auto const properties = context.faces.query.unit_properties(unit);
        if (!properties) return detail::complain(context, "get properties", properties.error());
        if (!std::exchange(first, false)) fmt::print(context.out, "\n");
        print(context, *properties);
    }
    return 0;
}

} // namespace mitori::cli
