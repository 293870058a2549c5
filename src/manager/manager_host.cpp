// The manager as the host of its services: processes, groups, timers, lives.
#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "exec/directories.hpp"
#include "manager/manager.hpp"
#include "manager/path_watch.hpp"

namespace mitori::manager {
namespace {

/// How late a timer may be, so that many wake up at once.
constexpr base::Usec slack = std::chrono::milliseconds(5);

} // namespace

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

} // namespace mitori::manager
