// SQLite's functions, as far as they are called here, from its shared library, which is loaded when the first ledger is
// opened: most programs of ours never open one, and would pay for it at each start (a twentieth of the time of a short
// command, whether linked statically or not).
#pragma once

#include <sqlite3.h>

#include "base/result.hpp"

namespace mitori::ledger::detail {

struct SqliteApi {
    decltype(&sqlite3_open_v2) open_v2;
    decltype(&sqlite3_close_v2) close_v2;
    decltype(&sqlite3_busy_timeout) busy_timeout;
    decltype(&sqlite3_db_filename) db_filename;
    decltype(&sqlite3_db_handle) db_handle;
    decltype(&sqlite3_errmsg) errmsg;
    decltype(&sqlite3_extended_errcode) extended_errcode;
    decltype(&sqlite3_exec) exec;
    decltype(&sqlite3_changes64) changes64;
    decltype(&sqlite3_last_insert_rowid) last_insert_rowid;
    decltype(&sqlite3_set_authorizer) set_authorizer;

    decltype(&sqlite3_prepare_v2) prepare_v2;
    decltype(&sqlite3_prepare_v3) prepare_v3;
    decltype(&sqlite3_step) step;
    decltype(&sqlite3_reset) reset;
    decltype(&sqlite3_finalize) finalize;
    decltype(&sqlite3_stmt_readonly) stmt_readonly;
    decltype(&sqlite3_bind_int64) bind_int64;
    decltype(&sqlite3_bind_null) bind_null;
    decltype(&sqlite3_bind_text64) bind_text64;

    decltype(&sqlite3_column_count) column_count;
    decltype(&sqlite3_column_name) column_name;
    decltype(&sqlite3_column_type) column_type;
    decltype(&sqlite3_column_int64) column_int64;
    decltype(&sqlite3_column_double) column_double;
    decltype(&sqlite3_column_text) column_text;
    decltype(&sqlite3_column_bytes) column_bytes;
};

/// Loads the library, once for the process. ELIBACC where it is not there, or too old, in words.
[[nodiscard]] base::Result<void> load_sqlite();
/// What load_sqlite has loaded: whoever holds a connection may call.
[[nodiscard]] SqliteApi const& sqlite();

} // namespace mitori::ledger::detail
