#include <algorithm>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>
#include <strings.h>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/table.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"
#include "status/json.hpp"

namespace mitori::cli {
using detail::Style;
using status::UnitFileRow;

namespace {

std::string name_of(UnitFileRow const& row) { return row.path.substr(row.path.rfind('/') + 1); }

bool before(UnitFileRow const& a, UnitFileRow const& b) {
    auto const name_a = name_of(a);
    auto const name_b = name_of(b);
    std::string const type_a(detail::unit_type(name_a));
    std::string const type_b(detail::unit_type(name_b));
    if (int const order = ::strcasecmp(type_a.c_str(), type_b.c_str()); order != 0) return order < 0;
    return ::strcasecmp(name_a.c_str(), name_b.c_str()) < 0;
}

Style style_of(std::string_view state) {
    if (state == "enabled" || state == "enabled-runtime" || state == "alias") return Style::good;
    if (state == "masked" || state == "masked-runtime" || state == "disabled" || state == "bad") return Style::bad;
    return Style::plain;
}

} // namespace

int list_unit_files(Context& context, Arguments const& patterns) {
    auto const& options = context.options;
    control::UnitFilter filter{.states = options.states, .patterns = {}};
    for (auto const& pattern : patterns)
        filter.patterns.push_back(detail::unit_name(pattern));
    auto rows = context.faces.query.list_unit_files(filter);
    if (!rows) return detail::complain(context, "list unit files", rows.error());
    auto const other = [&](UnitFileRow const& row) {
        auto const name = name_of(row);
        return !options.types.empty() &&
               std::ranges::find(options.types, detail::unit_type(name)) == options.types.end();
    };
    std::erase_if(*rows, other);
    std::ranges::sort(*rows, before);
    if (options.format == Format::json) {
        fmt::print(context.out, "{}\n",
                   nlohmann::json(*rows).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
        return 0;
    }
    detail::Table table({"UNIT FILE", "STATE", "PRESET"});
    for (auto const& row : *rows)
        table.add({{base::printable(name_of(row))},
                   {base::printable(row.state), style_of(row.state)},
                   {row.preset.empty() ? "-" : base::printable(row.preset), style_of(row.preset)}});
    if (table.size() != 0)
        table.print(context.out, context.screen,
                    options.legend ? detail::Table::Header::yes : detail::Table::Header::no,
                    options.full ? detail::Cut::no : detail::Cut::yes);
    if (options.legend) fmt::print(context.out, "\n{} unit files listed.\n", rows->size());
    return 0;
}

} // namespace mitori::cli
