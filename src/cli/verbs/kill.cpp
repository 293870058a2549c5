#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {

int kill(Context& context, Arguments const& typed) {
    auto const units = detail::expand(context, typed);
    if (!units) return detail::complain(context, "find units", units.error());
    int status = 0;
    for (auto const& unit : *units) {
        auto const done = context.faces.command.kill(unit, context.options.kill_whom, context.options.signal);
        if (done) continue;
        detail::complain(context, fmt::format("kill unit {}", base::printable(unit)), done.error());
        status = detail::code(detail::ExitStatus::failure);
    }
    return status;
}

} // namespace mitori::cli
