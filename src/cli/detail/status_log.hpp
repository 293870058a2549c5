// The last lines of a unit's log, as systemctl's status ends with them.
#pragma once

#include "cli/context.hpp"
#include "status/value.hpp"

namespace mitori::cli::detail {

/// Whether a line has been cut to the screen's width: a hint at the end tells how to see all of it.
enum class Cuts { none, some };
/// Says what the unit has said since it was started last. Without a log there is nothing to say.
[[nodiscard]] Cuts show_status_log(Context& context, status::Properties const& properties);

} // namespace mitori::cli::detail
