// What a unit is doing, beside what it is (unit::Unit) and the machine of its service.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/time.hpp"
#include "loop/loop.hpp"
#include "manager/graph.hpp"
#include "manager/service.hpp"
#include "manager/states.hpp"
#include "unit/unit.hpp"

namespace mitori::manager {

/// Of those that the kernel ends for want of memory.
struct OomCount {
    std::uint64_t kills = 0;   ///< when it was looked at last
    std::uint64_t victims = 0; ///< of the last look, whose ends have not been told of yet
    base::Stamp seen;
    loop::WatchPtr timer; ///< looks again
};

/// What a unit is doing, apart from its settings.
struct Live {
    ActiveState active = ActiveState::inactive;
    std::unique_ptr<Service> service;
    base::Stamp changed, left_inactive, became_active, left_active, became_inactive;
    base::Stamp conditions_tested;
    bool conditions_met = false;
    bool asserts_met = false;
    std::string group;           ///< its control group below the base, once it has one
    std::vector<pid_t> sessions; ///< those its commands led; for tracking without control groups
    loop::WatchPtr job_timer;
    base::Usec job_deadline = base::infinity;
    std::optional<UnitRef> triggered_by; ///< whose OnFailure= or OnSuccess= began this life
    unit::EnvironmentSetting monitor;    ///< $MONITOR_… of it; empty when it was several units
    bool published = true;               ///< false: marked for settle
    bool acted = false;                  ///< the unit's job has done something to it, so that its end is worth a word
    std::string record;                  ///< what the unit's file says of it, in short; empty: there is none
    base::Usec cpu_before{0};            ///< CPU time of earlier lives that its control group still counts
    bool waits_empty = false;
    bool begun = false;            ///< a life has begun, and has no process yet
    bool bounded = false;          ///< its group has bounds, of this life or an earlier one
    std::vector<int> joins;        ///< cgroup::Groups::Bounds
    bool counts_oom = false;       ///< somebody counts those that the kernel ends for want of memory
    std::unique_ptr<OomCount> oom; ///< null: nobody has ever counted
};

/// A change of state that has to be followed up. Expected: the unit's own job was at work on it.
struct Change {
    UnitRef unit;
    ActiveState from;
    ActiveState to;
    bool expected;
};

} // namespace mitori::manager
