#pragma once

#include <string_view>

#include "cli/context.hpp"

namespace mitori::cli::detail {

/// systemctl's exit statuses, which are LSB's for init scripts.
enum class ExitStatus {
    success = 0,
    failure = 1,
    not_running = 3,     ///< is-active, status
    not_implemented = 3, ///< everything else
    no_permission = 4,
    no_such_unit = 4, ///< status
    not_installed = 5,
    not_configured = 6,
};

[[nodiscard]] constexpr int code(ExitStatus status) { return static_cast<int>(status); }
[[nodiscard]] ExitStatus exit_status_of(control::Reason reason);

/// "Failed to WHAT: TEXT" to the messages; the exit status that goes with it.
int complain(Context& context, std::string_view what, control::Refusal const& refusal);

} // namespace mitori::cli::detail
