// Removes old journal files.
#pragma once

#include <string>

#include "control/logs.hpp"

namespace mitori::local::detail {

/// Removes archived files of the folder, oldest first, until it is within the limits. Those that are written stay, as
/// do files that belong to no sequence of archives.
[[nodiscard]] base::Result<control::LogVacuumed> vacuum_folder(std::string const& folder,
                                                               control::LogLimits const& keep);

} // namespace mitori::local::detail
