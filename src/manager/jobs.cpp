#include "manager/jobs.hpp"

#include <algorithm>
#include <utility>

#include "manager/detail/job_types.hpp"

namespace mitori::manager {

using unit::Relation;

namespace {

constexpr JobId no_job{};

/// Relations whose other ends cannot start when a start of this unit has failed, and so on.
constexpr Relation after_failed_start[] = {Relation::required_by, Relation::requisite_of, Relation::bound_by};
constexpr Relation after_failed_stop[] = {Relation::conflicted_by};
constexpr Relation after_start_in_vain[] = {Relation::requisite_of};

bool orders(Edge const& edge) { return edge.relation == Relation::before || edge.relation == Relation::after; }

/// Which relations a job's end takes starts with it along.
std::span<Relation const> failing(Job const& job, JobResult result, ActiveState unit_is) {
    bool const checks = job.type == JobType::start || job.type == JobType::verify_active;
    if (result != JobResult::done) {
        if (checks) return after_failed_start;
        if (job.type == JobType::stop) return after_failed_stop;
        return {};
    }
    // A verify-active that was merged into a start has lost its own word: so the start speaks for it.
    bool const speaks = job.type == JobType::start || job.type == JobType::reload;
    if (speaks && !active_or_reloading(unit_is)) return after_start_in_vain;
    return {};
}

} // namespace

JobId Jobs::install(Transaction const& transaction, std::vector<JobEnd>& ended) {
    follow_graph();
    for (UnitRef const unit : transaction.cancel)
        if (Job const* job = of(unit)) ended.push_back(remove(job->id, JobResult::canceled));
    JobId anchor = no_job;
    for (PlannedJob const& planned : transaction.jobs) {
        JobId const id = place(planned);
        if (anchor == no_job) anchor = id;
    }
    return anchor;
}

JobId Jobs::place(PlannedJob const& planned) {
    if (slots_.size() <= index(planned.unit)) slots_.resize(std::max(graph_.size(), index(planned.unit) + 1));
    Slot& slot = slots_[index(planned.unit)];
    if (planned.type != JobType::nop && slot.job != no_job) {
        merge_into(jobs_.find(slot.job)->second, planned);
        return slot.job;
    }
    JobId const id{++last_id_};
    jobs_.emplace_hint(jobs_.end(), id,
                       Job{.id = id,
                           .unit = planned.unit,
                           .type = planned.type,
                           .irreversible = planned.irreversible,
                           .matters = planned.matters,
                           .ignore_order = planned.ignore_order});
    if (planned.type == JobType::nop) {
        new_nops_.push_back(id);
    } else {
        slot.job = id;
        changed(planned.unit);
    }
    return id;
}

void Jobs::merge_into(Job& queued, PlannedJob const& planned) {
    // A running job can take another in only if it has not passed the point yet where that would have begun. A restart
    // has not, as long as it is one: it becomes a start when its unit has stopped. A reload may have read its files.
    bool const takes_in = planned.type != JobType::reload && covers(queued.type, planned.type);
    if (queued.state == JobState::running && !takes_in) queued.state = JobState::waiting;
    queued.irreversible = queued.irreversible || planned.irreversible;
    queued.matters = queued.matters || planned.matters;
    queued.ignore_order = queued.ignore_order || planned.ignore_order;
    queued.type = planned.merged;
    changed(queued.unit);
}

Job const* Jobs::of(UnitRef unit) const {
    if (index(unit) >= slots_.size() || slots_[index(unit)].job == no_job) return nullptr;
    return find(slots_[index(unit)].job);
}

Job const* Jobs::find(JobId id) const {
    auto const at = jobs_.find(id);
    return at == jobs_.end() ? nullptr : &at->second;
}

std::vector<Job> Jobs::all() const {
    std::vector<Job> jobs;
    jobs.reserve(jobs_.size());
    for (auto const& [id, job] : jobs_)
        jobs.push_back(job);
    return jobs;
}

std::vector<Job> Jobs::ready() {
    follow_graph();
    std::vector<JobId> able = std::exchange(new_nops_, {});
    for (UnitRef const unit : std::exchange(marked_, {})) {
        Slot& slot = slots_[index(unit)];
        slot.marked = false;
        Job const* job = of(unit);
        if (job != nullptr && job->state == JobState::waiting && runnable(*job, slot)) able.push_back(job->id);
    }
    std::ranges::sort(able);
    std::vector<Job> ready;
    for (JobId const id : able) {
        auto const at = jobs_.find(id);
        if (at == jobs_.end()) continue; // a nop that was canceled
        at->second.state = JobState::running;
        ready.push_back(at->second);
    }
    return ready;
}

bool Jobs::runnable(Job const& job, Slot& slot) const {
    if (job.ignore_order) return true;
    auto const& edges = graph_.edges(job.unit);
    for (; slot.cursor < edges.size(); ++slot.cursor)
        if (waits_for(job, edges[slot.cursor])) return false;
    return true;
}

bool Jobs::waits_for(Job const& job, Edge const& edge) const {
    if (!orders(edge)) return false;
    Job const* other = of(edge.other);
    if (other == nullptr || other->ignore_order) return false;
    if (edge.relation == Relation::before) return precedence(job.type, other->type) == Precedence::second;
    return precedence(other->type, job.type) == Precedence::first;
}

void Jobs::turn_into_start(JobId id) {
    auto const at = jobs_.find(id);
    if (at == jobs_.end()) return;
    at->second.type = JobType::start;
    at->second.state = JobState::waiting;
    changed(at->second.unit);
}

void Jobs::postpone(JobId id) {
    auto const at = jobs_.find(id);
    if (at != jobs_.end()) at->second.state = JobState::waiting;
}

void Jobs::retry(UnitRef unit) { mark(unit); }

std::vector<JobEnd> Jobs::finish(JobId id, JobResult result, ActiveState unit_is) {
    std::vector<JobEnd> ends;
    if (find(id) == nullptr) return ends;
    std::vector<JobId> next;
    ends.push_back(remove(id, result));
    end_dependents(ends.back(), unit_is, next);
    // Breadth first: who fails is told before those who fail with it.
    for (std::size_t i = 0; i < next.size(); ++i) {
        if (find(next[i]) == nullptr) continue;
        ends.push_back(remove(next[i], JobResult::dependency));
        end_dependents(ends.back(), ActiveState::inactive, next);
    }
    return ends;
}

void Jobs::end_dependents(JobEnd const& end, ActiveState unit_is, std::vector<JobId>& next) const {
    for (Relation const relation : failing(end.job, end.result, unit_is))
        for (Edge const& edge : graph_.edges(end.job.unit, relation)) {
            Job const* job = of(edge.other);
            if (job != nullptr && (job->type == JobType::start || job->type == JobType::verify_active))
                next.push_back(job->id);
        }
}

JobEnd Jobs::remove(JobId id, JobResult result) {
    auto const at = jobs_.find(id);
    Job const job = at->second;
    jobs_.erase(at);
    if (job.type != JobType::nop) {
        slots_[index(job.unit)].job = no_job;
        mark_neighbours(job.unit);
    }
    return {job, result};
}

void Jobs::mark(UnitRef unit) {
    Job const* job = of(unit);
    if (job == nullptr || job->state != JobState::waiting || slots_[index(unit)].marked) return;
    slots_[index(unit)].marked = true;
    marked_.push_back(unit);
}

/// A job is new or of another type: it may wait for others than before, and others for it.
void Jobs::changed(UnitRef unit) {
    slots_[index(unit)].cursor = 0;
    mark(unit);
    for (Edge const& edge : graph_.edges(unit))
        if (orders(edge) && index(edge.other) < slots_.size()) {
            slots_[index(edge.other)].cursor = 0;
            mark(edge.other);
        }
}

void Jobs::mark_neighbours(UnitRef unit) {
    for (Edge const& edge : graph_.edges(unit))
        if (orders(edge)) mark(edge.other);
}

/// After a reload of the units all that was known of edges is void.
void Jobs::follow_graph() {
    if (generation_ == graph_.generation()) return;
    generation_ = graph_.generation();
    for (auto const& [id, job] : jobs_) {
        if (job.type == JobType::nop) continue;
        slots_[index(job.unit)].cursor = 0;
        mark(job.unit);
    }
}

} // namespace mitori::manager
