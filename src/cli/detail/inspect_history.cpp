#include "cli/detail/inspect_history.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/death_place.hpp"
#include "cli/detail/death_search.hpp"

namespace mitori::cli::detail {
namespace {

constexpr std::uint64_t shown = 3;

base::Result<InspectHistory> read(control::Deaths& deaths, status::DeathFilter filter) {
    InspectHistory history;
    history.deaths = TRY(deaths.count(filter));
    history.last = TRY(last_deaths(deaths, filter, shown));
    std::ranges::reverse(history.last);
    filter.failed = true;
    history.failed = TRY(deaths.count(filter));
    return history;
}

} // namespace

InspectHistory history_of(base::Result<control::Deaths*> const& deaths, std::string const& unit,
                          std::string const& comm) {
    status::DeathFilter filter;
    if (unit.empty())
        filter.comm = comm;
    else
        filter.unit = unit;
    InspectHistory history;
    if (!deaths) {
        history.untold = no_ledger(deaths.error());
    } else if (auto found = read(**deaths, filter)) {
        history = *std::move(found);
    } else {
        history.untold = base::printable(found.error().message());
    }
    history.of = base::printable(unit.empty() ? "command " + comm : "unit " + unit);
    return history;
}

} // namespace mitori::cli::detail
