#include "manager/burials.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::manager {
namespace {

std::string_view setting_of(exec::Purpose purpose) {
    using enum exec::Purpose;
    switch (purpose) {
    case condition: return "ExecCondition";
    case start_pre: return "ExecStartPre";
    case start: return "ExecStart";
    case start_post: return "ExecStartPost";
    case reload: return "ExecReload";
    case stop: return "ExecStop";
    case stop_post: return "ExecStopPost";
    }
    return "?";
}

CommandRecord const* record_of(Service const& service, Role role, pid_t pid) {
    if (role == Role::main) {
        auto const& record = service.main_record();
        return record && record->pid == pid ? &*record : nullptr;
    }
    auto const& commands = service.commands();
    auto const found = std::ranges::find(commands.rbegin(), commands.rend(), pid, &CommandRecord::pid);
    return found == commands.rend() ? nullptr : &*found;
}

// With these nothing but its settings has a part in what a command is: what runs need not be read from /proc.
bool is_told_by_settings(unit::ExecCommand const* command) {
    auto const varies = [](std::string const& word) { return word.contains('$'); };
    return command != nullptr && command->path.starts_with('/') &&
           (command->no_variables || std::ranges::none_of(command->argv, varies));
}

// As /proc/pid/cmdline is shown.
std::string line_of(unit::ExecCommand const& command) {
    return base::printable(fmt::format("{}", fmt::join(command.argv, " ")));
}

void blame_memory(status::Death& death, cgroup::Groups::OomLimit const& limit) {
    death.cause = status::Cause::oom;
    death.unknown.clear();
    death.sources = death.sources | status::Source::cgroup;
    if (!limit.bytes) return;
    death.limit = fmt::format("MemoryMax={}", *limit.bytes);
    death.limit_group = limit.group;
}

} // namespace

// -- who asks, and for what

void Burials::on_behalf_of(pid_t pid, uid_t user) {
    requester_ = {};
    requester_.who.pid = pid;
    requester_.user = user;
}

// Looked up only when something is asked for that may end a process: most calls only ask questions.
status::Requester Burials::requester() {
    auto by = requester_;
    auto const process = by.who.pid > 0 ? procfs_.process(by.who.pid) : std::nullopt;
    if (!process) return by;
    by.who.start_ticks = process->start_ticks;
    by.command = process->comm;
    if (auto const parent = procfs_.process(process->parent)) by.parent_command = parent->comm;
    return by;
}

void Burials::begins(UnitRef unit) {
    auto const found = stories_.find(unit);
    if (found == stories_.end()) return;
    // Only what may still follow the last end is of use to a new life.
    if (!found->second.unfollowed) return void(stories_.erase(found));
    found->second = {.unfollowed = std::move(found->second.unfollowed)};
}

void Burials::runs(UnitRef unit, Service const& service, process::SpawnId spawn) {
    if (!heard()) return;
    auto const* const record = service.record_of(spawn);
    if (record == nullptr || is_told_by_settings(service.command_of(*record))) return;
    auto const executable = base::sys::read_link(fmt::format("/proc/{}/exe", record->pid));
    // One that is over already shows its name alone, in brackets.
    auto line = procfs_.command_line(record->pid);
    if (!executable) line.clear();
    stories_[unit].programs.insert_or_assign(record->pid, Program{executable.value_or(""), std::move(line)});
}

void Burials::settings_change(UnitRef unit, Service const& service) {
    if (!heard()) return;
    auto const keep = [&](CommandRecord const& record) {
        auto const* const command = service.command_of(record);
        if (record.exit || !record.executed || !is_told_by_settings(command)) return;
        stories_[unit].programs.try_emplace(record.pid, Program{command->path, line_of(*command)});
    };
    if (service.main_record()) keep(*service.main_record());
    std::ranges::for_each(service.commands(), keep);
}

// -- what is sent

void Burials::sent(UnitRef unit, Service const* service, base::Signal signal) {
    auto const& asked = stories_[unit].asked;
    std::string why = service != nullptr ? service->why() : std::string();
    if (why.empty())
        why = asked.what.empty() ? "what was left of the service was ended with it" : asked.what;
    else if (!asked.what.empty())
        why += "; " + asked.what;
    note(unit, signal, {.signal = signal, .why = std::move(why), .by = asked.by});
}

