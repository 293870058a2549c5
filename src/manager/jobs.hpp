// The queue of jobs and which of them may run now.
//
// A job waits until every job that is ordered before it (After=, Before=; stops before starts) has left the queue, then
// it runs: the owner is told by `ready()` and acts; it reports the end by `finish()`. The end of a job can end others:
// a start that failed ends the starts that require it (result dependency). No I/O and no clock here; the owner sets the
// timers (JobTimeoutSec=).
//
// Invariants: at most one job a unit (beside nop); ids rise and are never used twice; `ready()` names a job once, and
// again only after it was put back (postpone, turn_into_start, or a transaction that merged more into it while it ran).
#pragma once

#include <cstdint>
#include <map>
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
    bool ignore_order = false;
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
    /// in `ended` the jobs that were replaced (canceled); their ends take nothing with them.
    JobId install(Transaction const& transaction, std::vector<JobEnd>& ended);

    /// The unit's queued job; nop jobs do not count. Valid until the next call that is not const.
    [[nodiscard]] Job const* of(UnitRef unit) const;
    [[nodiscard]] Job const* find(JobId id) const;
    /// By id.
    [[nodiscard]] std::vector<Job> all() const;
    [[nodiscard]] bool empty() const { return jobs_.empty(); }

    /// Jobs that have become runnable and are running from now on, in order of their ids. The end of one may take a
    /// later one of them along: find() says whether it is still there when its turn comes.
    [[nodiscard]] std::vector<Job> ready();
    /// A restart job whose unit has stopped goes on as a start: same id, waiting again.
    void turn_into_start(JobId id);
    /// A running job that could not run after all (verify-active of a unit that is still activating) waits again, for
    /// retry() of its unit or the end of a job that it is ordered with.
    void postpone(JobId id);
    /// The unit's state has changed: its waiting job, if it has one, is looked at again by ready().
    void retry(UnitRef unit);

    /// The job has ended; whatever it takes with it ends too. In order: the job itself first. `unit_is` is the state
    /// that it leaves its unit in: a start that is done though its unit is not active (a condition was not met) ends
    /// the starts that have the unit as their Requisite=. An id that has left the queue already gives an empty answer.
    [[nodiscard]] std::vector<JobEnd> finish(JobId id, JobResult result, ActiveState unit_is = ActiveState::active);

private:
    /// What is known of a unit's queued job. `cursor` counts the edges, from the first, of which it is known that they
    /// hold the job up no longer: so the edges of a waiting job are walked once, not once for each end of a neighbour.
    struct Slot {
        JobId job{};
        std::uint32_t cursor = 0;
        bool marked = false;
    };
    [[nodiscard]] Slot* slot_of(UnitRef unit);
    [[nodiscard]] bool runnable(Job const& job, Slot& slot) const;
    [[nodiscard]] bool waits_for(Job const& job, Edge const& edge) const;
    JobId place(PlannedJob const& planned);
    void merge_into(Job& queued, PlannedJob const& planned);
    void mark(UnitRef unit);
    void changed(UnitRef unit);
    void mark_neighbours(UnitRef unit);
    void follow_graph();
    [[nodiscard]] JobEnd remove(JobId id, JobResult result);
    void end_dependents(JobEnd const& end, ActiveState unit_is, std::vector<JobId>& next) const;

    Graph const& graph_;
    std::map<JobId, Job> jobs_;
    std::vector<Slot> slots_;     ///< by unit
    std::vector<UnitRef> marked_; ///< whose jobs ready() has to look at
    std::vector<JobId> new_nops_;
    std::uint64_t generation_ = 0; ///< of the graph, when the cursors were set
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
