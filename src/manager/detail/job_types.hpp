// How kinds of jobs relate to each other and to what a unit is doing already.
#pragma once

#include <optional>

#include "manager/transaction.hpp"

namespace mitori::manager {

/// One job that does what both ask for, or nothing where they contradict each other (stop and any other). The answer
/// may be one that has to be collapsed (start and reload: reload_or_start). nop gives way to anything.
[[nodiscard]] std::optional<JobType> merge(JobType a, JobType b);
[[nodiscard]] inline bool conflicting(JobType a, JobType b) { return !merge(a, b); }
/// Whether `a` does already all that `b` asks for.
[[nodiscard]] inline bool covers(JobType a, JobType b) { return merge(a, b) == a; }

/// What a kind that depends on the unit's state comes down to now: try_restart, try_reload, reload_or_start. Others
/// stay.
[[nodiscard]] JobType collapse(JobType type, ActiveState active);
/// Whether the unit is already what the job would make of it.
[[nodiscard]] bool redundant(JobType type, ActiveState active);

/// A stop ends before anything of an ordered pair starts; a restart stops first and starts then.
[[nodiscard]] inline bool stops(JobType type) { return type == JobType::stop || type == JobType::restart; }
/// Whether the job is, or ends as, one that makes the unit do something.
[[nodiscard]] inline bool starts(JobType type) { return type != JobType::stop && type != JobType::nop; }

[[nodiscard]] inline bool active_or_reloading(ActiveState state) {
    return state == ActiveState::active || state == ActiveState::reloading;
}
[[nodiscard]] inline bool inactive_or_failed(ActiveState state) {
    return state == ActiveState::inactive || state == ActiveState::failed;
}

/// Whether two jobs, of which the one's unit is Before= the other's, have to wait for each other, and who for whom.
enum class Precedence : std::uint8_t { none, first, second };
[[nodiscard]] Precedence precedence(JobType before, JobType after);

} // namespace mitori::manager
