// Which deaths are asked for, and what is told of many at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <variant>
#include <vector>

#include "base/time.hpp"

namespace mitori::status {

/// What is empty does not filter; all that is given must hold.
struct DeathFilter {
    std::optional<base::Usec> since; ///< realtime of the end
    std::optional<base::Usec> until;
    std::string unit; ///< its whole name
    std::string invocation;
    std::optional<pid_t> pid;
    std::optional<int> signal; ///< number
    bool any_signal = false;
    bool failed = false; ///< other than by exit(0)
    bool oom = false;
    std::string comm;
    std::optional<pid_t> tree;          ///< that process and all that is known to have descended from it
    std::int64_t after = 0;             ///< numbers above this one: to follow
    std::optional<std::uint64_t> limit; ///< only the last so many
};

/// Many deaths in one row: of a unit, or of all processes of one name.
struct DeathTotals {
    std::string name; ///< empty: of no unit
    std::uint64_t deaths = 0;
    std::uint64_t failed = 0;
    std::uint64_t by_signal = 0;
    std::uint64_t oom = 0;
    std::uint64_t restarts = 0;
    base::Usec cpu{0};
    base::Usec cpu_failed{0}; ///< of those that failed: thrown away
    std::optional<base::Usec> shortest;
    std::optional<base::Usec> mean_life;
    base::Usec first{0}; ///< realtime of the end
    base::Usec last{0};
};

/// Deaths that somebody knows to have happened and could not tell.
struct LostDeaths {
    base::Usec at{0}; ///< realtime of when it was noticed
    std::uint64_t count = 0;
    std::string why;
};

/// One cell of an answer to SQL.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

} // namespace mitori::status
