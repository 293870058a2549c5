// What follows from a change of state: stamps, jobs, and what no job asked for.
#include <algorithm>
#include <fmt/format.h>

#include "base/log.hpp"
#include "manager/manager.hpp"

namespace mitori::manager {
namespace {

bool is_up(ActiveState state) { return state == ActiveState::active || state == ActiveState::reloading; }
bool is_down(ActiveState state) { return state == ActiveState::inactive || state == ActiveState::failed; }

status::Ending ending_of(unit::EmergencyAction action) {
    using enum unit::EmergencyAction;
    switch (action) {
    case reboot:
    case reboot_force:
    case reboot_immediate: return status::Ending::reboot;
    case poweroff:
    case poweroff_force:
    case poweroff_immediate: return status::Ending::poweroff;
    case none:
    case exit:
    case exit_force: return status::Ending::exit;
    }
    return status::Ending::exit;
}

void stamp(Live& live, ActiveState from, ActiveState to, base::Stamp now) {
    live.changed = now;
    if (is_down(from) && !is_down(to)) live.left_inactive = now;
    if (!is_down(from) && is_down(to)) live.became_inactive = now;
    if (!is_up(from) && is_up(to)) live.became_active = now;
    if (is_up(from) && !is_up(to)) live.left_active = now;
}

} // namespace

void Manager::state_changed(UnitRef unit, ServiceState from, ServiceState to) {
    // A start that was refused to a failed service changes nothing, but has to be followed up.
    if (from == to) changes_.push_back({unit, active_state(from), active_state(to), true});
    set_active(unit, active_state(to));
    if (entry_act(to) == Act::rest) burials_.rests(unit, service_at(unit));
    auto const* const job = jobs_.of(unit);
    if (to != ServiceState::auto_restart || job == nullptr || job->state != JobState::running) return;
    // It has ended, and what comes next is another job's: who asked for this start is told how it went.
    if (job->type == JobType::start)
        end_job(job->id, service(unit)->result() == ServiceResult::success ? JobResult::done : JobResult::failed);
}

void Manager::set_active(UnitRef unit, ActiveState to) {
    auto& live = at(unit);
    auto const from = std::exchange(live.active, to);
    stamp(live, from, to, now());
    mark(unit);
    if (from != to) {
        // Asked before the job ends: a change that its own job wanted is no surprise.
        auto const* const job = jobs_.of(unit);
        bool const expected = job != nullptr && job->state == JobState::running;
        changes_.push_back({unit, from, to, expected});
    }
    follow_job(unit, to);
    wake();
}

void Manager::follow(Change const& change) {
    auto const [unit, from, to, expected] = change;
    bool const failed = to == ActiveState::failed && from != ActiveState::failed;
    // A service leaves auto-restart through inactive, from activating: that is no end.
    bool const ended = to == ActiveState::inactive && !is_down(from) && from != ActiveState::activating;
    act_on_limit(unit, to);
    if (failed || ended) act_on_end(unit, to);
    if (failed) trigger(unit, unit::Relation::on_failure);
    if (ended) trigger(unit, unit::Relation::on_success);
    if (!expected && is_up(from) && !is_up(to))
        for (auto const& other : graph_.related(unit, unit::Relation::bound_by))
            if (!is_down(at(other).active)) enqueue_ours(other, JobType::stop, Mode::replace);
    if (is_down(to)) {
        for (auto const& relation : {unit::Relation::requires_, unit::Relation::wants, unit::Relation::binds_to})
            for (auto const& other : graph_.related(unit, relation))
                stop_if_unneeded(other);
        for (auto const& other : graph_.related(unit, unit::Relation::upheld_by))
            if (!expected && is_up(at(other).active) && !shutting_down_) enqueue_ours(unit, JobType::start, Mode::fail);
    }
    if (is_up(to) && !is_up(from))
        for (auto const& other : graph_.related(unit, unit::Relation::upholds))
            if (is_down(at(other).active)) enqueue_ours(other, JobType::start, Mode::fail);
}

// OnFailure= and OnSuccess=: started as if asked for, in the mode that the unit names.
void Manager::trigger(UnitRef unit, unit::Relation relation) {
    if (shutting_down_) return;
    auto const& info = graph_.unit(unit).info;
    auto const mode = relation == unit::Relation::on_failure ? info.on_failure_job_mode : info.on_success_job_mode;
    auto const as_mode = [&] {
        using Mode_ = unit::OnFailureJobMode;
        switch (mode) {
        case Mode_::fail: return Mode::fail;
        case Mode_::replace: return Mode::replace;
        case Mode_::replace_irreversibly: return Mode::replace_irreversibly;
        case Mode_::isolate: return Mode::isolate;
        case Mode_::flush: return Mode::flush;
        case Mode_::ignore_dependencies: return Mode::ignore_dependencies;
        case Mode_::ignore_requirements: return Mode::ignore_requirements;
        }
        return Mode::replace;
    }();
    for (auto const& other : graph_.related(unit, relation)) {
        say(unit, base::Priority::info, fmt::format("Triggering {}", graph_.name(other)));
        note_trigger(other, unit);
        enqueue_ours(other, JobType::start, as_mode);
    }
}

// systemd.exec(5), $MONITOR_SERVICE_RESULT …: told to the unit that one service triggers, not to one that several do.
void Manager::note_trigger(UnitRef unit, UnitRef by) {
    auto& live = at(unit);
    auto const* const ended = service(by);
    if (!is_down(live.active) || ended == nullptr || live.triggered_by == by) return;
    live.monitor.clear();
    if (std::exchange(live.triggered_by, by)) return;
    for (auto const& [name, value] : ended->facts(exec::Purpose::stop_post).result_environment)
        live.monitor.push_back({"MONITOR_" + name, value});
    live.monitor.push_back({"MONITOR_INVOCATION_ID", ended->invocation()});
    live.monitor.push_back({"MONITOR_UNIT", graph_.name(by)});
}

void Manager::act_on_limit(UnitRef unit, ActiveState to) {
    auto const* const live = service(unit);
    if (to == ActiveState::failed && live != nullptr && live->result() == ServiceResult::start_limit_hit)
        act(unit, "StartLimitAction", graph_.unit(unit).info.start_limit_action);
}

void Manager::act_on_end(UnitRef unit, ActiveState to) {
    auto const& info = graph_.unit(unit).info;
    if (to == ActiveState::failed) return act(unit, "FailureAction", info.failure_action);
    act(unit, "SuccessAction", info.success_action);
}

// systemd.unit(5), FailureAction=. A manager that is not a machine's init has no machine to reboot: each action ends
// the manager, the forced ones without patience; who runs it (a container engine) decides what that means.
void Manager::act(UnitRef unit, std::string_view setting, unit::EmergencyAction action) {
    using enum unit::EmergencyAction;
    if (action == none) return;
    bool const patient = action == exit || action == reboot || action == poweroff;
    auto const ending = ending_of(action);
    say(unit, base::Priority::notice,
        fmt::format("{}= ends the manager{}: {}", setting, patient ? "" : " at once", base::word(ending)));
    bool const well = setting == "SuccessAction";
    if (!shutting_down_) shut_down(well ? 0 : 1, ending);
    if (!patient) shut_down(well ? 0 : 1, ending);
}

void Manager::stop_if_unneeded(UnitRef unit) {
    if (!graph_.unit(unit).info.stop_when_unneeded || is_down(at(unit).active) || jobs_.of(unit) != nullptr) return;
    for (auto const relation : {unit::Relation::required_by, unit::Relation::wanted_by, unit::Relation::bound_by})
        for (auto const& other : graph_.related(unit, relation))
            if (!is_down(at(other).active) || jobs_.of(other) != nullptr) return;
    enqueue_ours(unit, JobType::stop, Mode::fail);
}

bool Manager::enqueue_ours(UnitRef unit, JobType type, Mode mode) {
    auto const queued = enqueue({unit, type, mode, Asker::manager});
    if (!queued)
        say(unit, base::Priority::warning, fmt::format("Cannot queue {}: {}", base::word(type), queued.error().text));
    return queued.has_value();
}

ServiceHost::RestartDue Manager::restart_due(UnitRef unit) {
    auto const* const job = jobs_.of(unit);
    if (job != nullptr && job->type == JobType::stop) return RestartDue::waits;
    return enqueue_ours(unit, JobType::restart, Mode::replace) ? RestartDue::queued : RestartDue::refused;
}

// -- the end

void Manager::shut_down(int code, status::Ending ending) {
    // Whoever says more than "end" is heard, also when it is ending already.
    if (ending_ == status::Ending::exit) ending_ = ending;
    if (std::exchange(shutting_down_, true)) {
        // Asked twice: no more patience.
        for (std::size_t i = 0; i < lives_.size(); ++i)
            if (lives_[i].service && !is_down(lives_[i].active))
                signal_all(static_cast<UnitRef>(i), base::Signal{SIGKILL}, {});
        return;
    }
    exit_code_ = code;
    auto const target = graph_.add("shutdown.target");
    if (auto const queued = enqueue({target, JobType::start, Mode::replace_irreversibly, Asker::manager}); !queued)
        base::log(base::Priority::warning, "shutdown.target: {}", queued.error().text);
    // Units that shutdown.target does not conflict with (DefaultDependencies=no) have to end, too.
    for (std::size_t i = 0; i < lives_.size(); ++i) {
        auto const unit = static_cast<UnitRef>(i);
        if (lives_[i].service && !is_down(lives_[i].active) && jobs_.of(unit) == nullptr)
            enqueue_ours(unit, JobType::stop, Mode::replace);
    }
    wake();
}

void Manager::check_shut_down() {
    if (!shutting_down_) return;
    bool const over =
        std::ranges::all_of(lives_, [](Live const& live) { return !live.service || is_down(live.active); });
    if (over) around_.loop.stop(exit_code_);
}

} // namespace mitori::manager
