#include "ledger/detail/read_only.hpp"

#include <cerrno>

#include "base/text.hpp"
#include "ledger/detail/sqlite_api.hpp"

namespace mitori::ledger::detail {
namespace {

/// What a statement wanted that it may not.
struct Refused {
    std::string what;
};

std::string words_for(int action, char const* first) {
    std::string const name = first != nullptr ? first : "";
    switch (action) {
    case SQLITE_INSERT: return "insert into " + name;
    case SQLITE_UPDATE: return "update " + name;
    case SQLITE_DELETE: return "delete from " + name;
    case SQLITE_ATTACH: return "attach another file";
    case SQLITE_PRAGMA: return "use the pragma " + name;
    case SQLITE_TRANSACTION: return "begin or end a transaction";
    case SQLITE_FUNCTION: return "call that function";
    default: return "change the database";
    }
}

int allow_reading(void* refused, int action, char const* first, char const* second, char const*, char const*) {
    bool const loads = action == SQLITE_FUNCTION && second != nullptr && std::string_view(second) == "load_extension";
    bool const reads = action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE ||
                       (action == SQLITE_FUNCTION && !loads);
    if (reads) return SQLITE_OK;
    auto& words = static_cast<Refused*>(refused)->what;
    if (words.empty()) words = words_for(action, first);
    return SQLITE_DENY;
}

} // namespace

base::Result<Statement> prepare_reading(Database& database, std::string const& sql) {
    Refused refused;
    sqlite3_stmt* raw = nullptr;
    char const* rest = nullptr;
    sqlite().set_authorizer(database.get(), allow_reading, &refused);
    int const code = sqlite().prepare_v2(database.get(), sql.c_str(), -1, &raw, &rest);
    Statement statement(raw);
    // Steps of a statement may prepare it anew: the authorizer stays, but not with our memory.
    static Refused later;
    sqlite().set_authorizer(database.get(), allow_reading, &later);
    if (!refused.what.empty())
        return base::make_error(EPERM, "the ledger can only be read; this would " + refused.what);
    if (code != SQLITE_OK) return base::make_error(0, sqlite().errmsg(database.get()));
    if (raw == nullptr) return base::make_error(0, "there is no statement");
    if (sqlite().stmt_readonly(raw) == 0)
        return base::make_error(EPERM, "the ledger can only be read; this would change it");
    if (!base::trim(rest).empty() && base::trim(rest) != ";")
        return base::make_error(0, "one statement is asked at a time; there is another one:", rest);
    return statement;
}

} // namespace mitori::ledger::detail
