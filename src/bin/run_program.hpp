#pragma once

#include <span>

namespace mitori::bin {

/// `mitori run`: one command, held well (run/run.hpp). `words` begins with the name of the program.
[[nodiscard]] int run_command(std::span<char const* const> words);
/// `mitori daemonize`: the same for a daemon (run/daemonize.hpp).
[[nodiscard]] int run_daemonize(std::span<char const* const> words);

} // namespace mitori::bin
