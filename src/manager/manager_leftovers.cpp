// The manager's side of leftovers.hpp: keeping the record of each unit, and taking care of what the last one left.
#include <cerrno>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "manager/manager.hpp"

namespace mitori::manager {
namespace {

bool is_up(ActiveState state) { return state == ActiveState::active || state == ActiveState::reloading; }

/// Enough to know them by; a fork bomb's whole brood would fill the log.
constexpr std::size_t most_named = 8;

} // namespace

std::string Manager::records() const { return options_.runtime_directory + "/units"; }

// With control groups a unit's processes are found without its record: it is worth writing only when it says which of
// them is the main one. Without, everything that may have a process needs one.
void Manager::keep_record(UnitRef unit) {
    auto& live = at(unit);
    if (!live.service) return;
    auto const& service = *live.service;
    bool const rests = entry_act(service.state()) == Act::rest || service.state() == ServiceState::auto_restart;
    bool const wanted = !rests && (is_up(live.active) || around_.groups.place() == cgroup::Place::none);
    auto const main = service.main_pid().value_or(0);
    auto key = !wanted ? std::string() : fmt::format("{} {} {}", service.invocation(), main, is_up(live.active));
    if (key == live.record) return;
    live.record = std::move(key);
    auto const path = records() + "/" + graph_.name(unit);
    if (!wanted) {
        static_cast<void>(base::sys::unlink(path));
        return;
    }
    auto const process = main != 0 ? around_.procfs.process(main) : std::nullopt;
    UnitRecord const record{.boot = boot_,
                            .invocation = service.invocation(),
                            .state = std::string(base::word(service.state())),
                            .main = main,
                            .main_start = process ? process->start_ticks : 0};
    if (auto written = base::sys::write_file(path, show_record(record), 0600); !written)
        say(unit, base::Priority::notice, "the next manager will not know it: " + written.error().message());
}

base::Result<void> Manager::take_leftovers() {
    boot_ = read_boot_id();
    auto const found = find_leftovers(records(), around_.groups, around_.procfs);
    for (auto const& one : found)
        take_leftover(one);
    TRY(base::sys::make_directories(records(), 0700));
    return {};
}

void Manager::take_leftover(Found const& found) {
    auto const unit = graph_.add(found.unit);
    static_cast<void>(base::sys::unlink(records() + "/" + found.unit));
    bool const adopt = options_.leftovers == Leftovers::adopt;
    // Up without a process: RemainAfterExit=.
    bool const exited = found.record.state == base::word(ServiceState::exited);
    if (graph_.unit(unit).type != unit::Type::service || (found.pids.empty() && !(adopt && exited))) return;
    say_leftover(unit, found);
    if (options_.leftovers == Leftovers::leave) return;

    know_group(unit);
    for (auto const pid : found.pids)
        take_in(unit, pid);
    auto const state = base::value_of<ServiceState>(found.record.state);
    bool const was_up = state && is_up(active_state(*state));
    if (adopt && !was_up)
        say(unit, base::Priority::notice, "It was not up when the last manager ended: it is ended, not adopted");
    auto& service = service_at(unit);
    service.take_settings(graph_.unit_ptr(unit));
    service.resume({.invocation = found.record.invocation,
                    .main = found.main,
                    .to = adopt && was_up ? Service::Resumed::To::run : Service::Resumed::To::end});
}

void Manager::say_leftover(UnitRef unit, Found const& found) {
    std::vector<std::string> names;
    for (auto const pid : found.pids)
        if (names.size() < most_named) names.push_back(fmt::format("{} ({})", pid, around_.procfs.command_line(pid)));
    if (found.pids.size() > most_named) names.push_back(fmt::format("{} more", found.pids.size() - most_named));
    auto const verb = options_.leftovers == Leftovers::end     ? "ending"
                      : options_.leftovers == Leftovers::adopt ? "adopting"
                                                               : "leaving";
    auto const what =
        found.pids.empty() ? std::string("no process, but it was up") : fmt::format("{}", fmt::join(names, ", "));
    say(unit, base::Priority::notice, fmt::format("Left over from the last manager, {} it: {}", verb, what));
}

// Not our child, and no group tells when it has gone: its end is one more reason to look for empty units.
void Manager::watch_stranger(pid_t pid) {
    auto pidfd = base::sys::pidfd_open(pid);
    if (!pidfd) return;
    auto watch =
        around_.loop.on_ready(pidfd->get(), loop::Interest::read, loop::Urgency::exit, [this, pid](loop::Ready) {
            auto const gone = strangers_.extract(pid);
            look_for_empty();
        });
    if (watch) strangers_.insert_or_assign(pid, Held{process::Child(pid, std::move(*pidfd)), std::move(*watch)});
}

// A manager that runs in another control group than the last one has the unit's group elsewhere: the process moves.
void Manager::take_in(UnitRef unit, pid_t pid) {
    auto& live = at(unit);
    if (around_.groups.place() == cgroup::Place::none) {
        if (auto const process = around_.procfs.process(pid)) live.sessions.push_back(process->session);
        return watch_stranger(pid);
    }
    auto const path = around_.groups.path_of(pid);
    if (path && (*path == live.group || path->starts_with(live.group + "/"))) return;
    auto const moved = [&]() -> base::Result<void> {
        TRY(around_.groups.make(live.group));
        auto const group = TRY(around_.groups.open(live.group));
        auto const members = TRY(base::sys::open_at(group.get(), "cgroup.procs", O_WRONLY));
        return base::sys::write_all(members.get(), fmt::format("{}", pid));
    }();
    if (!moved && moved.error().number != ESRCH)
        say(unit, base::Priority::warning,
            fmt::format("process {} cannot be moved to its control group: {}", pid, moved.error().message()));
}

} // namespace mitori::manager
