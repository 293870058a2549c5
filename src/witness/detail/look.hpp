// What /proc says of a process, for the sources that tell little themselves.
#pragma once

#include "procfs/snapshot.hpp"
#include "status/death.hpp"

namespace mitori::witness::detail {

/// Who it is: names, groups, parent, user, control group, start. Its state (proc(5)); nothing when nobody has the
/// number any more.
std::optional<char> tell_who(procfs::Procfs& procfs, pid_t pid, status::Death& death);
/// Program and command line, which a process that has ended does not have any more.
void tell_program(procfs::Procfs& procfs, pid_t pid, status::Death& death);

} // namespace mitori::witness::detail
