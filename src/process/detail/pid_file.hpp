// A pid file that is locked as long as its daemon lives.
#pragma once

#include <string>
#include <sys/types.h>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::process::detail {

/// Opens or makes it and locks it; EWOULDBLOCK when a live daemon has it. The lock belongs to the open file: whoever
/// inherits the descriptor shares it.
[[nodiscard]] base::Result<base::Fd> lock_pid_file(std::string const& path);
[[nodiscard]] base::Result<void> write_pid(base::Fd const& file, pid_t pid);

} // namespace mitori::process::detail
