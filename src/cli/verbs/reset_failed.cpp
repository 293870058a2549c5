#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {

int reset_failed(Context& context, Arguments const& typed) {
    auto const units = detail::expand(context, typed);
    if (!units) return detail::complain(context, "find units", units.error());
    auto const names = typed.empty() ? std::vector<std::string>{""} : *units;
    int status = 0;
    for (auto const& unit : names) {
        auto const done = context.faces.command.reset_failed(unit);
        if (done) continue;
        auto const what = unit.empty() ? "reset failed state" : "reset failed state of unit " + base::printable(unit);
        detail::complain(context, what, done.error());
        status = detail::code(detail::ExitStatus::failure);
    }
    return status;
}

} // namespace mitori::cli
