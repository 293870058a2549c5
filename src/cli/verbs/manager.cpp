// What is asked of the manager as a whole: daemon-reload, exit, is-system-running, cancel.
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/show_json.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {
using detail::code;
using detail::ExitStatus;

int daemon_reload(Context& context, Arguments const&) {
    auto const done = context.faces.command.reload_units();
    if (done) return 0;
    detail::complain(context, "reload daemon", done.error());
    return code(ExitStatus::failure);
}

int exit(Context& context, Arguments const&) {
    if (auto const done = context.faces.command.shut_down(status::Ending::exit); !done)
        return detail::complain(context, "end the manager", done.error());
    if (!context.options.block) return 0;
    // It is over when the manager hangs up.
    auto const waited = context.wait_until([] { return false; });
    if (waited || waited.error().reason == control::Reason::disconnected) return 0;
    return detail::complain(context, "wait for the manager's end", waited.error());
}

int is_system_running(Context& context, Arguments const&) {
    auto const properties = context.faces.query.manager_properties();
    if (!properties) return detail::complain(context, "ask the manager", properties.error());
    auto const state = properties->get("SystemState").text();
    if (detail::wants_json(context))
        detail::print_json(context, {{"state", state}});
    else if (!context.options.quiet)
        fmt::print(context.out, "{}\n", base::printable(state));
    return state == "running" ? 0 : code(ExitStatus::failure);
}

int cancel(Context& context, Arguments const& jobs) {
    int status = 0;
    for (auto const& typed : jobs) {
        auto const id = base::parse_integer<std::uint32_t>(typed);
        control::Answer<void> const done =
            id ? context.faces.command.cancel_job(*id)
               : control::Answer<void>(
                     std::unexpected(control::Refusal{control::Reason::invalid_args, "not a job's number"}));
        if (done) continue;
        detail::complain(context, fmt::format("cancel job {}", base::printable(typed)), done.error());
        status = code(ExitStatus::failure);
    }
    return status;
}

} // namespace mitori::cli
