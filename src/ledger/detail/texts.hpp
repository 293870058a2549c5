// Words that are kept once: value -> id in table `text`.
//
// So that words go when the deaths that used them go, each says in `last` the number of a death that used it. It is
// brought up to date only when it is more than `lag` behind: then a word's row is written once in so many deaths, and
// what lies more than `lag` before the oldest death that is kept is used by none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "ledger/detail/sqlite.hpp"

namespace mitori::ledger::detail {

class Texts {
public:
    static constexpr std::int64_t lag = 65536;

    [[nodiscard]] static base::Result<Texts> open(Database& database);
    /// The id of the word, which the death of that number uses. Inside a transaction.
    [[nodiscard]] base::Result<std::int64_t> id(std::string_view value, std::int64_t number);
    /// What the deaths from this number on cannot use goes.
    base::Result<void> forget_before(std::int64_t oldest);
    /// A transaction was rolled back: what it made is not there.
    void forget_all() { known_.clear(); }

private:
    struct Known {
        std::int64_t id;
        std::int64_t last;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    static constexpr std::size_t most_known = 16384;

    base::Result<Known> look_up(std::string_view value, std::int64_t number);
    base::Result<void> renew(Known& known, std::int64_t number);

    Database* database_ = nullptr;
    Statement find_, insert_, renew_;
    std::unordered_map<std::string, Known, Hash, std::equal_to<>> known_;
};

} // namespace mitori::ledger::detail
