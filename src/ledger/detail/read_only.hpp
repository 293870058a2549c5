// What people may ask a ledger in SQL: to read.
#pragma once

#include <string>

#include "ledger/detail/sqlite.hpp"

namespace mitori::ledger::detail {

/// Prepares one statement that only reads. EPERM where it would do something else; 0, in words, where it is
/// none, or two.
[[nodiscard]] base::Result<Statement> prepare_reading(Database& database, std::string const& sql);

} // namespace mitori::ledger::detail
