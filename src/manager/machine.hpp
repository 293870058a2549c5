// The end of a whole machine: what a manager does after its last unit has stopped, where it is the machine's own init.
// docs/adr/0015 says how that is told from the init of a container, and what is done in which order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "status/ending.hpp"

namespace mitori::manager {

/// Whether this process is process 1 of the kernel's first PID namespace.
[[nodiscard]] bool is_machines_init();

/// Ctrl-Alt-Del becomes SIGINT to us. For a machine's init alone.
void begin_machine();

/// Ends what processes are left, writes all disks, unmounts what can be, and calls reboot(2); `exit` is `poweroff`, for
/// the kernel panics when its init goes. For a machine's init alone, after everything of its own has been destroyed.
[[noreturn]] void end_machine(status::Ending ending);

/// For a machine's init that cannot go on: says so and stays, so that Ctrl-Alt-Del still works and no kernel panics.
[[noreturn]] void stay_for_ever(std::string_view why);

/// What is to be unmounted, in this order, by the text of /proc/self/mountinfo: the last mounted first; neither the
/// root nor what the kernel itself shows as files (proc, sysfs, cgroup2 …).
[[nodiscard]] std::vector<std::string> mounts_to_end(std::string_view mountinfo);
/// The paths of the text of /proc/swaps.
[[nodiscard]] std::vector<std::string> swaps_to_end(std::string_view swaps);

} // namespace mitori::manager
