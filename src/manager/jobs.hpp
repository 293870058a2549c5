// The queue of jobs and which of them may run now.
//
// A job waits until every job that is ordered before it (After=, Before=; stops before starts) has left the queue, then
// it runs: the owner is told by `ready()` and acts; it reports the end by `finish()`. The end of a job can end others:
// a start that failed ends the starts that require it (result dependency). No I/O and no clock here; the owner sets the
// timers (JobTimeoutSec=).
//
// Invariants: at most one job a unit (beside nop); ids rise and are never used twice; `ready()` names a job once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "manager/transaction.hpp"

namespace mitori::manager {

enum class JobId : std::uint32_t {};
enum class JobState : std::uint8_t { waiting, running };

/// org.freedesktop.systemd1(5), JobRemoved.
enum class JobResult : std::uint8_t {
    done,
    canceled,
    timeout,
    failed,
    dependency,
    skipped,
    invalid,
    assert_,
    unsupported,
    collected,
    once,
};

struct Job {
    JobId id;
    UnitRef unit;
    JobType type;
    JobState state = JobState::waiting;
    bool irreversible = false;
    bool matters = false;
};

/// A job that has left the queue.
struct JobEnd {
    Job job;
    JobResult result;
};

class Jobs {
public:
    explicit Jobs(Graph const& graph) : graph_(graph) {}

    /// Queues a transaction. A job that merges with the unit's queued one keeps that id. Returns the anchor's id, and
    /// in `ended` the jobs that were replaced (canceled).
    JobId install(Transaction const& transaction, std::vector<JobEnd>& ended);

    [[nodiscard]] Job const* of(UnitRef unit) const;
    [[nodiscard]] Job const* find(JobId id) const;
    [[nodiscard]] std::vector<Job> all() const;
    [[nodiscard]] bool empty() const;

    /// Jobs that have become runnable and are running from now on, in order of their ids.
    [[nodiscard]] std::vector<Job> ready();
    /// A restart job whose unit has stopped goes on as a start: same id, waiting again.
    void turn_into_start(JobId id);
    /// The job has ended; whatever it takes with it ends too. In order: the job itself first.
    [[nodiscard]] std::vector<JobEnd> finish(JobId id, JobResult result);

private:
    [[nodiscard]] bool runnable(Job const& job) const;
    Graph const& graph_;
    // Filled by jobs.cpp: jobs by unit, and the marks of those whose neighbours have changed, so that a thousand
    // waiting jobs are not looked at for each end.
    std::vector<std::optional<Job>> by_unit_;
    std::vector<UnitRef> marked_;
    std::uint32_t last_id_ = 0;
};

} // namespace mitori::manager

template <>
struct mitori::base::Names<mitori::manager::JobResult> {
    using Result = mitori::manager::JobResult;
    static constexpr auto table = std::to_array<Name<Result>>({
        {Result::done, "done"},
        {Result::canceled, "canceled"},
        {Result::timeout, "timeout"},
        {Result::failed, "failed"},
        {Result::dependency, "dependency"},
        {Result::skipped, "skipped"},
        {Result::invalid, "invalid"},
        {Result::assert_, "assert"},
        {Result::unsupported, "unsupported"},
        {Result::collected, "collected"},
        {Result::once, "once"},
    });
};
template <>
struct mitori::base::Names<mitori::manager::JobState> {
    using State = mitori::manager::JobState;
    static constexpr auto table = std::to_array<Name<State>>({
        {State::waiting, "waiting"},
        {State::running, "running"},
    });
};
