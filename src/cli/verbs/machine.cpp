// poweroff, reboot, halt: the end of the machine whose init the manager is; of the manager alone where it is none.
#include <fmt/format.h>

#include "cli/detail/refusals.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {
namespace {

int end_by_manager(Context& context, status::Ending ending) {
    auto const done = context.faces.command.shut_down(ending);
    return done ? 0 : detail::complain(context, base::word(ending), done.error());
}

// Its target, as systemctl does: what the administrator has hung on it is done, too. Nobody waits for the end of the
// job, which is the end of us.
int end_by_target(Context& context, status::Ending ending) {
    if (context.options.force) return end_by_manager(context, ending);
    auto const word = base::word(ending);
    auto const job = context.faces.command.enqueue(control::JobVerb::start, fmt::format("{}.target", word),
                                                   control::JobMode::replace_irreversibly);
    return job ? 0 : detail::complain(context, word, job.error());
}

} // namespace

int poweroff(Context& context, Arguments const&) { return end_by_target(context, status::Ending::poweroff); }
int reboot(Context& context, Arguments const&) { return end_by_target(context, status::Ending::reboot); }
// No unit can say it: the SuccessAction= of systemd 252 has no such word.
int halt(Context& context, Arguments const&) { return end_by_manager(context, status::Ending::halt); }

} // namespace mitori::cli
