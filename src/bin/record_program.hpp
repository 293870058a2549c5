#pragma once

#include <span>

namespace mitori::bin {

/// `mitori record`: the recorder's process. The exit status.
[[nodiscard]] int run_record(std::span<char const* const> words);

} // namespace mitori::bin
