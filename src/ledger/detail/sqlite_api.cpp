#include "ledger/detail/sqlite_api.hpp"

#include <cerrno>
#include <dlfcn.h>
#include <string>

namespace mitori::ledger::detail {
namespace {

constexpr char const* library = "libsqlite3.so.0";

/// What is there of the library, and what is not.
struct Loaded {
    SqliteApi api{};
    std::string missing; ///< empty: all is there
};

class Finder {
public:
    Finder() : library_(::dlopen(library, RTLD_NOW | RTLD_LOCAL)) {
        if (library_ != nullptr) return;
        char const* const why = ::dlerror();
        missing_ = why != nullptr ? why : library;
    }
    template <class Function>
    void find(char const* name, Function& into) {
        if (library_ == nullptr) return;
        into = reinterpret_cast<Function>(::dlsym(library_, name));
        if (into == nullptr && missing_.empty()) missing_ = std::string(library) + " has no " + name;
    }
    [[nodiscard]] std::string missing() const { return missing_; }

private:
    void* library_; // stays loaded: its functions are held
    std::string missing_;
};

Loaded load() {
    Loaded loaded;
    auto& api = loaded.api;
    Finder finder;
    finder.find("sqlite3_open_v2", api.open_v2);
    finder.find("sqlite3_close_v2", api.close_v2);
    finder.find("sqlite3_busy_timeout", api.busy_timeout);
    finder.find("sqlite3_db_filename", api.db_filename);
    finder.find("sqlite3_db_handle", api.db_handle);
    finder.find("sqlite3_errmsg", api.errmsg);
    finder.find("sqlite3_extended_errcode", api.extended_errcode);
    finder.find("sqlite3_exec", api.exec);
    finder.find("sqlite3_changes64", api.changes64);
    finder.find("sqlite3_last_insert_rowid", api.last_insert_rowid);
    finder.find("sqlite3_set_authorizer", api.set_authorizer);
    finder.find("sqlite3_prepare_v2", api.prepare_v2);
    finder.find("sqlite3_prepare_v3", api.prepare_v3);
    finder.find("sqlite3_step", api.step);
    finder.find("sqlite3_reset", api.reset);
    finder.find("sqlite3_finalize", api.finalize);
    finder.find("sqlite3_stmt_readonly", api.stmt_readonly);
    finder.find("sqlite3_bind_int64", api.bind_int64);
    finder.find("sqlite3_bind_null", api.bind_null);
    finder.find("sqlite3_bind_text64", api.bind_text64);
    finder.find("sqlite3_column_count", api.column_count);
    finder.find("sqlite3_column_name", api.column_name);
    finder.find("sqlite3_column_type", api.column_type);
    finder.find("sqlite3_column_int64", api.column_int64);
    finder.find("sqlite3_column_double", api.column_double);
    finder.find("sqlite3_column_text", api.column_text);
    finder.find("sqlite3_column_bytes", api.column_bytes);
    loaded.missing = finder.missing();
    return loaded;
}

Loaded const& loaded() {
    static Loaded const once = load();
    return once;
}

} // namespace

base::Result<void> load_sqlite() {
    auto const& missing = loaded().missing;
    if (!missing.empty()) return base::make_error(ELIBACC, "load SQLite, which the ledger is kept with", missing);
    return {};
}

SqliteApi const& sqlite() { return loaded().api; }

} // namespace mitori::ledger::detail