void Burials::sent_for_client(UnitRef unit, base::Signal signal) {
    auto by = requester();
    auto why = asked_by("signal asked for", by);
    note(unit, signal, {.signal = signal, .why = std::move(why), .by = std::move(by)});
}

void Burials::note(UnitRef unit, base::Signal signal, Sending sending) {
    if (signal.number == 0 || signal.number == SIGCONT) return;
    auto& sent = stories_[unit].sent;
    std::erase_if(sent, [&](Sending const& earlier) { return earlier.signal == signal; });
    sent.push_back(std::move(sending));
}

// -- ends

void Burials::bury(pid_t pid, process::Exit const& exit, std::function<Buried(status::Death const&)> const& whose) {
    bool const seen = remains_.who.pid == pid;
    auto death = std::exchange(remains_, {});
    if (!heard()) return;
    if (seen) {
        take_exit(death, exit);
    } else {
        death = {};
        death.who.pid = pid;
        death.ended = exit.at;
        death.unknown = "it was held but was no child of the manager: how it ended only its parent was told";
    }
    auto const buried = whose(death);
    describe(buried, death);
    auto const story = buried.unit ? stories_.find(*buried.unit) : stories_.end();
    if (seen)
        judge(death,
              story != stories_.end() ? std::span<Sending const>(story->second.sent) : std::span<Sending const>());
    if (seen && buried.oom && death.cause == status::Cause::unknown) blame_memory(death, *buried.oom);
    tell_(death);
    if (buried.role == Role::main && buried.unit)
        stories_[*buried.unit].unfollowed = std::make_unique<status::Death>(std::move(death));
}

void Burials::describe(Buried const& buried, status::Death& death) {
    if (!buried.unit) return;
    death.unit = buried.name;
    if (auto const story = stories_.find(*buried.unit); story != stories_.end()) {
        if (auto program = story->second.programs.extract(death.who.pid)) {
            death.executable = std::move(program.mapped().executable);
            death.command_line = std::move(program.mapped().command_line);
        }
    }
    if (buried.service == nullptr) return;
    death.invocation = buried.service->invocation();
    if (!buried.role) return;
    death.role = buried.role == Role::main ? "main" : "control";
    auto const* const record = record_of(*buried.service, *buried.role, death.who.pid);
    if (record == nullptr) return;
    if (buried.role == Role::control) death.role += fmt::format(" ({})", setting_of(record->purpose));
    auto const* const command = buried.service->command_of(*record);
    if (death.command_line.empty() && record->executed && is_told_by_settings(command)) {
        death.executable = command->path;
        death.command_line = line_of(*command);
    }
    // To the microsecond, where /proc tells ticks.
    if (record->started.realtime.count() != 0) death.started = record->started.realtime;
}

// -- what followed

void Burials::follow(UnitRef unit, std::string followed, pid_t next, base::Stamp now) {
    auto const story = stories_.find(unit);
    if (story == stories_.end()) return;
    auto const death = std::exchange(story->second.unfollowed, nullptr);
    if (!death || !heard()) return;
    death->followed = std::move(followed);
    if (next != 0) {
        death->restarted_as = next;
        death->restarted_after = now.monotonic - death->ended.monotonic;
    }
    tell_(*death);
}

void Burials::started(UnitRef unit, Service const& service, pid_t pid, base::Stamp now) {
    auto const story = stories_.find(unit);
    if (story == stories_.end() || !story->second.unfollowed || service.main_pid() != pid) return;
    // A one-shot goes on with its next command: the same life.
    if (story->second.unfollowed->invocation == service.invocation()) return follow(unit, "went on", 0, now);
    follow(unit, "restarted", pid, now);
}

void Burials::rests(UnitRef unit, Service const& service) {
    auto const story = stories_.find(unit);
    if (story == stories_.end() || !story->second.unfollowed || service.stops_to_restart()) return;
    if (service.result() == ServiceResult::start_limit_hit)
        return follow(unit, fmt::format("gave up: {}", base::word(ServiceResult::start_limit_hit)), 0, {});
    if (service.state() == ServiceState::failed) return follow(unit, "failed", 0, {});
    follow(unit, service.stop_asked() ? "stopped" : "ended", 0, {});
}

} // namespace mitori::manager
