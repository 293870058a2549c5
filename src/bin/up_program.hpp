#pragma once

#include <span>

namespace mitori::bin {

/// `mitori up FOLDER|FILE…`: a manager of its own for the unit files given, in the foreground, until they have all
/// ended or Ctrl-C. The exit status: 0, or 1 when a unit failed.
[[nodiscard]] int run_up(std::span<char const* const> words);

} // namespace mitori::bin
