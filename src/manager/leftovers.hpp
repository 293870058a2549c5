// What a manager that was killed has left behind: processes of its units. It keeps a small file for each unit that has
// processes (RUNTIME/units/NAME), from which the next manager in the same runtime folder knows whose they are; with
// control groups those of units without a file are known, too.
//
// A process is only taken for a unit's by what it cannot share with a stranger: its control group, the INVOCATION_ID in
// its environment, or, for the main process, its pid together with the time of its start.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "base/result.hpp"
#include "cgroup/groups.hpp"
#include "procfs/snapshot.hpp"

namespace mitori::manager {

/// What becomes of them: ended as by a stop, taken over as running, or left alone.
enum class Leftovers : std::uint8_t { end, adopt, leave };

/// One unit's file.
struct UnitRecord {
    std::string boot;             ///< the kernel's boot id: pids of another boot mean nothing
    std::string invocation;       ///< 32 hex digits
    std::string state;            ///< the word of the service's state
    pid_t main = 0;               ///< 0: none is known
    std::uint64_t main_start = 0; ///< of the main process: procfs::Process::start_ticks
    friend bool operator==(UnitRecord const&, UnitRecord const&) = default;
};
[[nodiscard]] std::string show_record(UnitRecord const& record);
/// Nothing for a text that is no record (a manager may be killed while it writes).
[[nodiscard]] std::optional<UnitRecord> parse_record(std::string_view text);
[[nodiscard]] std::string read_boot_id();

/// One unit with what is left of it.
struct Found {
    std::string unit;
    UnitRecord record;         ///< the invocation may be empty: nothing tells it
    std::vector<pid_t> pids;   ///< ascending
    std::optional<pid_t> main; ///< one of them
};
/// Everything of the last manager that is still there, by unit; also units that were up without a process. The records
/// are read from `folder`, which may be missing.
[[nodiscard]] std::vector<Found> find_leftovers(std::string const& folder, cgroup::Groups& groups,
                                                procfs::Procfs& procfs);

} // namespace mitori::manager

template <>
struct mitori::base::Names<mitori::manager::Leftovers> {
    using Leftovers = mitori::manager::Leftovers;
    static constexpr auto table = std::to_array<Name<Leftovers>>({
        {Leftovers::end, "end"},
        {Leftovers::adopt, "adopt"},
        {Leftovers::leave, "leave"},
    });
};
