// What is to be seen of a process that has ended and has not been reaped: a zombie still has its name, its place among
// the processes, its user, its control group and its counters.
#pragma once

#include <string_view>
#include <sys/types.h>

#include "base/time.hpp"
#include "status/death.hpp"

namespace mitori::manager {

/// The files of /proc/PID that tell of it.
struct Remains {
    std::string_view stat;
    std::string_view status;
    std::string_view cgroup;
};

/// Identity, parent, group, session, comm, user, cgroup, start and the CPU time of the process alone (its children's is
/// not in it, other than in what wait tells); `since_boot` is CLOCK_BOOTTIME and `now` the moment that belongs to it.
/// What a file does not tell stays empty.
[[nodiscard]] status::Death parse_remains(Remains const& remains, base::Usec since_boot, base::Usec now);

/// The same by /proc, with the comm of its parent.
[[nodiscard]] status::Death read_remains(pid_t pid);

} // namespace mitori::manager
