// What differs between machines in a program without a C library: how a signal handler returns.
#pragma once

#include <csignal>
#include <cstdint>

namespace mitori::init::detail {

/// Handlers run with all signals blocked, and calls that they interrupt are resumed. -errno, or 0.
long set_handler(int signal, void (*handler)(int, siginfo_t*, void*));
enum class Disposition : std::uint8_t { by_default = 0, ignored = 1 };
long set_disposition(int signal, Disposition disposition);
[[nodiscard]] bool is_ignored(int signal);

} // namespace mitori::init::detail
