// The wall of system calls, its part for the init of a whole machine: what ends it. As sys.hpp.
//
// All of this takes root, and reaches everybody: manager/machine.hpp is the only caller, and asks first whether this
// process is a machine's init at all.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "base/signal.hpp"
#include "base/time.hpp"

namespace mitori::base::sys {

/// Whether this process is in the PID namespace that the kernel began with: nsfs's fixed inode number (since 3.8).
/// Without /proc the answer is an error.
[[nodiscard]] Result<bool> in_first_pid_namespace();
/// To every process but ourselves and kernel threads: kill(2), pid -1. ESRCH: there is nobody else.
[[nodiscard]] Result<void> signal_everybody(Signal signal);
/// Blocks SIGCHLD for good: take_ends waits for it.
[[nodiscard]] Result<void> hold_child_ends();
/// Reaps whoever ends until no child is left (true) or the time is over (false). After hold_child_ends.
[[nodiscard]] Result<bool> take_ends(Usec span);

/// sync(2): returns when everything has been written.
void sync_all();
[[nodiscard]] Result<void> swap_off(std::string const& path);
/// umount2(2) of what is mounted topmost there; no symbolic link is followed.
[[nodiscard]] Result<void> unmount(std::string const& path);
/// The file system, not only this mount of it: mount(2), MS_REMOUNT. EBUSY while a file is open for writing.
[[nodiscard]] Result<void> remount_read_only(std::string const& path);

enum class Power : std::uint8_t { off, reboot, halt };
/// reboot(2): does not come back unless it fails, or to be stopped (`halt`).
[[nodiscard]] Result<void> set_power(Power power);
/// What the kernel answers Ctrl-Alt-Del with: SIGINT to process 1, or a reboot at once. reboot(2).
enum class CtrlAltDel : std::uint8_t { tells_us, reboots };
[[nodiscard]] Result<void> set_ctrl_alt_del(CtrlAltDel answer);
/// Sleeps until a signal has been handled: pause(2).
void pause();

} // namespace mitori::base::sys
