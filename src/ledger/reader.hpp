// Reading a ledger, while somebody else may write it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "status/death.hpp"
#include "status/death_filter.hpp"

namespace mitori::ledger {

/// Not thread-safe.
class Reader {
public:
    /// ENOENT, EACCES of the file itself. One of an older version, which no writer has brought up to date yet, is
    /// EPROTO, as is one of a newer version.
    [[nodiscard]] static base::Result<std::unique_ptr<Reader>> open(std::string const& path);
    virtual ~Reader() = default;

    [[nodiscard]] virtual base::Result<std::optional<status::Death>> find(std::int64_t number) = 0;
    /// In the order of their ends; `take` says whether it wants more.
    using Take = std::function<bool(status::Death const&)>;
    virtual base::Result<void> for_each(status::DeathFilter const& filter, Take const& take) = 0;
    [[nodiscard]] virtual base::Result<std::uint64_t> count(status::DeathFilter const& filter) = 0;

    /// One row for each unit, or for each name of a process; those with most deaths first.
    enum class By : std::uint8_t { unit, comm };
    [[nodiscard]] virtual base::Result<std::vector<status::DeathTotals>> totals(status::DeathFilter const& filter,
                                                                                By by) = 0;
    /// Since that moment of real time.
    [[nodiscard]] virtual base::Result<std::vector<status::LostDeaths>> lost(base::Usec since) = 0;

    /// One statement that reads; anything else is refused (EPERM) in words. `columns` is called once, before rows.
    struct Answer {
        std::function<void(std::vector<std::string> const&)> columns;
        std::function<void(std::span<status::Cell const>)> row;
    };
    virtual base::Result<void> sql(std::string const& statement, Answer const& answer) = 0;

    /// Waits until there may be more, at most so long.
    virtual base::Result<void> wait(base::Usec most) = 0;
};

} // namespace mitori::ledger
