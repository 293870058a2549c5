#pragma once

#include <span>

namespace mitori::bin {

/// `mitori up [PROCFILE|FOLDER|FILE|PROCESS]…`: a manager of its own for what is named, in the foreground, until all of
/// it has ended or Ctrl-C. The exit status: 0, or that of the first that failed (128+N for signal N); 125 for wrong
/// use.
[[nodiscard]] int run_up(std::span<char const* const> words);

} // namespace mitori::bin
