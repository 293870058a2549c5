// The manager as the host of its services: processes, groups, timers.
#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "exec/directories.hpp"
#include "exec/plan.hpp"
#include "manager/manager.hpp"
#include "manager/path_watch.hpp"

namespace mitori::manager {
namespace {

process::SpawnError as_spawn_error(base::Error error) { return {process::Stage::spawn, std::move(error)}; }

/// How late a timer may be, so that many wake up at once.
constexpr base::Usec slack = std::chrono::milliseconds(5);

std::string file_name(std::string const& path) { return path.substr(path.rfind('/') + 1); }

/// Whose words these are: systemd.exec(5), "LOGGING AND STANDARD INPUT/OUTPUT".
StreamOrder stream_order(unit::Unit const& settings, SpawnOrder const& order, exec::Place const& place) {
    auto const& exec = *settings.exec;
    using Privileges = unit::ExecCommand::Privileges;
    bool const own = !order.facts.identity || order.command.privileges == Privileges::full ||
                     order.command.privileges == Privileges::no_setuid;
    StreamOrder wish{.unit = settings.id,
                     .invocation = order.facts.invocation_id,
                     .identifier =
                         exec.syslog_identifier.empty() ? file_name(order.command.path) : exec.syslog_identifier,
                     .facility = static_cast<std::uint8_t>(exec.syslog_facility),
                     .level = static_cast<std::uint8_t>(exec.syslog_level),
                     .level_prefix = exec.syslog_level_prefix,
                     .extra_fields = exec.log_extra_fields,
                     .rate_interval = exec.log_rate_limit_interval,
                     .rate_burst = exec.log_rate_limit_burst,
                     .console = exec::wants_console(exec),
                     .owner = own ? place.uid : order.facts.identity->uid,
                     .group_owner = own ? place.host.gid : order.facts.identity->gid};
    if (exec.log_level_max) wish.level_max = static_cast<std::uint8_t>(*exec.log_level_max);
    return wish;
}

} // namespace

/// A start that is ready to be sent.
struct Manager::Prepared {
    process::Plan plan;
    std::vector<base::Fd> lent;
    std::optional<StreamId> stream;
    uid_t uid = 0; ///< who will write to it
};

// -- starts, and what becomes of them

std::expected<process::SpawnId, process::SpawnError> Manager::spawn(UnitRef unit, SpawnOrder order) {
    auto prepared = prepare(unit, order);
    if (!prepared) return std::unexpected(prepared.error());
    auto const id = children_->submit(unit, std::move(prepared->plan), std::move(prepared->lent));
    if (!prepared->stream) return id;
    // The daemon of a forking service goes on writing where its parent wrote.
    bool const parts =
        order.purpose == exec::Purpose::start && at(unit).service->unit().service_type() == unit::ServiceType::forking;
    last_words_.bind(unit, {.stream = *prepared->stream,
                            .spawn = id,
                            .uid = prepared->uid,
                            .span = parts ? LastWords::Span::life : LastWords::Span::process});
    return id;
}

std::expected<Manager::Prepared, process::SpawnError> Manager::prepare(UnitRef unit, SpawnOrder& order) {
    Prepared prepared;
    if (auto gathered = gather(unit, order, prepared); !gathered) return std::unexpected(gathered.error());
    auto const& settings = at(unit).service->unit();
    auto plan = exec::make_plan(settings, order.command, order.purpose, order.facts, options_.place);
    if (plan) {
        prepared.plan = std::move(*plan);
        return prepared;
    }
    if (prepared.stream) around_.output->close(*prepared.stream);
    return std::unexpected(as_spawn_error(plan.error()));
}

// The stream comes last: nothing can go wrong any more that would have to close it.
std::expected<void, process::SpawnError> Manager::gather(UnitRef unit, SpawnOrder& order, Prepared& into) {
    auto const& settings = at(unit).service->unit();
    auto identity = exec::resolve_identity(settings.exec, options_.place);
    if (!identity) return std::unexpected(identity.error());
    order.facts.identity = std::move(*identity);
    if (auto safe = exec::check_safe(settings, order.facts); !safe)
        return std::unexpected(as_spawn_error(safe.error()));
    auto files = exec::read_environment_files(settings.exec);
    if (!files) return std::unexpected(as_spawn_error(files.error()));
    order.facts.file_environment = std::move(*files);

    auto& live = at(unit);
    order.facts.monitor_environment = live.monitor;
    if (around_.groups.place() != cgroup::Place::none) {
        if (auto made = around_.groups.make(live.group); !made) return std::unexpected(as_spawn_error(made.error()));
        if (std::exchange(live.begun, false)) set_bounds(unit);
        order.facts.joins = live.joins;
        auto group = around_.groups.open(live.group);
        if (!group) return std::unexpected(as_spawn_error(group.error()));
        order.facts.cgroup = group->get();
        into.lent.push_back(std::move(*group));
    }
    if (unit::input_kind(*settings.exec) == unit::Input::data) {
        auto data = base::sys::sealed_memfd(settings.id, settings.exec->input_data);
        if (!data) return std::unexpected(as_spawn_error(data.error()));
        order.facts.input_data = data->get();
        into.lent.push_back(std::move(*data));
    }
    if (auto opened = open_stream(unit, order, into); !opened) return std::unexpected(as_spawn_error(opened.error()));
    return {};
}

base::Result<void> Manager::open_stream(UnitRef unit, SpawnOrder& order, Prepared& into) {
    auto const& settings = at(unit).service->unit();
    if (around_.output == nullptr || !exec::wants_log(*settings.exec)) return {};
    bool const grouped = around_.groups.place() != cgroup::Place::none;
    auto wish = stream_order(settings, order, options_.place);
    if (grouped) wish.group = at(unit).group;
    auto stream = TRY(around_.output->open(wish));
    order.facts.log = exec::LogStream{stream.write.get(), stream.name};
    into.lent.push_back(std::move(stream.write));
    into.stream = stream.id;
    into.uid = wish.owner;
    return {};
}

Children::Owner Manager::hear_of_children() {
    return {
        .started =
            [this](UnitRef unit, process::SpawnId id, process::Child child) {
                at(unit).sessions.push_back(child.pid());
                last_words_.started(unit, id, child.pid());
                auto const pid = child.pid();
                service_at(unit).on_started(id, std::move(child));
                burials_.started(unit, service_at(unit), pid, now());
            },
        .executed =
            [this](UnitRef unit, process::SpawnId id) {
                service_at(unit).on_executed(id);
                burials_.runs(unit, service_at(unit), id);
                last_words_.reported(unit, id);
            },
        .failed =
            [this](UnitRef unit, process::Failed const& failed) {
                service_at(unit).on_spawn_failed(failed.id, failed.stage, {failed.number, {}, failed.subject});
                last_words_.reported(unit, failed.id);
            },
        .exited =
            [this](UnitRef unit, Role role, pid_t pid, process::Exit const& exit) {
                bool const ran_out = look_for_oom(unit);
                bury(pid, exit, unit, role);
                if (ran_out) service_at(unit).on_oom();
                last_words_.ended(unit, pid, [this, unit, role, exit] {
                    service_at(unit).on_exit(role, exit);
                    look_for_empty();
                });
            },
        .dying = [this](status::Death remains) { burials_.dying(std::move(remains)); },
        .orphan_ended = [this](pid_t pid, process::Exit const& exit) { bury(pid, exit, std::nullopt, std::nullopt); },
        .reported =
            [this] {
                for (auto& early : std::exchange(early_, {}))
                    on_notification(std::move(early));
            },
        .orphan_reaped = [this] { look_for_empty(); },
        .drained =
            [this] {
                if (!held_back_.empty()) wake();
            },
    };
}

void Manager::tell_empty(UnitRef unit) {
    last_words_.follow(unit, [this, unit] { service_at(unit).on_empty(); });
}

void Manager::forget(UnitRef unit, pid_t pid) {
    // An end that waited has been reaped: its pid may be somebody else's by now.
    if (!last_words_.forget(unit, pid)) children_->forget(pid);
}

Held Manager::hold(UnitRef unit, Role role, process::Child child) {
    return children_->hold(unit, role, std::move(child));
}

std::optional<process::Child> Manager::adopt(UnitRef unit, pid_t pid, std::string& why) {
    if (pid == ::getpid()) {
        why = fmt::format("pid {} is the manager itself", pid);
        return std::nullopt;
    }
    // First the pidfd, then the question whose it is: so the answer cannot be about another process of the same pid.
    auto pidfd = base::sys::pidfd_open(pid);
    if (!pidfd) {
        why = fmt::format("there is no process {}", pid);
        return std::nullopt;
    }
    auto const process = around_.procfs.process(pid);
    if (!process || process->state == 'Z') {
        why = fmt::format("process {} has ended", pid);
        return std::nullopt;
    }
    if (!tracking_->owns(marks(unit), pid) && !is_unclaimed_orphan(*process)) {
        why = fmt::format("process {} does not belong to {}", pid, graph_.name(unit));
        return std::nullopt;
    }
    // A daemon has made a session of its own. Its workers stay in there when it ends, and may bear no other mark.
    note_session(unit, pid);
    return process::Child(pid, std::move(*pidfd));
}

// Without control groups a daemon that has left its session and written over its environment (nginx does, for its
// title) bears no mark. That it is an orphan of ours which no unit claims is enough for the unit that names it.
bool Manager::is_unclaimed_orphan(procfs::Process const& process) {
    return around_.groups.place() == cgroup::Place::none && process.parent == ::getpid() && !unit_of(process.pid);
}

// -- whose processes

Marks Manager::marks(UnitRef unit) {
    auto& live = at(unit);
    Marks marks{live.group, live.service ? live.service->invocation() : std::string(), {}};
    if (around_.groups.place() != cgroup::Place::none || !live.service) return marks;
    for (auto const& pid : {live.service->main_pid(), live.service->control_pid()})
        if (pid) marks.leaders.push_back(*pid);
    // A daemon may make its session only after it has been adopted, and then write over its environment (nginx).
    for (auto const pid : marks.leaders)
        note_session(unit, pid);
    marks.sessions = live.sessions;
    return marks;
}

void Manager::note_session(UnitRef unit, pid_t pid) {
    auto& sessions = at(unit).sessions;
    auto const process = around_.procfs.process(pid);
    auto const self = around_.procfs.process(::getpid());
    if (!process || !self || process->session == self->session) return;
    if (std::ranges::find(sessions, process->session) == sessions.end()) sessions.push_back(process->session);
}

std::vector<pid_t> Manager::processes(UnitRef unit) {
    if (at(unit).group.empty()) return {};
    return tracking_->processes(marks(unit));
}

bool Manager::populated(UnitRef unit) { return !at(unit).group.empty() && tracking_->populated(marks(unit)); }

std::optional<pid_t> Manager::only_child(std::vector<pid_t> const& pids) {
    std::optional<pid_t> only;
    for (auto const pid : pids) {
        auto const process = around_.procfs.process(pid);
        if (!process || process->parent != ::getpid()) continue;
        if (only) return std::nullopt;
        only = pid;
    }
    return only;
}

bool Manager::signal(UnitRef unit, process::Child const& child, base::Signal signal) {
    burials_.sent(unit, at(unit).service.get(), signal);
    return children_->signal(child, signal);
}

bool Manager::signal_all(UnitRef unit, base::Signal signal, std::vector<pid_t> const& spare) {
    burials_.sent(unit, at(unit).service.get(), signal);
    return !at(unit).group.empty() && tracking_->signal(marks(unit), signal, spare);
}

void Manager::watch_empty(UnitRef unit) {
    auto& live = at(unit);
    if (around_.groups.place() != cgroup::Place::none) {
        if (around_.groups.watch_empty(live.group)) return;
    }
    if (!live.waits_empty) waiting_empty_.push_back(unit);
    live.waits_empty = true;
}

// Without control groups the last process of a unit ends as our orphan, or as our child: each end is a reason to look.
void Manager::look_for_empty() {
    for (auto const unit : std::exchange(waiting_empty_, {})) {
        at(unit).waits_empty = false;
        if (populated(unit))
            watch_empty(unit);
        else
            tell_empty(unit);
    }
}

// -- timers and watches: a watch that cannot be made is said, and the state then has no time-out

loop::WatchPtr Manager::timer(base::Usec monotonic, std::function<void()> handler) {
    auto watch = around_.loop.at(monotonic, slack, std::move(handler));
    if (watch) return std::move(*watch);
    base::log(base::Priority::err, "no timer: {}", watch.error().message());
    return nullptr;
}

loop::WatchPtr Manager::watch_path(std::string const& path, std::function<void()> handler) {
    auto watch = manager::watch_path(around_.loop, path, std::move(handler));
    if (watch) return std::move(*watch);
    base::log(base::Priority::err, "cannot watch {}: {}", path, watch.error().message());
    return nullptr;
}

loop::WatchPtr Manager::when_idle(std::function<void()> handler) {
    // systemd.service(5), Type=idle: at most five seconds, less if nothing else is to be done. Jobs that only wait for
    // this one do not count as something else.
    auto const jobs = jobs_.all();
    auto const others = std::ranges::count_if(jobs, [](Job const& job) { return job.state == JobState::running; });
    auto const wait = others > 1 ? std::chrono::seconds(5) : std::chrono::seconds(0);
    return timer(now().monotonic + wait, std::move(handler));
}

// -- lives

void Manager::know_group(UnitRef unit) {
    auto& live = at(unit);
    if (!live.group.empty()) return;
    auto const& settings = graph_.unit(unit);
    live.group = group_path(settings.id, settings.slice);
    unit_of_group_[live.group] = unit;
}

std::string Manager::new_invocation(UnitRef unit) {
    know_group(unit);
    at(unit).sessions.clear();
    std::array<std::byte, 16> bytes{};
    if (auto filled = base::sys::random_bytes(bytes); !filled)
        base::log(base::Priority::err, "{}", filled.error().message());
    std::string text;
    for (auto const byte : bytes)
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned>(byte));
    return text;
}

