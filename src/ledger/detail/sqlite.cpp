#include "ledger/detail/sqlite.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/detail/sqlite_api.hpp"

namespace mitori::ledger::detail {
namespace {

// How long a writer may be waited for: a reader never waits in WAL mode, but opening may meet a recovery.
constexpr int patience = 5000; // milliseconds

int errno_of(int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return EBUSY;
    case SQLITE_READONLY: return EROFS;
    case SQLITE_PERM:
    case SQLITE_AUTH: return EACCES;
    case SQLITE_NOMEM: return ENOMEM;
    case SQLITE_FULL: return ENOSPC;
    case SQLITE_CANTOPEN: return ENOENT;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return EBADMSG;
    default: return EIO;
    }
}

/// A path as the URI that SQLite takes.
std::string uri_of(std::string const& path, std::string_view how) {
    std::string uri = "file:";
    for (char const c : path) {
        if (c == '%' || c == '?' || c == '#')
            uri += fmt::format("%{:02x}", static_cast<unsigned>(c));
        else
            uri += c;
    }
    return uri + "?" + std::string(how);
}

} // namespace

std::unexpected<base::Error> database_error(sqlite3* database, std::string const& operation, std::string const& path) {
    int const code = sqlite().extended_errcode(database);
    // SQLite's own words say more than those of errno.
    return base::make_error(0, fmt::format("{} {}", operation, path),
                            fmt::format("{} ({})", sqlite().errmsg(database), base::errno_name(errno_of(code))));
}

// -- a statement

void Statement::finalize(sqlite3_stmt* statement) {
    if (statement != nullptr) sqlite().finalize(statement);
}

void Statement::bind(int place, std::int64_t value) { sqlite().bind_int64(get(), place, value); }

void Statement::bind(int place, std::string_view text) {
    sqlite().bind_text64(get(), place, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind_null(int place) { sqlite().bind_null(get(), place); }

base::Result<bool> Statement::step() {
    int const code = sqlite().step(get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    auto* const database = sqlite().db_handle(get());
    char const* const path = sqlite().db_filename(database, "main");
    return database_error(database, "use", path != nullptr ? path : "");
}

base::Result<void> Statement::run() {
    auto const done = step();
    reset();
    if (!done) return std::unexpected(done.error());
    return {};
}

void Statement::reset() { sqlite().reset(get()); }

int Statement::columns() const { return sqlite().column_count(get()); }
std::string_view Statement::name(int column) const { return sqlite().column_name(get(), column); }

Statement::Type Statement::type(int column) const {
    switch (sqlite().column_type(get(), column)) {
    case SQLITE_NULL: return Type::null;
    case SQLITE_INTEGER: return Type::integer;
    case SQLITE_FLOAT: return Type::real;
    default: return Type::text;
    }
}

std::int64_t Statement::integer(int column) const { return sqlite().column_int64(get(), column); }
double Statement::real(int column) const { return sqlite().column_double(get(), column); }

std::string_view Statement::text(int column) const {
    auto const* const bytes = reinterpret_cast<char const*>(sqlite().column_text(get(), column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite().column_bytes(get(), column))};
}

// -- a connection

void Database::close(sqlite3* database) { sqlite().close_v2(database); }

base::Result<Database> Database::open(std::string const& path, Access access) {
    if (access == Access::read && ::access(path.c_str(), R_OK) < 0) return base::errno_error("open", path);
    TRY(load_sqlite());
    int const how = access == Access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    auto const attempt = [&](std::string_view uri) -> base::Result<Database> {
        sqlite3* raw = nullptr;
        int const flags = how | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
        int const code = sqlite().open_v2(uri_of(path, uri).c_str(), &raw, flags, nullptr);
        Database database(raw, path);
        if (code != SQLITE_OK) return database_error(raw, "open", path);
        sqlite().busy_timeout(raw, patience);
        TRY(database.number("PRAGMA schema_version")); // the file itself is only opened now
        return database;
    };
    auto opened = attempt(access == Access::write ? "mode=rwc" : "mode=ro");
    if (opened || access == Access::write || ::access((path + "-wal").c_str(), F_OK) == 0) return opened;
    // Nobody writes: there is no log beside the file, and we may make none.
    return attempt("mode=ro&immutable=1");
}

base::Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    int const code = sqlite().prepare_v3(get(), sql.data(), static_cast<int>(sql.size()), 0, &raw, nullptr);
    if (code != SQLITE_OK) return database_error(get(), "ask", path_);
    return Statement(raw);
}

base::Result<void> Database::execute(std::string const& sql) {
    if (sqlite().exec(get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return database_error(get(), "use", path_);
    return {};
}

base::Result<std::int64_t> Database::number(std::string_view sql) {
    auto statement = TRY(prepare(sql));
    return TRY(statement.step()) ? statement.integer(0) : 0;
}

std::int64_t Database::last_row() const { return sqlite().last_insert_rowid(get()); }
std::int64_t Database::changes() const { return sqlite().changes64(get()); }

// -- a transaction

base::Result<Transaction> Transaction::begin(Database& database) {
    TRY(database.execute("BEGIN IMMEDIATE"));
    return Transaction(database);
}

Transaction::~Transaction() {
    if (database_ != nullptr) static_cast<void>(database_->execute("ROLLBACK"));
}

base::Result<void> Transaction::commit() {
    TRY(database_->execute("COMMIT"));
    database_ = nullptr;
    return {};
}

} // namespace mitori::ledger::detail
