#include "manager/service.hpp"

#include <fmt/format.h>
#include <span>

#include "base/sys.hpp"
#include "manager/messages.hpp"

namespace mitori::manager {
namespace {

/// Where WATCHDOG=1 is awaited: from when the service is up until it is told to end.
bool ticks(ServiceState state) {
    auto const active = active_state(state);
    return state == ServiceState::start_post || state == ServiceState::running || active == ActiveState::reloading;
}

} // namespace

Service::Service(UnitRef ref, unit::UnitPtr unit, ServiceHost& host) : ref_(ref), unit_(std::move(unit)), host_(host) {}

// -- what jobs ask for

void Service::start() {
    auto const& info = unit_->info;
    auto const interval = info.start_limit_interval.value_or(host_.defaults().start_limit_interval);
    auto const burst = info.start_limit_burst.value_or(host_.defaults().start_limit_burst);
    bool const at_rest = entry_act(state_) == Act::rest;
    if (at_rest && !start_limit_.allow(host_.now().monotonic, interval, burst)) return start_limit_hit();
    if (at_rest) {
        result_ = reload_result_ = ServiceResult::success;
        stop_asked_ = stop_to_restart_ = main_known_ = false;
        main_record_.reset();
        commands_.clear();
        why_.clear();
        status_text_.clear();
        status_errno_ = 0;
        told_ = Told::nothing;
        watchdog_ = unit_->service.watchdog;
        if (!auto_restarting_) restarts_ = 0;
        auto_restarting_ = false;
        invocation_ = host_.new_invocation(ref_);
        host_.begins(ref_);
    }
    happen(Event::start);
}

void Service::start_limit_hit() {
    host_.say(ref_, base::Priority::warning, "Start request repeated too quickly.");
    result_ = ServiceResult::start_limit_hit;
    auto_restarting_ = stop_to_restart_ = false;
    say_result();
    // A failed service stays as it is, which is the answer to the job that asked for the start.
    if (state_ == ServiceState::failed) return host_.state_changed(ref_, state_, state_);
    happen(Event::refused_start);
}

void Service::stop(For why) {
    why_.clear();
    if (state_ != ServiceState::auto_restart || why == For::good) stop_asked_ = true;
    if (why == For::good) auto_restarting_ = false;
    stop_to_restart_ = why == For::restart;
    happen(Event::stop);
}

bool Service::can_reload() const {
    return !unit_->service.exec_reload.empty() || unit_->service_type() == unit::ServiceType::notify_reload;
}

void Service::reload() {
    reload_result_ = ServiceResult::success;
    happen(unit_->service_type() == unit::ServiceType::notify_reload ? Event::reload_by_signal : Event::reload);
}

void Service::reset_failed() {
    restarts_ = 0;
    start_limit_.reset();
    if (state_ == ServiceState::failed) happen(Event::reset);
    result_ = reload_result_ = ServiceResult::success;
}

void Service::resume(Resumed const& resumed) {
    invocation_ = resumed.invocation;
    watchdog_ = unit_->service.watchdog;
    if (std::string why; resumed.main && !set_main(*resumed.main, why))
        host_.say(ref_, base::Priority::warning, fmt::format("Main process {}: {}", *resumed.main, why));
    if (resumed.to == Resumed::To::end) {
        stop_asked_ = true;
        return happen(Event::left_over);
    }
    runtime_end_ = base::plus(host_.now().monotonic, longest_run());
    happen(Event::resumed);
    if (ticks(state_)) arm_watchdog();
}

void Service::on_oom() {
    auto const policy = unit_->service.oom_policy;
    if (policy == unit::OomPolicy::continue_ || entry_act(state_) == Act::rest || state_ == ServiceState::auto_restart)
        return;
    fail(ServiceResult::oom_kill);
    if (why_.empty()) why_ = "the kernel had killed a process of it for want of memory";
    happen(policy == unit::OomPolicy::kill ? Event::oom_kill : Event::oom_stop);
}

// -- events and states

void Service::happen(Event event) {
    events_.push_back(event);
    settle();
}

// Runs the queued events until none is left. Entering a state may queue the next one; the guard keeps this flat.
void Service::settle() {
    if (settling_) return;
    settling_ = true;
    found_empty_ = false;
    for (std::size_t next = 0; next < events_.size(); ++next) {
        auto const event = events_[next];
        auto const answer = step(state_, event);
        if (answer.act == Act::refuse)
            host_.say(ref_, base::Priority::debug,
                      fmt::format("{} is not for a service in state {}", base::word(event), base::word(state_)));
        else if (answer.act != Act::stay)
            enter(answer, event);
    }
    events_.clear();
    settling_ = false;
}

void Service::enter(Step step, Event event) {
    auto const from = std::exchange(state_, step.to);
    timer_.reset();
    path_watch_.reset();
    pid_file_timer_.reset();
    deadline_ = base::infinity;
    if (!ticks(state_)) watchdog_timer_.reset();
    if (from == ServiceState::start_post) runtime_end_ = base::plus(host_.now().monotonic, longest_run());
    bool const ran = entry_act(from) != Act::rest && from != ServiceState::auto_restart;
    if (ran && (step.act == Act::rest || step.act == Act::arm_restart)) say_result();
    host_.state_changed(ref_, from, step.to);
    if (event == Event::stopping) return await_end();
    perform(step.act);
}

void Service::perform(Act act) {
    switch (act) {
    case Act::run_commands: return run_commands();
    case Act::start_main: return start_main();
    case Act::watch:
        arm_at(runtime_end_);
        if (!main_) host_.watch_empty(ref_);
        // The main process may have ended while a command was running.
        return assess();
    case Act::linger: return;
    case Act::send_signal: return send_signal();
    case Act::send_reload:
        arm_state_timeout();
        if (main_ && host_.signal(ref_, main_->child, unit_->service.reload_signal)) return;
        reload_result_ = ServiceResult::resources;
        return assess();
    case Act::wait: return arm_state_timeout();
    case Act::arm_restart: return arm_restart();
    case Act::rest: return rest();
    case Act::stay:
    case Act::refuse: return;
    }
}

void Service::arm_restart() {
    let_go();
    host_.clean_up(ref_, ServiceHost::Again::yes);
    auto_restarting_ = true;
    arm(unit_->service.restart_delay);
}

// What still lives (KillMode=process or none, or nothing could end it) is no business of the service's next life.
void Service::let_go() {
    for (auto* held : {&main_, &control_}) {
        if (!*held) continue;
        host_.forget(ref_, (*held)->child.pid());
        held->reset();
    }
    spawning_.reset();
    spawn_.reset();
    remove_pid_file();
}

// The service ends by itself: as if it had been sent the signal, systemd's reading of STOPPING=1.
void Service::await_end() {
    arm_state_timeout();
    if (!main_) host_.watch_empty(ref_);
}

void Service::rest() {
    let_go();
    host_.clean_up(ref_, stop_to_restart_ ? ServiceHost::Again::yes : ServiceHost::Again::no);
}

void Service::say_result() { host_.say(ref_, result_message(result_)); }

// RuntimeMaxSec=, and up to RuntimeRandomizedExtraSec= on top, so that many services do not end at once.
base::Usec Service::longest_run() const {
    auto const extra = unit_->service.runtime_randomized_extra;
    if (extra.count() <= 0 || extra == base::infinity) return unit_->service.runtime_max;
    std::uint64_t chance = 0;
    static_cast<void>(base::sys::random_bytes(std::as_writable_bytes(std::span(&chance, 1))));
    auto const share = chance % static_cast<std::uint64_t>(extra.count() + 1);
    return base::plus(unit_->service.runtime_max, base::Usec(static_cast<std::int64_t>(share)));
}

void Service::assess() { happen(how_is_it()); }

// The four answers to "how is it?": see Event::alive.
Event Service::how_is_it() const {
    if (result_ != ServiceResult::success) return Event::unwell;
    bool const by_group = !main_known_ || unit_->service.exit_type == unit::ExitType::cgroup;
    bool const living = main_ || spawning_ == Role::main || (by_group && host_.populated(ref_));
    // A one-shot is over with its last command, whatever it left behind.
    if (living && unit_->service_type() != unit::ServiceType::oneshot) {
        // What it said while something else ran comes true now, where the state has an answer.
        auto const told = told_ == Told::stopping ? Event::stopping : Event::reloading;
        return told_ != Told::nothing && step(state_, told).act != Act::refuse ? told : Event::alive;
    }
    return unit_->service.remain_after_exit ? Event::kept : Event::gone;
}

Event Service::how_it_ended() const {
    auto const main = main_record_ ? main_record_->exit : std::nullopt;
    if (decide_restart(unit_->service, result_, main, stop_asked_ ? Asked::yes : Asked::no) == Verdict::start_again)
        return Event::end_restart;
    bool const fine = result_ == ServiceResult::success || result_ == ServiceResult::exec_condition;
    return fine ? Event::end_clean : Event::end_failed;
}

// -- what people see

std::optional<pid_t> Service::main_pid() const { return main_ ? std::optional(main_->child.pid()) : std::nullopt; }

std::optional<pid_t> Service::control_pid() const {
    return control_ ? std::optional(control_->child.pid()) : std::nullopt;
}

process::Child const* Service::held(Role role) const {
    auto const& held = role == Role::main ? main_ : control_;
    return held ? &held->child : nullptr;
}

base::Usec Service::timeout_start() const {
    bool const unlimited = unit_->service_type() == unit::ServiceType::oneshot;
    return unit_->service.timeout_start.value_or(unlimited ? base::infinity : host_.defaults().timeout_start);
}

base::Usec Service::timeout_stop() const { return unit_->service.timeout_stop.value_or(host_.defaults().timeout_stop); }

exec::Facts Service::facts(exec::Purpose purpose) const {
    exec::Facts facts;
    facts.invocation_id = invocation_;
    facts.main_pid = main_pid();
    facts.notify = unit_->notify_access() != unit::NotifyAccess::none;
    facts.watchdog = purpose == exec::Purpose::start ? watchdog_ : base::Usec(0);
    if (purpose != exec::Purpose::stop && purpose != exec::Purpose::stop_post) return facts;
    facts.result_environment.push_back({"SERVICE_RESULT", std::string(base::word(result_))});
    if (main_record_ && main_record_->exit) {
        auto const& exit = *main_record_->exit;
        bool const code = exit.kind == process::ExitKind::exited;
        facts.result_environment.push_back({"EXIT_CODE", std::string(base::word(exit.kind))});
        facts.result_environment.push_back(
            {"EXIT_STATUS", code ? fmt::format("{}", exit.status) : base::signal_name(base::Signal{exit.status})});
    }
    return facts;
}

} // namespace mitori::manager
