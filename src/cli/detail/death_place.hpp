// Which ledger is meant, and what is said where there is none.
#pragma once

#include <string>

#include "base/result.hpp"
#include "cli/detail/death_options.hpp"

namespace mitori::cli::detail {

/// Of the manager that is meant; empty where none is known.
[[nodiscard]] std::string runtime_directory_of(DeathOptions const& options);
[[nodiscard]] std::string no_ledger(base::Error const& error);

} // namespace mitori::cli::detail
