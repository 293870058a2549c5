#include "ledger/detail/texts.hpp"

namespace mitori::ledger::detail {

base::Result<Texts> Texts::open(Database& database) {
    Texts texts;
    texts.database_ = &database;
    texts.find_ = TRY(database.prepare("SELECT id, last FROM text WHERE value = ?"));
    texts.insert_ = TRY(database.prepare("INSERT INTO text (value, last) VALUES (?, ?)"));
    texts.renew_ = TRY(database.prepare("UPDATE text SET last = ? WHERE id = ?"));
    return texts;
}

base::Result<std::int64_t> Texts::id(std::string_view value, std::int64_t number) {
    if (auto const found = known_.find(value); found != known_.end()) {
        TRY(renew(found->second, number));
        return found->second.id;
    }
    auto known = TRY(look_up(value, number));
    TRY(renew(known, number));
    // Most words are few and come again; those that do not must not fill the memory.
    if (known_.size() >= most_known) known_.clear();
    known_.emplace(value, known);
    return known.id;
}

base::Result<Texts::Known> Texts::look_up(std::string_view value, std::int64_t number) {
    find_.bind(1, value);
    bool const there = TRY(find_.step());
    Known const found{there ? find_.integer(0) : 0, there ? find_.integer(1) : 0};
    find_.reset();
    if (there) return found;
    insert_.bind(1, value);
    insert_.bind(2, number);
    TRY(insert_.run());
    return Known{database_->last_row(), number};
}

base::Result<void> Texts::renew(Known& known, std::int64_t number) {
    if (number - known.last < lag) return {};
    renew_.bind(1, number);
    renew_.bind(2, known.id);
    TRY(renew_.run());
    known.last = number;
    return {};
}

base::Result<void> Texts::forget_before(std::int64_t oldest) {
    auto drop = TRY(database_->prepare("DELETE FROM text WHERE last < ?"));
    drop.bind(1, oldest - lag);
    TRY(drop.run());
    known_.clear();
    return {};
}

} // namespace mitori::ledger::detail
