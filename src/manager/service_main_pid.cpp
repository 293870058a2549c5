// Which process is the service: PID files, guesses, and what the service says of itself.
#include <cerrno>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "manager/service.hpp"

namespace mitori::manager {

// The command of a forking service has ended well: the daemon is its orphan.
void Service::forked() {
    if (unit_->service.pid_file.empty()) {
        guess_main_pid();
        return happen(Event::up);
    }
    if (std::string why; load_pid_file(why)) return happen(Event::up);
    if (!host_.populated(ref_)) {
        host_.say(ref_, base::Priority::warning,
                  "No process is left and there is no PID file " + unit_->service.pid_file);
        fail(ServiceResult::protocol);
        return happen(Event::start_failed);
    }
    wait_for_pid_file();
}

// Some daemons write their file only after their parent has gone.
void Service::wait_for_pid_file() {
    path_watch_ = host_.watch_path(unit_->service.pid_file, [this] { retry_pid_file(""); });
    host_.watch_empty(ref_);
    // It may have been written before there was a watch.
    retry_pid_file("");
}

void Service::retry_pid_file(std::string const& said) {
    std::string why;
    if (load_pid_file(why)) return happen(Event::up);
    if (why.empty()) return;
    if (why != said) host_.say(ref_, base::Priority::notice, why);
    // A process in the middle of its execve(2) bears no mark for a moment, and one whose parent is about to end is not
    // our orphan yet. Nothing tells when that has changed; the start's time-out ends it.
    constexpr auto pause = std::chrono::milliseconds(100);
    pid_file_timer_ = host_.timer(host_.now().monotonic + pause, [this, why] { retry_pid_file(why); });
}

// PIDFile=, systemd.service(5): never written by us, but removed when the service has ended.
void Service::remove_pid_file() {
    auto const& path = unit_->service.pid_file;
    if (path.empty()) return;
    if (auto removed = base::sys::unlink(path); !removed && removed.error().number != ENOENT)
        host_.say(ref_, base::Priority::notice, removed.error().message());
}

bool Service::load_pid_file(std::string& why) {
    auto const& path = unit_->service.pid_file;
    auto const text = base::sys::read_file(path, 64);
    if (!text) {
        if (text.error().number != ENOENT) why = "PID file " + text.error().message();
        return false;
    }
    auto const pid = base::parse_integer<pid_t>(base::trim(*text));
    if (!pid || *pid <= 1) {
        why = fmt::format("PID file {} holds no process id", path);
        return false;
    }
    return set_main(*pid, why);
}

// GuessMainPID=: of several processes it is the one whose parent we are; with more than one of those, none.
void Service::guess_main_pid() {
    if (!unit_->service.guess_main_pid) return;
    auto const pids = host_.processes(ref_);
    if (pids.size() == 1) {
        std::string why;
        static_cast<void>(set_main(pids.front(), why));
        return;
    }
    if (auto const pid = host_.only_child(pids)) {
        std::string why;
        static_cast<void>(set_main(*pid, why));
    }
}

bool Service::set_main(pid_t pid, std::string& why) {
    if (main_ && main_->child.pid() == pid) return true;
    if (control_pid() == pid) {
        why = fmt::format("process {} is the control process", pid);
        return false;
    }
    auto child = host_.adopt(ref_, pid, why);
    if (!child) return false;
    // The old one's end is nobody's business any more.
    if (main_) host_.forget(ref_, main_->child.pid());
    main_record_ = CommandRecord{.purpose = exec::Purpose::start, .pid = pid, .started = host_.now()};
    main_known_ = true;
    main_ = host_.hold(ref_, Role::main, std::move(*child));
    host_.details_changed(ref_);
    return true;
}

bool Service::may_notify(pid_t sender, bool of_this_unit) const {
    switch (unit_->notify_access()) {
    case unit::NotifyAccess::none: return false;
    case unit::NotifyAccess::main: return main_pid() == sender;
    case unit::NotifyAccess::exec: return main_pid() == sender || control_pid() == sender;
    case unit::NotifyAccess::all: return of_this_unit;
    }
    return false;
}

void Service::on_notify(NotifyMessage const& message, pid_t sender) {
    if (!message.notes.empty())
        host_.say(ref_, base::Priority::notice, fmt::format("Notification from pid {}: {}", sender, message.notes));
    if (std::string why; message.main_pid && !set_main(*message.main_pid, why))
        host_.say(ref_, base::Priority::warning, fmt::format("MAINPID={} refused: {}", *message.main_pid, why));
    if (message.status) status_text_ = *message.status;
    if (message.error_number) status_errno_ = *message.error_number;
    if (message.watchdog_interval) {
        watchdog_ = *message.watchdog_interval;
        if (watchdog_timer_) arm_watchdog();
    }
    if (message.watchdog) watchdog_seen_ = host_.now();
    // Never shortens: sd_notify(3), EXTEND_TIMEOUT_USEC=.
    if (message.extend_timeout && timer_)
        if (auto const until = base::plus(host_.now().monotonic, *message.extend_timeout); until > deadline_)
            arm_at(until);
    if (message.status || message.error_number) host_.details_changed(ref_);
    follow_notice(message);
}

// What it says of its state. Said while commands of its own still run, it is remembered: how_is_it answers with it.
void Service::follow_notice(NotifyMessage const& message) {
    if (message.reloading) told_ = Told::reloading;
    if (message.ready) told_ = Told::nothing;
    if (message.stopping) told_ = Told::stopping;
    auto const type = unit_->service_type();
    bool const notifies = type == unit::ServiceType::notify || type == unit::ServiceType::notify_reload;
    if (message.ready && notifies && state_ == ServiceState::start) return happen(Event::up);
    bool const waits = state_ == ServiceState::running || state_ == ServiceState::reload_signal;
    if (message.reloading && waits) happen(Event::reloading);
    if (message.ready && (state_ == ServiceState::reload_notify || state_ == ServiceState::reload_signal))
        happen(Event::ready);
    if (message.stopping && state_ == ServiceState::running) happen(Event::stopping);
    if (message.watchdog_trigger) bite();
}

} // namespace mitori::manager
