// Running a service's commands: lists of control commands one after the other, and what Type= calls the start.
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

#include "manager/messages.hpp"
#include "manager/service.hpp"

namespace mitori::manager {
namespace {

exec::Purpose purpose_of(ServiceState state) {
    switch (state) {
    case ServiceState::condition: return exec::Purpose::condition;
    case ServiceState::start_pre: return exec::Purpose::start_pre;
    case ServiceState::start_post: return exec::Purpose::start_post;
    case ServiceState::reload: return exec::Purpose::reload;
    case ServiceState::stop: return exec::Purpose::stop;
    case ServiceState::stop_post: return exec::Purpose::stop_post;
    default: return exec::Purpose::start;
    }
}

} // namespace

unit::ExecCommands const& Service::commands_of(exec::Purpose purpose) const {
    auto const& service = unit_->service;
    switch (purpose) {
    case exec::Purpose::condition: return service.exec_condition;
    case exec::Purpose::start_pre: return service.exec_start_pre;
    case exec::Purpose::start: return service.exec_start;
    case exec::Purpose::start_post: return service.exec_start_post;
    case exec::Purpose::reload: return service.exec_reload;
    case exec::Purpose::stop: return service.exec_stop;
    case exec::Purpose::stop_post: return service.exec_stop_post;
    }
    return service.exec_start;
}

void Service::run_commands() {
    auto const purpose = purpose_of(state_);
    if (state_ == ServiceState::start_post) arm_watchdog();
    // ExecStart= is a list of its own only for one-shots; there each command is the main process in turn.
    if (commands_of(purpose).empty()) return commands_over(ServiceResult::success);
    launch(Role::control, purpose, 0);
}

void Service::start_main() {
    if (unit_->service.exec_start.empty()) return happen(Event::up);
    switch (unit_->service_type()) {
    case unit::ServiceType::forking: return launch(Role::control, exec::Purpose::start, 0);
    case unit::ServiceType::idle:
        timer_ = host_.when_idle([this] { launch(Role::main, exec::Purpose::start, 0); });
        return;
    default: return launch(Role::main, exec::Purpose::start, 0);
    }
}

void Service::launch(Role role, exec::Purpose purpose, std::size_t index) {
    auto const& command = commands_of(purpose)[index];
    spawning_ = role;
    purpose_ = purpose;
    cursor_ = index;
    arm_state_timeout();
    auto const sent = host_.spawn(ref_, {command, purpose, facts(purpose)});
    spawn_.reset();
    if (sent) {
        spawn_ = *sent;
        return;
    }
    // What the child would have failed at was found out before there is one: it counts as that child's end.
    if (sent.error().stage == process::Stage::spawn) return spawn_failed(process::Stage::spawn, sent.error().error);
    host_.say(ref_, base::Priority::err, fmt::format("Cannot start {}: {}", command.path, sent.error().message()));
    spawning_.reset();
    auto const now = host_.now();
    auto& record = role == Role::main ? main_record_.emplace() : commands_.emplace_back();
    record = {.purpose = purpose, .index = static_cast<std::uint16_t>(index), .started = now};
    if (role == Role::main) main_known_ = true;
    on_exit(role, {.kind = process::ExitKind::exited, .status = static_cast<int>(sent.error().stage), .at = now});
}

void Service::on_started(process::SpawnId spawn, process::Child child) {
    if (!spawning_ || spawn_ != spawn) {
        host_.signal(ref_, child, base::Signal{SIGKILL});
        return;
    }
    auto const role = *std::exchange(spawning_, std::nullopt);
    found_empty_ = false;
    CommandRecord const record{.purpose = purpose_,
                               .index = static_cast<std::uint16_t>(cursor_),
                               .spawn = spawn,
                               .pid = child.pid(),
                               .started = host_.now()};
    if (role == Role::main) {
        main_record_ = record;
        main_known_ = true;
    } else {
        commands_.push_back(record);
    }
    auto& held = role == Role::main ? main_ : control_;
    held = host_.hold(ref_, role, std::move(child));
    host_.details_changed(ref_);
    // It was asked to end while it was being made.
    if (active_state(state_) == ActiveState::deactivating && entry_act(state_) != Act::run_commands) {
        host_.signal(ref_, held->child, signal_of_state());
        return;
    }
    auto const type = unit_->service_type();
    // dbus: nobody watches a bus for its name; exec::shortfalls says so.
    bool const up_with_its_process =
        type == unit::ServiceType::simple || type == unit::ServiceType::idle || type == unit::ServiceType::dbus;
    if (state_ == ServiceState::start && role == Role::main && up_with_its_process) happen(Event::up);
}

void Service::on_executed(process::SpawnId spawn) {
    if (main_record_ && main_record_->spawn == spawn) main_record_->executed = true;
    if (!commands_.empty() && commands_.back().spawn == spawn) commands_.back().executed = true;
    if (spawn_ != spawn) return;
    if (state_ == ServiceState::start && unit_->service_type() == unit::ServiceType::exec && main_) happen(Event::up);
}

// A command after the main process may have been sent meanwhile: a start is known by its record from on_started on.
void Service::on_spawn_failed(process::SpawnId spawn, process::Stage stage, base::Error const& error) {
    // The child ends with the stage's status, which comes as every end does.
    if (auto const* const record = record_of(spawn)) return say_failed(record->purpose, record->index, stage, error);
    if (spawn_ == spawn) spawn_failed(stage, error);
}

CommandRecord const* Service::record_of(process::SpawnId spawn) const {
    if (main_record_ && main_record_->spawn == spawn) return &*main_record_;
    auto const found = std::ranges::find(commands_, spawn, &CommandRecord::spawn);
    return found == commands_.end() ? nullptr : &*found;
}

unit::ExecCommand const* Service::command_of(CommandRecord const& record) const {
    auto const& commands = commands_of(record.purpose);
    return record.index < commands.size() ? &commands[record.index] : nullptr;
}

void Service::say_failed(exec::Purpose purpose, std::size_t index, process::Stage stage, base::Error const& error) {
    auto const* const command = command_of({.purpose = purpose, .index = static_cast<std::uint16_t>(index)});
    auto const program = command != nullptr ? command->path : std::string("?");
    auto const name = process::exit_status_name(static_cast<int>(stage));
    host_.say(ref_, base::Priority::err,
              fmt::format("Failed at step {} spawning {}: {}", name.empty() ? base::word(stage) : name, program,
                          error.message()));
}

/// No child came to be.
void Service::spawn_failed(process::Stage stage, base::Error const& error) {
    say_failed(purpose_, cursor_, stage, error);
    if (!spawning_) return;
    auto const role = spawning_;
    spawning_.reset();
    if (entry_act(state_) == Act::send_signal) return check_quiet();
    if (role == Role::main || purpose_ == exec::Purpose::start) {
        fail(ServiceResult::resources);
        return happen(Event::start_failed);
    }
    commands_over(ServiceResult::resources);
}

// -- ends

void Service::on_exit(Role role, process::Exit const& exit) {
    record_exit(role, exit);
    (role == Role::main ? main_ : control_).reset();
    host_.details_changed(ref_);
    if (entry_act(state_) == Act::rest) return; // the books are closed
    if (role == Role::main)
        on_main_exit(exit);
    else
        on_control_exit(exit);
}

void Service::record_exit(Role role, process::Exit const& exit) {
    auto* const record = role == Role::main ? (main_record_ ? &*main_record_ : nullptr)
                                            : (commands_.empty() ? nullptr : &commands_.back());
    if (record != nullptr) record->exit = exit;
    if (exit.clean()) return;
    // A daemon that ends by the signal it was sent is no news.
    auto const kindness = role == Role::main ? Kindness::daemon : Kindness::command;
    bool const well = judge(exit, kindness, unit_->service.success) == ServiceResult::success;
    host_.say(ref_, exit_message(role, exit, well ? Well::yes : Well::no));
}

void Service::on_main_exit(process::Exit const& exit) {
    auto const type = unit_->service_type();
    bool const oneshot = type == unit::ServiceType::oneshot;
    auto const& starts = unit_->service.exec_start;
    bool const excused =
        main_record_ && main_record_->index < starts.size() && starts[main_record_->index].ignore_failure;
    auto result = judge(exit, oneshot ? Kindness::command : Kindness::daemon, unit_->service.success);
    if (excused) result = ServiceResult::success;
    if (why_.empty() && !stop_asked_) why_ = "its main process had ended";
    fail(result);

    if (state_ == ServiceState::start) {
        if (oneshot) return next_command(result);
        bool const notifies = type == unit::ServiceType::notify || type == unit::ServiceType::notify_reload;
        if (notifies && result == ServiceResult::success) {
            host_.say(ref_, base::Priority::warning, "The main process ended before it said READY=1.");
            fail(ServiceResult::protocol);
        }
        return happen(Event::start_failed);
    }
    if (control_ || spawning_) return; // its end is looked at when the running command has ended
    if (entry_act(state_) == Act::send_signal) return check_quiet();
    assess();
}

void Service::on_control_exit(process::Exit const& exit) {
    auto const& commands = commands_of(purpose_);
    bool const excused = cursor_ < commands.size() && commands[cursor_].ignore_failure;
    // The parent of a forking daemon is judged as one; other commands are not long-running.
    auto const kindness = purpose_ == exec::Purpose::start ? Kindness::daemon : Kindness::command;
    auto result = judge(exit, kindness, unit_->service.success);
    if (excused) result = ServiceResult::success;
    if (entry_act(state_) == Act::send_signal) {
        fail(result);
        return check_quiet();
    }
    // ExecCondition=: 1 to 254 say "not now", which is no failure; 255 and signals are one.
    if (state_ == ServiceState::condition && result != ServiceResult::success) {
        bool const said_no = exit.kind == process::ExitKind::exited && exit.status < 255;
        fail(said_no ? ServiceResult::exec_condition : result);
        return happen(said_no ? Event::condition_unmet : Event::commands_failed);
    }
    next_command(result);
}

void Service::next_command(ServiceResult result) {
    bool const main = state_ == ServiceState::start && unit_->service_type() == unit::ServiceType::oneshot;
    bool const more = cursor_ + 1 < commands_of(purpose_).size();
    if (result == ServiceResult::success && more)
        return launch(main ? Role::main : Role::control, purpose_, cursor_ + 1);
    commands_over(result);
}

// The state's commands have ended, or one has failed.
void Service::commands_over(ServiceResult result) {
    bool const well = result == ServiceResult::success;
    if (!well && why_.empty() && !stop_asked_) why_ = "one of its commands had failed";
    switch (state_) {
    case ServiceState::start:
        fail(result);
        if (!well) return happen(Event::start_failed);
        return unit_->service_type() == unit::ServiceType::forking ? forked() : happen(Event::up);
    case ServiceState::reload:
        // A reload that failed is the reload's failure, not the service's.
        reload_result_ = first_failure(reload_result_, result);
        if (std::string why; unit_->service_type() == unit::ServiceType::forking && !unit_->service.pid_file.empty())
            static_cast<void>(load_pid_file(why));
        return assess();
    case ServiceState::start_post: fail(result); return well ? assess() : happen(Event::commands_failed);
    default: fail(result); return happen(well ? Event::commands_done : Event::commands_failed);
    }
}

} // namespace mitori::manager