void Manager::remove_group(Live& live) {
    auto const removed = around_.groups.remove(live.group);
    if (removed) live.bounded = live.counts_oom = false;
    if (!removed && removed.error().number != EBUSY) base::log(base::Priority::notice, "{}", removed.error().message());
}

void Manager::clean_up(UnitRef unit, Again again) {
    auto& live = at(unit);
    last_words_.rest(unit);
    if (around_.groups.place() != cgroup::Place::none && !live.group.empty()) say_usage(unit, again);
    if (live.service && !live.service->main_pid() && !live.service->control_pid()) {
        around_.groups.unwatch(live.group);
        // Left alone where somebody is still inside: KillMode=process and none leave processes behind.
        if (around_.groups.place() != cgroup::Place::none && again == Again::no) remove_group(live);
    }
    auto const& settings = live.service ? live.service->unit() : graph_.unit(unit);
    auto const& exec = *settings.exec;
    using Preserve = unit::PreserveDirectory;
    bool const keep = exec.runtime_directory_preserve == Preserve::yes ||
                      (exec.runtime_directory_preserve == Preserve::restart && again == Again::yes);
    if (keep) return;
    for (auto const& path : exec::runtime_paths(settings, options_.place))
        if (auto removed = base::sys::remove_tree(path); !removed && removed.error().number != ENOENT)
            base::log(base::Priority::warning, "{}", removed.error().message());
}

