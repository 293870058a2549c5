// Running jobs: what a job does to its unit, and when it is done.
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/log.hpp"
#include "manager/manager.hpp"
#include "manager/run_types.hpp"
#include "unit/unit_names.hpp"

namespace mitori::manager {
namespace {

bool is_up(ActiveState state) { return state == ActiveState::active || state == ActiveState::reloading; }
bool is_down(ActiveState state) { return state == ActiveState::inactive || state == ActiveState::failed; }

} // namespace

void Manager::announce_new(Job const& job) {
    announce_units();
    mark(job.unit);
    arm_job_timer(job, graph_.unit(job.unit).info.job_timeout);
    for (std::size_t i = 0; i < listeners_.size(); ++i)
        if (auto const alive = listeners_[i].lock(); alive && alive->job_new) alive->job_new(job);
}

void Manager::announce_end(JobEnd const& end) {
    auto& live = at(end.job.unit);
    live.job_timer.reset();
    live.job_deadline = base::infinity;
    announce_done(end.job, end.result);
    if (is_down(live.active)) live.triggered_by.reset(), live.monitor.clear();
    mark(end.job.unit);
    for (std::size_t i = 0; i < listeners_.size(); ++i)
        if (auto const alive = listeners_[i].lock(); alive && alive->job_done) alive->job_done(end.job, end.result);
}

// Starts wait while the spawner has more plans than it takes: a plan, its control group's descriptor and all that is
// made with it are cheaper not made yet. Nothing else waits for them.
void Manager::run_jobs() {
    auto jobs = std::exchange(held_back_, {});
    while (true) {
        std::ranges::move(jobs_.ready(), std::back_inserter(jobs));
        if (jobs.empty()) return;
        for (auto const& job : std::exchange(jobs, {})) {
            auto const* const still = jobs_.find(job.id);
            if (still == nullptr || still->state != JobState::running) continue;
            if (still->type == JobType::start && children_->congested())
                held_back_.push_back(job);
            else
                run(Job(*still));
        }
    }
}

void Manager::run(Job const& job) {
    arm_job_timer(job, graph_.unit(job.unit).info.job_running_timeout.value_or(base::infinity));
    switch (job.type) {
    case JobType::start: return run_start(job);
    case JobType::stop: return run_stop(job);
    case JobType::restart: return run_restart(job);
    case JobType::reload: return run_reload(job);
    case JobType::verify_active: {
        auto const active = at(job.unit).active;
        if (is_up(active)) return end_job(job.id, JobResult::done);
        if (active == ActiveState::activating) return jobs_.postpone(job.id);
        return end_job(job.id, JobResult::skipped);
    }
    default: return end_job(job.id, JobResult::done);
    }
}

void Manager::run_start(Job const& job) {
    auto const& settings = graph_.unit(job.unit);
    auto const active = at(job.unit).active;
    auto const* const service = at(job.unit).service.get();
    bool const waits_to_restart = service != nullptr && service->state() == ServiceState::auto_restart;
    if (is_up(active)) return end_job(job.id, JobResult::done);
    // It is on its way there, or has to come down first: follow_job has the rest. One that waits for RestartSec= is
    // started by its restart: that is what takes along those that are bound to it.
    if (waits_to_restart) return jobs_.postpone(job.id);
    if (active == ActiveState::activating) return;
    if (active == ActiveState::deactivating) return jobs_.postpone(job.id);
    if (settings.load_state != unit::LoadState::loaded) return end_job(job.id, JobResult::invalid);
    if (!runs(settings.type)) {
        base::log(base::Priority::notice, "{}: {} units are not run yet", settings.id, base::word(settings.type));
        return end_job(job.id, JobResult::unsupported);
    }
    if (!conditions_allow(job)) return;
    for (auto const& edge : graph_.edges(job.unit, unit::Relation::binds_to))
        if (!is_up(at(edge.other).active) && graph_.unit(edge.other).load_state == unit::LoadState::loaded &&
            runs(graph_.unit(edge.other).type) && jobs_.of(edge.other) == nullptr)
            return end_job(job.id, JobResult::dependency);
    start_unit(job.unit);
}

// Conditions that are not met: the unit stays down and the job is done all the same. Asserts: the job fails.
bool Manager::conditions_allow(Job const& job) {
    auto const& info = graph_.unit(job.unit).info;
    auto& live = at(job.unit);
    live.conditions_tested = now();
    auto const conditions = test_conditions(info.conditions, options_.world);
    live.conditions_met = conditions_met(conditions);
    auto const say_unmet = [&](std::vector<ConditionResult> const& results, base::Priority priority) {
        for (auto const& result : results)
            if (!result.met) say(job.unit, priority, fmt::format("{} was not met", show(result.condition)));
    };
    if (!live.conditions_met) {
        say_unmet(conditions, base::Priority::info);
        end_job(job.id, JobResult::done);
        return false;
    }
    auto const asserts = test_conditions(info.asserts, options_.world);
    live.asserts_met = conditions_met(asserts);
    if (live.asserts_met) return true;
    say_unmet(asserts, base::Priority::err);
    end_job(job.id, JobResult::assert_);
    return false;
}

void Manager::start_unit(UnitRef unit) {
    at(unit).acted = graph_.unit(unit).type != unit::Type::service;
    if (at(unit).acted) return set_active(unit, ActiveState::active);
    auto& service = service_at(unit);
    service.take_settings(graph_.unit_ptr(unit));
    service.start();
}

void Manager::stop_unit(UnitRef unit, Service::For why) {
    auto& live = at(unit);
    if (graph_.unit(unit).type != unit::Type::service || !live.service) {
        live.acted = true;
        return set_active(unit, ActiveState::inactive);
    }
    // What waits for its restart is at rest but for the name of it.
    bool const waits = live.service->state() == ServiceState::auto_restart;
    if (!waits && live.active != ActiveState::deactivating) announce_begin(unit, JobType::stop);
    live.acted = true;
    live.service->stop(why);
}

void Manager::run_stop(Job const& job) {
    if (is_down(at(job.unit).active)) return end_job(job.id, JobResult::done);
    stop_unit(job.unit, Service::For::good);
}

void Manager::run_restart(Job const& job) {
    if (is_down(at(job.unit).active)) return jobs_.turn_into_start(job.id);
    stop_unit(job.unit, Service::For::restart);
}

void Manager::run_reload(Job const& job) {
    auto& live = at(job.unit);
    if (live.active == ActiveState::activating) return jobs_.postpone(job.id);
    if (live.active == ActiveState::reloading) return;
    if (!is_up(live.active)) return end_job(job.id, JobResult::invalid);
    if (!live.service || !live.service->can_reload()) return end_job(job.id, JobResult::done);
    announce_begin(job.unit, JobType::reload);
    live.service->reload();
}

// A job that found its unit as it wanted it says nothing.
void Manager::announce_done(Job const& job, JobResult result) {
    bool const acted = std::exchange(at(job.unit).acted, false);
    if (acted || result != JobResult::done)
        announce(job.unit, end_message(graph_.unit(job.unit), job.type, result), job.id);
}

void Manager::announce_begin(UnitRef unit, JobType type) {
    at(unit).acted = true;
    auto const* const job = jobs_.of(unit);
    announce(unit, begin_message(graph_.unit(unit), type), job == nullptr ? JobId{0} : job->id);
}

void Manager::announce(UnitRef unit, std::optional<Message> message, JobId job) {
    if (!message) return;
    if (job != JobId{0}) message->fields.push_back(fmt::format("JOB_ID={}", static_cast<std::uint32_t>(job)));
    record(unit, *message);
}

void Manager::begins(UnitRef unit) {
    burials_.begins(unit);
    at(unit).begun = true;
    announce_begin(unit, JobType::start);
}

void Manager::end_job(JobId id, JobResult result) {
    auto const* const job = jobs_.find(id);
    if (job == nullptr) return;
    for (auto const& end : jobs_.finish(id, result, at(job->unit).active))
        announce_end(end);
    wake();
}

// JobTimeoutSec= counts from when the job was queued, JobRunningTimeoutSec= from when it runs: the earlier end holds.
void Manager::arm_job_timer(Job const& job, base::Usec span) {
    auto& live = at(job.unit);
    auto const deadline = base::plus(now().monotonic, span);
    if (deadline >= live.job_deadline) return;
    live.job_deadline = deadline;
    live.job_timer = timer(deadline, [this, id = job.id] { end_job(id, JobResult::timeout); });
}

// The unit's state has changed while a job of it runs.
void Manager::follow_job(UnitRef unit, ActiveState to) {
    auto const* const found = jobs_.of(unit);
    if (found == nullptr) return;
    jobs_.retry(unit);
    if (found->state != JobState::running) return;
    auto const job = *found;
    switch (job.type) {
    case JobType::start:
        if (is_up(to)) return end_job(job.id, JobResult::done);
        if (to == ActiveState::failed) return end_job(job.id, JobResult::failed);
        if (to == ActiveState::inactive) return end_job(job.id, JobResult::done);
        return;
    case JobType::reload:
        if (to == ActiveState::active) {
            auto const* const live = service(unit);
            bool const well = live == nullptr || live->reload_result() == ServiceResult::success;
            return end_job(job.id, well ? JobResult::done : JobResult::failed);
        }
        if (to != ActiveState::reloading) return end_job(job.id, JobResult::failed);
        return;
    case JobType::stop:
        if (is_down(to)) return end_job(job.id, JobResult::done);
        return;
    case JobType::restart:
        if (is_down(to)) {
            announce_done(job, JobResult::done);
            jobs_.turn_into_start(job.id);
            wake();
        }
        return;
    default: return;
    }
}

} // namespace mitori::manager
