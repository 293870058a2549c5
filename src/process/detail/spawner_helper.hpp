// The process that starts the manager's children. See process/spawner.hpp.
#pragma once

#include <sys/types.h>

namespace mitori::process::detail {

enum class Probe { no, yes };

/// The helper's whole life, to be called in a forked child at once: keeps `socket` and no other descriptor, starts what
/// comes over it, and ends when the other end is gone or `manager`, its parent, has died. With Probe::yes its first
/// message is a hello that tells whether CLONE_PARENT works.
[[noreturn]] void run_spawner_helper(int socket, pid_t manager, Probe probe) noexcept;

} // namespace mitori::process::detail