void Manager::say(UnitRef unit, Message message) {
    message.text = fmt::format("{}: {}", graph_.name(unit), message.text);
    record(unit, message);
}

void Manager::record(UnitRef unit, Message const& message) {
    if (around_.output == nullptr) return base::log(message.priority, "{}", message.text);
    auto const* const known = at(unit).service.get();
    around_.output->say(graph_.name(unit), known != nullptr ? known->invocation() : std::string(), message);
}

void Manager::say_usage(UnitRef unit, Again again) {
    auto& live = at(unit);
    auto const cpu = around_.groups.account(live.group).cpu;
    if (!cpu) return;
    if (*cpu > live.cpu_before) say(unit, usage_message(*cpu - live.cpu_before));
    live.cpu_before = again == Again::yes ? *cpu : base::Usec(0);
}

// A child may run, and say that it is ready, before the spawner has told of it. What comes from somebody who may not
// speak (yet) waits as long as there can be such a child; its unit is the one that it had then.
void Manager::on_notification(Notification notification) {
    constexpr std::size_t most = 1024; // a stranger's flood is not kept
    auto const& [message, sender, known] = notification;
    if (!known) notification.unit = unit_of(sender);
    auto const unit = notification.unit;
    bool const heard = unit && at(*unit).service && at(*unit).service->may_notify(sender, true);
    if (!heard && children_->expecting() && early_.size() < most) return early_.push_back(std::move(notification));
    if (!unit || !at(*unit).service)
        return base::log(base::Priority::debug, "notification from pid {}, which is of no unit", sender);
    last_words_.follow(*unit, [this, unit = *unit, message, sender] { hear(unit, message, sender); });
}

void Manager::hear(UnitRef unit, NotifyMessage const& message, pid_t sender) {
    auto& service = *at(unit).service;
    if (!service.may_notify(sender, true))
        return say(
            unit, base::Priority::warning,
            fmt::format("Got notification message from PID {}, but reception is not permitted for it (NotifyAccess=)",
                        sender));
    service.on_notify(message, sender);
}

} // namespace mitori::manager
