// The face by which clients read the ledger. The file is read directly, by who asks: no manager needs to run for it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "status/death.hpp"
#include "status/death_filter.hpp"

namespace mitori::control {

/// Errors of all: what the ledger says, in words.
class Deaths {
public:
    virtual ~Deaths() = default;
    /// In the order of their ends; `take` says whether it wants more.
    virtual base::Result<void> for_each(status::DeathFilter const& filter,
                                        std::function<bool(status::Death const&)> const& take) = 0;
    [[nodiscard]] virtual base::Result<std::uint64_t> count(status::DeathFilter const& filter) = 0;
    enum class By : std::uint8_t { unit, comm };
    /// Those with most deaths first.
    [[nodiscard]] virtual base::Result<std::vector<status::DeathTotals>> totals(status::DeathFilter const& filter,
                                                                                By by) = 0;
    [[nodiscard]] virtual base::Result<std::vector<status::LostDeaths>> lost(base::Usec since) = 0;
    /// One statement that reads; anything else is refused (EPERM) in words. `columns` is called once, before rows.
    struct Answer {
        std::function<void(std::vector<std::string> const&)> columns;
        std::function<void(std::span<status::Cell const>)> row;
    };
    virtual base::Result<void> sql(std::string const& statement, Answer const& answer) = 0;
    /// Waits until there may be more, at most so long. What changes before the first wait is not told of: look again.
    virtual base::Result<void> wait(base::Usec most) = 0;
};

} // namespace mitori::control
