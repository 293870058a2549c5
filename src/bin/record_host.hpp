#pragma once

#include <span>

namespace mitori::bin {

/// `mitori record --host`: the deaths of a machine that somebody else manages, into a ledger. The exit status.
[[nodiscard]] int run_record_host(std::span<char const* const> words);

} // namespace mitori::bin
