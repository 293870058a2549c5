#pragma once

#include <span>

namespace mitori::bin {

/// `mitori manager`: runs until told to end. The exit status.
[[nodiscard]] int run_manager(std::span<char const* const> words);

} // namespace mitori::bin
