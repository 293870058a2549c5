#include <algorithm>
#include <array>
#include <csignal>
#include <fmt/format.h>
#include <unordered_set>

#include "base/text.hpp"
#include "manager/describe.hpp"
#include "manager/detail/describe_parts.hpp"
#include "unit/directive.hpp"

namespace mitori::manager {
namespace {

using status::List;
using status::Properties;
using status::Value;

std::uint64_t usec(base::Usec span) {
    return span == base::infinity ? UINT64_MAX : static_cast<std::uint64_t>(span.count());
}

void add_stamp(Properties& into, std::string const& name, base::Stamp const& stamp) {
    into.add("Service", name, usec(stamp.realtime));
    into.add("Service", name + "Monotonic", usec(stamp.monotonic));
}

/// waitid(2)'s si_code of an end.
std::int32_t code_of(process::Exit const& exit) {
    switch (exit.kind) {
    case process::ExitKind::exited: return CLD_EXITED;
    case process::ExitKind::killed: return CLD_KILLED;
    case process::ExitKind::dumped: return CLD_DUMPED;
    case process::ExitKind::stopped: return CLD_STOPPED;
    case process::ExitKind::continued: return CLD_CONTINUED;
    }
    return 0;
}

unit::CommandRun run_of(CommandRecord const& record) {
    unit::CommandRun run{.started = record.started, .pid = static_cast<std::uint32_t>(record.pid)};
    if (!record.exit) return run;
    run.exited = record.exit->at;
    run.code = code_of(*record.exit);
    run.status = record.exit->status;
    return run;
}

struct CommandList {
    exec::Purpose purpose;
    std::string_view property;
    unit::ExecCommands unit::Service::* commands;
};
constexpr auto command_lists = std::to_array<CommandList>({
    {exec::Purpose::condition, "ExecCondition", &unit::Service::exec_condition},
    {exec::Purpose::start_pre, "ExecStartPre", &unit::Service::exec_start_pre},
    {exec::Purpose::start, "ExecStart", &unit::Service::exec_start},
    {exec::Purpose::start_post, "ExecStartPost", &unit::Service::exec_start_post},
    {exec::Purpose::reload, "ExecReload", &unit::Service::exec_reload},
    {exec::Purpose::stop, "ExecStop", &unit::Service::exec_stop},
    {exec::Purpose::stop_post, "ExecStopPost", &unit::Service::exec_stop_post},
});

// Each command with its last run since the start: the "Process:" lines of status.
void describe_commands(unit::Unit const& unit, Service const* service, Properties& into) {
    for (auto const& [purpose, property, member] : command_lists) {
        auto const& commands = unit.service.*member;
        std::vector<unit::CommandRun> runs(commands.size());
        auto const note = [&, purpose = purpose](CommandRecord const& record) {
            if (record.purpose == purpose && record.index < runs.size()) runs[record.index] = run_of(record);
        };
        if (service != nullptr) {
            std::ranges::for_each(service->commands(), note);
            // A forking service's main process is nobody's command: ExecStart= shows the command that forked it.
            bool const own = unit.service_type() != unit::ServiceType::forking;
            if (own && service->main_record()) note(*service->main_record());
        }
        into.add("Service", property, unit::show_commands(commands, runs));
        into.add("Service", std::string(property) + "Ex", unit::show_commands_ex(commands, runs));
    }
}

void describe_main(Service const* service, Properties& into) {
    auto const none = CommandRecord{};
    auto const& record = service != nullptr && service->main_record() ? *service->main_record() : none;
    auto const exit = record.exit.value_or(process::Exit{});
    add_stamp(into, "ExecMainStartTimestamp", record.started);
    add_stamp(into, "ExecMainExitTimestamp", exit.at);
    into.add("Service", "ExecMainPID", static_cast<std::uint32_t>(record.pid));
    into.add("Service", "ExecMainCode", record.exit ? code_of(exit) : 0);
    into.add("Service", "ExecMainStatus", std::int32_t{exit.status});
}

Value invocation(Service const* service) {
    List bytes{"y", {}};
    if (service == nullptr) return bytes;
    auto const& text = service->invocation();
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.items.emplace_back(
            base::parse_integer<std::uint8_t>(std::string_view(text).substr(i, 2), 16).value_or(0));
    return bytes;
}

/// PSS where we may read it, RSS else: what stands in for a memory controller that is not there.
std::uint64_t memory_of(procfs::Procfs& procfs, pid_t pid) {
    if (auto share = procfs.proportional_memory(pid)) return *share;
    auto const process = procfs.process(pid);
    return process ? process->resident : 0;
}

} // namespace

namespace detail {

void describe_service_life(Manager& manager, UnitRef ref, Properties& into) {
    auto const& unit = manager.graph().unit(ref);
    auto const* const service = manager.service(ref);
    auto const pid = [](std::optional<pid_t> id) { return static_cast<std::uint32_t>(id.value_or(0)); };
    into.add("Service", "MainPID", pid(service != nullptr ? service->main_pid() : std::nullopt));
    into.add("Service", "ControlPID", pid(service != nullptr ? service->control_pid() : std::nullopt));
    into.add("Service", "StatusText", service != nullptr ? service->status_text() : std::string());
    into.add("Service", "StatusErrno", std::int32_t{service != nullptr ? service->status_errno() : 0});
    into.add("Service", "Result",
             std::string(base::word(service != nullptr ? service->result() : ServiceResult::success)));
    into.add("Service", "ReloadResult",
             std::string(base::word(service != nullptr ? service->reload_result() : ServiceResult::success)));
    into.add("Service", "CleanResult", "success");
    into.add("Service", "NRestarts", service != nullptr ? service->restarts() : std::uint32_t{0});
    add_stamp(into, "WatchdogTimestamp", service != nullptr ? service->watchdog_stamp() : base::Stamp{});
    describe_main(service, into);
    describe_commands(unit, service, into);
    into.add("Unit", "InvocationID", invocation(service));
}

void describe_settings(Manager& manager, UnitRef ref, Properties& into) {
    auto const& unit = manager.graph().unit(ref);
    std::unordered_set<std::string> known;
    for (auto const& property : into.all())
        known.insert(property.name);
    auto const add = [&](std::string_view interface, std::string_view name, unit::Directive::Show show) {
        if (show == nullptr || name.empty() || (interface == "Service" && unit.type != unit::Type::service)) return;
        if (known.insert(std::string(name)).second) into.add(interface, name, show(unit));
    };
    for (auto const& directive : unit::directives())
        add(directive.bus_interface, directive.bus_name, directive.show);
    for (auto const& further : unit::further_properties())
        add(further.bus_interface, further.bus_name, further.show);
}

void describe_use(Manager& manager, UnitRef ref, Properties& into) {
    auto const& live = manager.live(ref);
    auto& groups = manager.around().groups;
    auto& procfs = manager.around().procfs;
    bool const grouped = groups.place() != cgroup::Place::none && !live.group.empty();
    bool const down = live.active == ActiveState::inactive || live.active == ActiveState::failed;
    // KillMode=process and none leave processes behind: they are shown for as long as they are there.
    bool const running = !live.group.empty() && (!down || !manager.processes_of(ref).empty());
    auto use = grouped && running ? groups.account(live.group) : cgroup::Accounting{};
    if (running && (!use.memory || !use.tasks || !use.cpu)) {
        std::uint64_t memory = 0, tasks = 0;
        base::Usec cpu{0};
        for (auto const pid : manager.processes_of(ref)) {
            auto const process = procfs.process(pid);
            if (!process) continue;
            memory += memory_of(procfs, pid);
            tasks += process->threads;
            cpu += process->cpu;
        }
        if (!use.memory) use.memory = memory;
        if (!use.tasks) use.tasks = tasks;
        if (!use.cpu) use.cpu = cpu;
    }
    auto const base = groups.base() == "/" ? std::string() : groups.base();
    // Without control groups the path names none, but systemctl asks for processes only where there is one.
    into.add("Service", "ControlGroup", running ? (grouped ? base : std::string()) + "/" + live.group : std::string());
    into.add("Service", "MemoryCurrent", use.memory.value_or(UINT64_MAX));
    into.add("Service", "CPUUsageNSec",
             use.cpu ? static_cast<std::uint64_t>(std::chrono::nanoseconds(*use.cpu).count()) : UINT64_MAX);
    into.add("Service", "TasksCurrent", use.tasks.value_or(UINT64_MAX));
}

} // namespace detail

std::vector<status::ProcessRow> describe_processes(Manager& manager, UnitRef ref) {
    std::vector<status::ProcessRow> rows;
    auto& procfs = manager.around().procfs;
    auto& groups = manager.around().groups;
    auto const& live = manager.live(ref);
    for (auto const pid : manager.processes_of(ref)) {
        auto const process = procfs.process(pid);
        if (!process) continue;
        std::string below;
        if (auto const path = groups.place() == cgroup::Place::none ? std::nullopt : groups.path_of(pid);
            path && path->size() > live.group.size() && path->starts_with(live.group + "/"))
            below = path->substr(live.group.size());
        rows.push_back({below, static_cast<std::uint32_t>(pid), static_cast<std::uint32_t>(process->parent),
                        procfs.command_line(pid)});
    }
    return rows;
}

} // namespace mitori::manager
