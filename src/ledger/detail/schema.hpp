// The tables of a ledger, and how an older file becomes one of this version.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ledger/detail/sqlite.hpp"

namespace mitori::ledger::detail {

/// The number of the newest schema, as the file keeps it in user_version.
inline constexpr std::int64_t schema_version = 2;
/// Files from this version on are read as they lie, before a writer has brought them up to date: what has come since
/// makes asking quicker, no more.
inline constexpr std::int64_t oldest_readable = 1;

/// Brings the file to the newest version, in one transaction; a new file gets all steps. EPROTO where the file was made
/// by a newer version than ours.
[[nodiscard]] base::Result<void> migrate(Database& database);
/// The same with other steps, for tests: the step at i makes version i + 1 of version i.
[[nodiscard]] base::Result<void> migrate(Database& database, std::span<std::string const> steps);

/// The names of the columns of table `death` without its number, in the order of for_each_field.
[[nodiscard]] std::vector<std::string> const& stored_columns();

} // namespace mitori::ledger::detail
