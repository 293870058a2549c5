#pragma once

#include <sys/types.h>

#include "base/result.hpp"
#include "process/exit.hpp"

namespace mitori::process {

/// Takes the end of a child that nobody holds a pidfd for: an orphan that was left to us, after a peek has named it.
/// EAGAIN while it lives; ECHILD when it is not ours. waitid(2), P_PID.
[[nodiscard]] base::Result<Exit> reap(pid_t pid);

} // namespace mitori::process
