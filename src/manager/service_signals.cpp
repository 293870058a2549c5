// Ending a service's processes, and the clocks that a service lives by.
#include <algorithm>
#include <fmt/format.h>

#include "manager/messages.hpp"
#include "manager/service.hpp"

namespace mitori::manager {
namespace {

bool is_final(ServiceState state) {
    return state == ServiceState::final_watchdog || state == ServiceState::final_sigterm ||
           state == ServiceState::final_sigkill;
}
bool is_kill(ServiceState state) { return state == ServiceState::stop_sigkill || state == ServiceState::final_sigkill; }

} // namespace

base::Signal Service::signal_of_state() const {
    auto const& kill = unit_->kill;
    switch (state_) {
    case ServiceState::stop_sigkill:
    case ServiceState::final_sigkill: return kill.final_signal;
    case ServiceState::stop_watchdog:
    case ServiceState::final_watchdog: return kill.watchdog_signal;
    default: return stop_to_restart_ ? kill.restart_signal.value_or(kill.signal) : kill.signal;
    }
}

// systemd.kill(5): the main and control process always (but KillMode=none); everybody else with control-group, and with
// mixed by the final signal.
void Service::send_signal() {
    arm_state_timeout();
    auto const signal = signal_of_state();
    bool const leaders_told = unit_->kill.mode != unit::KillMode::none && signal_leaders(signal);
    bool const others_told = signal_others(signal);
    if (leaders_told || spawning_) return;
    if (others_told) return host_.watch_empty(ref_);
    if (unit_->kill.send_sigkill && !(is_kill(state_) && is_final(state_))) return happen(Event::nobody);
    happen(is_final(state_) ? how_it_ended() : Event::quiet);
}

// SendSIGHUP= goes with the first, friendly signal only, and not twice.
bool Service::hangs_up(base::Signal signal) const {
    bool const friendly = state_ == ServiceState::stop_sigterm || state_ == ServiceState::final_sigterm;
    return unit_->kill.send_sighup && friendly && signal.number != SIGHUP;
}

bool Service::signal_leaders(base::Signal signal) {
    bool told = false;
    for (auto const* held : {&main_, &control_}) {
        if (!*held) continue;
        told = true;
        auto const& child = (*held)->child;
        host_.signal(ref_, child, signal);
        if (signal.number == SIGKILL) continue;
        // A stopped process must go on to be able to end.
        host_.signal(ref_, child, base::Signal{SIGCONT});
        if (hangs_up(signal)) host_.signal(ref_, child, base::Signal{SIGHUP});
    }
    return told;
}

bool Service::signal_others(base::Signal signal) {
    bool const all = unit_->kill.mode == unit::KillMode::control_group ||
                     (unit_->kill.mode == unit::KillMode::mixed && is_kill(state_));
    if (!all || !populated()) return false;
    std::vector<pid_t> leaders;
    if (auto pid = main_pid()) leaders.push_back(*pid);
    if (auto pid = control_pid()) leaders.push_back(*pid);
    bool const told = host_.signal_all(ref_, signal, leaders);
    if (told && signal.number != SIGKILL) {
        host_.signal_all(ref_, base::Signal{SIGCONT}, leaders);
        if (hangs_up(signal)) host_.signal_all(ref_, base::Signal{SIGHUP}, leaders);
    }
    return told;
}

// A leader has ended in a state that sends signals.
void Service::check_quiet() {
    if (main_ || control_ || spawning_) return;
    if (!is_final(state_)) return happen(Event::quiet);
    end_if_empty();
}

void Service::end_if_empty() {
    bool const waits_for_all =
        unit_->kill.mode == unit::KillMode::control_group || unit_->kill.mode == unit::KillMode::mixed;
    if (waits_for_all && populated()) return host_.watch_empty(ref_);
    happen(how_it_ended());
}

// The way down asks in each of its states, and an empty service goes through all of them in one turn: where nothing has
// been started since, the answer is still the same.
bool Service::populated() {
    if (!found_empty_) found_empty_ = !host_.populated(ref_);
    return !found_empty_;
}

void Service::on_empty() {
    if (entry_act(state_) == Act::send_signal) return check_quiet();
    if (state_ == ServiceState::start && path_watch_) {
        host_.say(ref_, base::Priority::warning, "The daemon ended before it wrote its PID file.");
        fail(ServiceResult::protocol);
        return happen(Event::start_failed);
    }
    // A service without a known main process lives as long as its last process.
    bool const lives_by_group = !main_known_ || unit_->service.exit_type == unit::ExitType::cgroup;
    if (lives_by_group && !control_ && !spawning_) assess();
}

// -- clocks

void Service::arm(base::Usec span) { arm_at(base::plus(host_.now().monotonic, span)); }

void Service::arm_at(base::Usec deadline) {
    timer_.reset();
    deadline_ = deadline;
    if (deadline != base::infinity) timer_ = host_.timer(deadline_, [this] { on_timeout(); });
}

void Service::arm_state_timeout() {
    bool const down = active_state(state_) == ActiveState::deactivating;
    bool const aborting = state_ == ServiceState::stop_watchdog || state_ == ServiceState::final_watchdog;
    auto const span = !down      ? timeout_start()
                      : aborting ? unit_->service.timeout_abort.value_or(timeout_stop())
                                 : timeout_stop();
    arm(span);
}

void Service::on_timeout() {
    timer_.reset();
    if (state_ == ServiceState::auto_restart) return on_restart_due();
    host_.say(ref_, base::Priority::warning, fmt::format("State '{}' timed out.", base::word(state_)));
    why_ = why_timed_out();
    if (state_ == ServiceState::reload || state_ == ServiceState::reload_signal ||
        state_ == ServiceState::reload_notify) {
        reload_result_ = ServiceResult::timeout;
        if (control_) return static_cast<void>(host_.signal(ref_, control_->child, base::Signal{SIGKILL}));
        return happen(Event::timeout_stop);
    }
    fail(ServiceResult::timeout);
    bool const down = active_state(state_) == ActiveState::deactivating;
    if (down && entry_act(state_) == Act::send_signal && !unit_->kill.send_sigkill)
        return happen(is_final(state_) ? how_it_ended() : Event::timeout_skip);
    if (state_ == ServiceState::final_sigkill) return happen(how_it_ended());
    auto const mode = down ? unit_->service.timeout_stop_failure : unit_->service.timeout_start_failure;
    if (state_ == ServiceState::running || mode == unit::TimeoutFailure::terminate) return happen(Event::timeout_stop);
    happen(mode == unit::TimeoutFailure::abort ? Event::timeout_abort : Event::timeout_kill);
}

std::string Service::why_timed_out() const {
    if (state_ == ServiceState::running) return "it had run for as long as RuntimeMaxSec= allows";
    auto const active = active_state(state_);
    if (active == ActiveState::reloading) return "its reload timed out after " + base::show_span(timeout_start());
    if (active != ActiveState::deactivating) return "its start timed out after " + base::show_span(timeout_start());
    auto const span = base::show_span(timeout_stop());
    if (entry_act(state_) != Act::send_signal) return "its stop timed out after " + span;
    return fmt::format("it had not ended within {} of SIG{}", span, base::signal_name(signal_of_state()));
}

void Service::on_restart_due() {
    switch (host_.restart_due(ref_)) {
    case ServiceHost::RestartDue::queued: ++restarts_; return host_.say(ref_, restart_message(restarts_));
    case ServiceHost::RestartDue::waits:
        // The stop may be canceled yet.
        return arm(std::max<base::Usec>(unit_->service.restart_delay, std::chrono::milliseconds(100)));
    case ServiceHost::RestartDue::refused: fail(ServiceResult::resources); return happen(Event::refused_start);
    }
}

// The tick looks at when WATCHDOG=1 came last instead of being moved at each: a service that pings a thousand times a
// second costs no timer.
void Service::arm_watchdog() {
    watchdog_timer_.reset();
    watchdog_seen_ = host_.now();
    if (watchdog_.count() == 0 || watchdog_ == base::infinity) return;
    watchdog_timer_ = host_.timer(base::plus(watchdog_seen_.monotonic, watchdog_), [this] { on_watchdog_tick(); });
}

void Service::on_watchdog_tick() {
    auto const due = base::plus(watchdog_seen_.monotonic, watchdog_);
    if (host_.now().monotonic < due) {
        watchdog_timer_ = host_.timer(due, [this] { on_watchdog_tick(); });
        return;
    }
    watchdog_timer_.reset();
    host_.say(ref_, base::Priority::err, fmt::format("Watchdog timeout (limit {})!", base::show_span(watchdog_)));
    bite();
}

void Service::bite() {
    if (step(state_, Event::watchdog).act == Act::refuse) return; // it is ending already
    why_ = fmt::format("it had not said WATCHDOG=1 for {}", base::show_span(watchdog_));
    fail(ServiceResult::watchdog);
    happen(Event::watchdog);
}

} // namespace mitori::manager
