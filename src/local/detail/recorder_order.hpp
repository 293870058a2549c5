// What a recorder can be asked for by who only knows its runtime folder: a signal, and the stamp that it leaves when it
// is done. systemd-journald is asked the same way.
#pragma once

#include <string>

#include "control/logs.hpp"

namespace mitori::local::detail {

/// ENOENT where no recorder runs there, EPERM where it is somebody else's, ETIMEDOUT where it does not answer.
[[nodiscard]] base::Result<void> order_recorder(std::string const& runtime_directory, control::Logs::Order what);

} // namespace mitori::local::detail
