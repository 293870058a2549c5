// What the manager publishes. It knows no bus, log, ledger or client: `bin` connects who wants to listen.
#pragma once

#include <functional>

#include "manager/graph.hpp"
#include "manager/jobs.hpp"
#include "process/exit.hpp"
#include "status/death.hpp"

namespace mitori::manager {

/// Each is called from the loop's thread, after the states have settled. A listener may ask the manager anything and
/// enqueue jobs, but must not drop itself from inside.
struct Listener {
    std::function<void(Job const&)> job_new;
    std::function<void(Job const&, JobResult)> job_done;
    std::function<void(UnitRef)> unit_changed;
    std::function<void(bool active)> reloading;
    /// Loaded, or no longer: each unit's first comes before anything else about it.
    std::function<void(UnitRef)> unit_new;
    std::function<void(UnitRef)> unit_removed;
    /// A process has ended that the manager waited for: a unit's, or an orphan. Told at once, from wherever it was
    /// reaped, and once more of a main process when it is known what followed.
    std::function<void(status::Death const&)> died;
};

} // namespace mitori::manager
