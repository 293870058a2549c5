// From what the kernel's wait tells to an Exit.
#pragma once

#include <csignal>
#include <sys/resource.h>

#include "process/exit.hpp"

namespace mitori::process::detail {

[[nodiscard]] Exit exit_of(siginfo_t const& info, rusage const& usage);

} // namespace mitori::process::detail
