// How a recorder is asked for something from outside, as systemd-journald(8) is: by a signal; when it is done it leaves
// the moment (monotonic, in microseconds) in a file of its runtime folder.
#pragma once

#include <csignal>
#include <string_view>

#include "base/signal.hpp"

namespace mitori::journal {

inline constexpr std::string_view recorder_process_name = "mitori-record";
inline constexpr std::string_view recorder_pid_file = "recorder.pid";
inline constexpr std::string_view rotated_stamp = "recorder.rotated";
inline constexpr std::string_view synced_stamp = "recorder.synced";

/// Begin a new file.
[[nodiscard]] inline base::Signal rotate_signal() { return {SIGUSR2}; }
/// Take what there is, and write it through.
[[nodiscard]] inline base::Signal sync_signal() { return {SIGRTMIN + 1}; }

} // namespace mitori::journal
