// The wall to SQLite: a connection and a statement, each an owner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace mitori::ledger::detail {

/// One prepared statement. Its strings are valid until the next step() or reset().
class Statement {
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* statement) : statement_(statement, finalize) {}

    // Places count from 1.
    void bind(int place, std::int64_t value);
    void bind(int place, std::string_view text); ///< copied
    void bind_null(int place);
    /// Whether there is a row.
    [[nodiscard]] base::Result<bool> step();
    /// For those that give no row: runs to the end, and is ready to be bound anew.
    base::Result<void> run();
    void reset();

    // Columns count from 0.
    [[nodiscard]] int columns() const;
    [[nodiscard]] std::string_view name(int column) const;
    enum class Type : std::uint8_t { null, integer, real, text };
    [[nodiscard]] Type type(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] sqlite3_stmt* get() const { return statement_.get(); }

private:
    static void finalize(sqlite3_stmt* statement);
    std::unique_ptr<sqlite3_stmt, void (*)(sqlite3_stmt*)> statement_{nullptr, finalize};
};

enum class Access : std::uint8_t { read, write };

class Database {
public:
    /// Write: the file is made where there is none. Read: ENOENT where there is none; a file whose writer is gone, in a
    /// folder that we may not write to, is read as it lies.
    [[nodiscard]] static base::Result<Database> open(std::string const& path, Access access);

    [[nodiscard]] base::Result<Statement> prepare(std::string_view sql);
    /// Statements that give no rows, one after the other.
    base::Result<void> execute(std::string const& sql);
    /// The first column of the first row; 0 where there is none.
    [[nodiscard]] base::Result<std::int64_t> number(std::string_view sql);
    [[nodiscard]] std::int64_t last_row() const;
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] sqlite3* get() const { return database_.get(); }
    [[nodiscard]] std::string const& path() const { return path_; }

private:
    Database(sqlite3* database, std::string path) : database_(database, close), path_(std::move(path)) {}
    static void close(sqlite3* database);
    std::unique_ptr<sqlite3, void (*)(sqlite3*)> database_;
    std::string path_;
};

/// The error of the call that has just failed on this connection. The number is an errno value where one fits.
[[nodiscard]] std::unexpected<base::Error> database_error(sqlite3* database, std::string const& operation,
                                                          std::string const& path);

/// BEGIN IMMEDIATE … COMMIT; rolled back where commit() was not reached.
class Transaction {
public:
    [[nodiscard]] static base::Result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    base::Result<void> commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

} // namespace mitori::ledger::detail
