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
using detail::Cell;
using detail::Style;
using status::UnitRow;

namespace {

/// Without --all and without patterns or states asked for: what runs, what has failed, what has a job.
bool is_shown(Context const& context, Arguments const& patterns, UnitRow const& row) {
    auto const& options = context.options;
    auto const& types = options.types;
    // What --type= does not name as a type is a load state: `systemctl --type=help` knows both.
    auto const named = [&](std::string const& type) {
        return type == detail::unit_type(row.name) || type == row.load_state;
    };
    if (!types.empty() && std::ranges::none_of(types, named)) return false;
    if (options.all || !options.states.empty() || !patterns.empty()) return true;
    return row.following.empty() && (row.active_state != "inactive" || row.job_id != 0);
}

/// By type, then by name, both without regard to case.
bool before(UnitRow const& a, UnitRow const& b) {
    std::string const type_a(detail::unit_type(a.name));
    std::string const type_b(detail::unit_type(b.name));
    if (int const order = ::strcasecmp(type_a.c_str(), type_b.c_str()); order != 0) return order < 0;
    return ::strcasecmp(a.name.c_str(), b.name.c_str()) < 0;
}

/// What there is to say of the dot before the name: something only where a unit needs a look.
Cell dot_of(UnitRow const& row) {
    auto const load = detail::style_of_load(row.load_state);
    if (load == Style::bad || load == Style::faint) return {"●", load};
    if (row.active_state == "failed") return {"●", Style::bad};
    return {" "};
}

std::vector<Cell> cells_of(UnitRow const& row, bool jobs, bool dots) {
    auto const load = detail::style_of_load(row.load_state);
    auto const active = row.active_state == "failed" ? Style::bad : Style::plain;
    std::vector<Cell> cells;
    if (dots) cells.push_back(dot_of(row));
    cells.push_back({base::printable(row.name), active});
    cells.push_back({base::printable(row.load_state), load == Style::faint ? Style::plain : load});
    cells.push_back({base::printable(row.active_state), active});
    cells.push_back({base::printable(row.sub_state), active});
    if (jobs) cells.push_back({base::printable(row.job_type)});
    cells.push_back({base::printable(row.description)});
    return cells;
}

void print_legend(Context& context, std::size_t count, bool jobs) {
    if (count != 0) {
        fmt::print(context.out, "\nLOAD   = Reflects whether the unit definition was properly loaded.\n"
                                "ACTIVE = The high-level unit activation state, i.e. generalization of SUB.\n"
                                "SUB    = The low-level unit activation state, values depend on unit type.\n");
        if (jobs) fmt::print(context.out, "JOB    = Pending job for the unit.\n");
    }
    auto const counted = detail::styled(context.screen, count != 0 ? Style::strong : Style::bad,
                                        fmt::format("{} loaded units listed.", count));
    fmt::print(context.out, "{}", counted);
    if (!context.options.states.empty()) {
        fmt::print(context.out, "\n");
        return;
    }
    fmt::print(context.out, "{}\nTo show all installed unit files use '{} list-unit-files'.\n",
               context.options.all ? "" : " Pass --all to see loaded but inactive units, too.", context.program);
}

void print_table(Context& context, std::vector<UnitRow> const& rows) {
    auto const& options = context.options;
    bool const jobs = std::ranges::any_of(rows, [](auto const& row) { return row.job_id != 0; });
    std::vector<std::string> header{"UNIT", "LOAD", "ACTIVE", "SUB"};
    if (jobs) header.emplace_back("JOB");
    header.emplace_back("DESCRIPTION");
    if (!options.plain) header.insert(header.begin(), " ");
    detail::Table table(header);
    for (auto const& row : rows)
        table.add(cells_of(row, jobs, !options.plain));
    if (table.size() != 0 || options.legend)
        table.print(context.out, context.screen,
                    options.legend ? detail::Table::Header::yes : detail::Table::Header::no,
                    options.full ? detail::Cut::no : detail::Cut::yes);
    if (options.legend) print_legend(context, rows.size(), jobs);
}

} // namespace

int list_units(Context& context, Arguments const& patterns) {
    control::UnitFilter filter{.states = context.options.states, .patterns = {}};
    for (auto const& pattern : patterns)
        filter.patterns.push_back(detail::unit_name(pattern));
    auto rows = context.faces.query.list_units(filter);
    if (!rows) return detail::complain(context, "list units", rows.error());
    std::erase_if(*rows, [&](UnitRow const& row) { return !is_shown(context, patterns, row); });
    std::ranges::sort(*rows, before);
    if (context.options.format == Format::json)
        fmt::print(context.out, "{}\n",
                   nlohmann::json(*rows).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    else
        print_table(context, *rows);
    return 0;
}

} // namespace mitori::cli
