// The face of deaths, answered from a ledger's file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "control/deaths.hpp"

namespace mitori::local {

/// Where a ledger may be, best first: of the manager with this runtime folder (its `ledger` there leads to it), the
/// machine's, and for an ordinary user their own before that.
[[nodiscard]] std::vector<std::string> standard_ledgers(std::string const& runtime_directory);

/// The first that is there. ENOENT where none is, with all that were looked for; the error of one that cannot be read.
[[nodiscard]] base::Result<std::unique_ptr<control::Deaths>> open_deaths(std::vector<std::string> const& files);

} // namespace mitori::local
