// A filter as a condition over table `death`, with what is to be bound to it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "ledger/detail/sqlite.hpp"
#include "status/death_filter.hpp"

namespace mitori::ledger::detail {

struct Where {
    std::string condition; ///< "1" where nothing is filtered; the table is called d
    std::vector<std::variant<std::int64_t, std::string>> values;

    void bind(Statement& statement) const;
};
[[nodiscard]] Where where(status::DeathFilter const& filter);

} // namespace mitori::ledger::detail
