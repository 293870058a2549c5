// A death as a row: bound to a statement, and read from one.
#pragma once

#include "ledger/detail/sqlite.hpp"
#include "ledger/detail/texts.hpp"
#include "status/death.hpp"

namespace mitori::ledger::detail {

/// Binds stored_columns() and `failed`, from place 1 on.
[[nodiscard]] base::Result<void> bind(Statement& statement, Texts& texts, status::Death const& death);
/// Of a row of the view `deaths`: number, then stored_columns().
[[nodiscard]] status::Death read_death(Statement const& row);
/// "SELECT number, pid, … FROM deaths"
[[nodiscard]] std::string const& select_deaths();
/// "INSERT INTO death (pid, …, failed, number) VALUES (?, …)", with the number last.
[[nodiscard]] std::string insert_death();
/// "UPDATE death SET pid = ?, …, failed = ? WHERE number = ?"
[[nodiscard]] std::string update_death();

} // namespace mitori::ledger::detail
