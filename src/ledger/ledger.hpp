// The ledger: every death that somebody told of, in one SQLite file (docs/ledger.md).
//
// It is written in batches, by one process or by several in turn: what add() has returned from is kept, whatever
// happens to the process; what is lost with the machine's power are at most the last batches (WAL, synchronous=NORMAL).
// Anybody who may read the file reads meanwhile (reader.hpp).
//
// What several sources tell of one process becomes one record (merge.hpp): it is known again by boot, pid and moment of
// its start.
//
// Bounded: by age, and by the bytes of what is kept. The oldest go first, a sixteenth at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "status/death.hpp"
#include "status/death_filter.hpp"

namespace mitori::ledger {

struct Limits {
    std::uint64_t bytes = std::uint64_t{256} << 20; ///< 0: as many as there are
    base::Usec age = std::chrono::days(90);         ///< 0: for ever
};

/// Not thread-safe. Errors are SQLite's, in words.
class Ledger {
public:
    /// Makes the file, readable by its owner and group, where there is none; its folder exists. An older file becomes
    /// one of this version.
    [[nodiscard]] static base::Result<std::unique_ptr<Ledger>> open(std::string const& path, Limits limits = {});
    virtual ~Ledger() = default;

    /// All of them or, on an error, none. Those without a boot are of this one. Their own numbers do not count.
    virtual base::Result<void> add(std::span<status::Death const> deaths) = 0;
    /// That there were more, which nobody can tell of any more.
    virtual base::Result<void> add_lost(status::LostDeaths const& lost) = 0;
    /// The number of the last record; 0 where there is none.
    [[nodiscard]] virtual std::int64_t last() const = 0;
    /// Lets go what is too old or too much now. add() does it from time to time.
    virtual base::Result<void> trim() = 0;
    [[nodiscard]] virtual std::string const& path() const = 0;
};

/// 32 hex digits for this boot of the kernel; empty where /proc does not tell.
[[nodiscard]] std::string this_boot();

} // namespace mitori::ledger
