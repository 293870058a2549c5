#include "process/scope.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "process/detail/exit.hpp"
#include "process/detail/family.hpp"
#include "process/detail/poll.hpp"

namespace mitori::process {

namespace sys = base::sys;
using detail::Family;
using detail::read_stat;
using detail::Stat;

namespace {

std::atomic<bool> one_is_open = false;

/// The process that a pid names now, so that it can be signalled and nobody else: the descriptor comes first, and what
/// is read after that is either of the same process or of none.
struct Named {
    base::Fd pidfd;
    Stat stat;
};
std::optional<Named> name_live(pid_t pid) {
    auto pidfd = sys::pidfd_open(pid);
    if (!pidfd) return std::nullopt;
    auto const stat = read_stat(pid);
    if (!stat || stat->dead()) return std::nullopt;
    return Named{*std::move(pidfd), *stat};
}

Member member_of(Stat const& stat) {
    return {.pid = stat.pid, .parent = stat.parent, .group = stat.group, .session = stat.session, .start = stat.start};
}

} // namespace

/// What the rounds of one kill() know.
struct Scope::Sweep {
    std::set<std::pair<pid_t, std::uint64_t>> signalled;
    std::vector<pid_t> denied;
    std::size_t fresh = 0; ///< signalled in this round for the first time
    std::vector<pid_t> live;

    void begin() { fresh = 0, live.clear(), denied.clear(); }
};

base::Result<Scope> Scope::open() {
    if (one_is_open.exchange(true)) return base::make_error(EBUSY, "open scope", "this process has one");
    Scope scope;
    scope.open_ = true;
    scope.was_subreaper_ = sys::is_child_subreaper();
    scope.session_ = ::getsid(0);
    TRY(sys::set_child_subreaper());
    for (pid_t const pid : Family().children_of(::getpid()))
        if (auto const stat = read_stat(pid)) scope.spared_[pid] = stat->start;
    return scope;
}

Scope::Scope(Scope&& other) noexcept
    : open_(std::exchange(other.open_, false)),
      was_subreaper_(other.was_subreaper_),
      session_(other.session_),
      spared_(std::move(other.spared_)),
      held_(std::move(other.held_)) {}

Scope::~Scope() {
    if (!open_) return;
    if (!was_subreaper_) static_cast<void>(sys::clear_child_subreaper());
    one_is_open = false;
}

void Scope::hold(pid_t pid) {
    if (auto const stat = read_stat(pid)) held_[pid] = stat->start;
}

namespace {

bool names_the_same(std::map<pid_t, std::uint64_t> const& starts, pid_t pid) {
    auto const found = starts.find(pid);
    if (found == starts.end()) return false;
    auto const stat = read_stat(pid);
    return stat && stat->start == found->second;
}

} // namespace

bool Scope::is_held(pid_t pid) const { return names_the_same(held_, pid); }
bool Scope::is_spared(pid_t pid) const { return names_the_same(spared_, pid); }

std::expected<Process, SpawnError> Scope::start(Command const& command) {
    auto process = command.start();
    if (process) hold(process->child.pid());
    return process;
}

std::expected<Child, SpawnError> Scope::spawn(Plan const& plan) {
    auto child = process::spawn(plan);
    if (child) hold(child->pid());
    return child;
}

std::vector<Member> Scope::members() const {
    Family const family;
    std::vector<Member> members;
    std::set<pid_t> seen;
    std::vector<pid_t> todo{::getpid()};
    for (std::size_t n = 0; n < todo.size(); ++n)
        for (pid_t const pid : family.children_of(todo[n])) {
            if (!seen.insert(pid).second || (n == 0 && is_spared(pid))) continue;
            auto const stat = read_stat(pid);
            if (!stat) continue;
            if (!stat->dead()) members.push_back(member_of(*stat));
            todo.push_back(pid);
        }
    return members;
}

// -- signals

base::Result<std::size_t> Scope::signal_some(base::Signal signal, Which const& which) {
    std::set<std::pair<pid_t, std::uint64_t>> seen;
    std::size_t count = 0;
    std::optional<base::Error> denied;
    constexpr int most_rounds = 100;
    for (int round = 0; round < most_rounds; ++round) {
        bool fresh = false;
        for (auto const& member : members()) {
            if (!which(member) || !seen.emplace(member.pid, member.start).second) continue;
            auto const named = name_live(member.pid);
            if (!named || named->stat.start != member.start) continue;
            fresh = true;
            auto sent = sys::pidfd_send_signal(named->pidfd.get(), signal);
            if (sent) ++count;
            if (!sent && sent.error().number != ESRCH) denied = std::move(sent).error();
        }
        if (!fresh) break;
    }
    if (denied) return std::unexpected(*std::move(denied));
    return count;
}

base::Result<std::size_t> Scope::signal(base::Signal signal) {
    return signal_some(signal, [](Member const&) { return true; });
}

base::Result<std::size_t> Scope::signal_group(pid_t group, base::Signal signal) {
    return signal_some(signal, [group](Member const& member) { return member.group == group; });
}

base::Result<std::size_t> Scope::signal_session(pid_t session, base::Signal signal) {
    return signal_some(signal, [session](Member const& member) { return member.session == session; });
}

// -- the end of all

/// Top-down: each process gets its signal before its children are read.
void Scope::kill_round(Sweep& sweep) const {
    sweep.begin();
    Family const family;
    pid_t const self = ::getpid();
    std::set<pid_t> groups;
    std::vector<std::pair<pid_t, pid_t>> todo; // pid, parent
    for (pid_t const pid : family.children_of(self))
        if (!is_spared(pid)) todo.emplace_back(pid, self);
    for (std::size_t n = 0; n < todo.size(); ++n) {
        auto const [pid, parent] = todo[n];
        auto const named = name_live(pid);
        // Whose parent is neither the one it was found below nor us was somebody else's pid all the time.
        if (!named || (named->stat.parent != parent && named->stat.parent != self)) continue;
        auto const sent = sys::pidfd_send_signal(named->pidfd.get(), {SIGKILL});
        if (!sent && sent.error().number == EPERM) sweep.denied.push_back(pid);
        sweep.live.push_back(pid);
        if (sweep.signalled.emplace(pid, named->stat.start).second) ++sweep.fresh;
        for (pid_t const child : family.children_of(pid))
            todo.emplace_back(child, pid);
        if (named->stat.parent != self || is_held(pid)) continue;
        // It can neither run nor be reaped now, which keeps its group's number what it is. Sessions but our own were
        // begun below us. See the head of scope.hpp.
        auto const after = read_stat(pid);
        bool const below = after && after->group > 1 && after->session > 0 && after->session != session_;
        if (below && groups.insert(after->group).second) static_cast<void>(::kill(-after->group, SIGKILL));
    }
}

/// Nobody is left, for certain: see the head of scope.hpp.
bool Scope::settled() const {
    pid_t const self = ::getpid();
    auto const before = Family().children_of(self);
    for (pid_t const pid : before) {
        auto const stat = read_stat(pid);
        if (stat && !stat->dead() && !is_spared(pid)) return false;
    }
    return Family().children_of(self) == before;
}

base::Result<TreeKilled> Scope::kill(KillOptions const& options) {
    if (options.cgroup) TRY(options.cgroup());
    detail::Deadline const deadline(options.timeout);
    TreeKilled killed;
    Sweep sweep;
    for (;;) {
        ++killed.rounds;
        kill_round(sweep);
        std::ranges::move(TRY(reap()), std::back_inserter(killed.orphans));
        killed.signalled = sweep.signalled.size();
        if (sweep.live.empty() && settled()) break;
        bool const hopeless = sweep.fresh == 0 && !sweep.denied.empty() && sweep.denied.size() == sweep.live.size();
        if (deadline.passed() || hopeless)
            return base::make_error(sweep.denied.empty() ? ETIMEDOUT : EPERM, "kill tree",
                                    fmt::format("left: {}", fmt::join(sweep.live, " ")));
        // Those who have their signal already need the processor to die, not more signals.
        if (sweep.fresh == 0 && !sweep.live.empty())
            TRY(wait_for_change(std::min(deadline.left(), base::Usec(20'000))));
    }
    std::ranges::move(TRY(reap()), std::back_inserter(killed.orphans));
    return killed;
}

// -- orphans

base::Result<std::vector<OrphanEnd>> Scope::reap() {
    std::vector<OrphanEnd> ends;
    auto const take = [&](pid_t pid) -> base::Result<void> {
        rusage usage{};
        auto const info = sys::wait_pid(pid, WEXITED | WNOHANG | __WALL, &usage);
        if (info && info->si_pid == pid) ends.push_back({.pid = pid, .exit = detail::exit_of(*info, usage)});
        if (!info && info.error().number != ECHILD) return std::unexpected(info.error());
        return {};
    };
    for (;;) {
        auto const next = TRY(sys::peek_any_child());
        if (next.si_pid == 0) return ends;
        if (is_held(next.si_pid) || is_spared(next.si_pid)) break;
        TRY(take(next.si_pid));
    }
    // One with an owner stands in the way of the kernel's own list of those who have ended: go by the children's.
    for (pid_t const pid : Family().children_of(::getpid()))
        if (!is_held(pid) && !is_spared(pid)) TRY(take(pid));
    return ends;
}

base::Result<void> Scope::wait_for_change(base::Usec longest) const {
    constexpr std::size_t most = 256;
    std::vector<base::Fd> opened;
    std::vector<pollfd> watched;
    for (pid_t const pid : Family().children_of(::getpid())) {
        if (watched.size() == most || is_spared(pid)) continue;
        auto named = name_live(pid);
        if (!named) continue;
        watched.push_back({.fd = named->pidfd.get(), .events = POLLIN, .revents = 0});
        opened.push_back(std::move(named->pidfd));
    }
    if (watched.empty()) return {}; // has changed already
    TRY(detail::poll(watched, longest));
    return {};
}

base::Result<void> Scope::wait_all(base::Usec timeout, std::function<void(OrphanEnd const&)> const& on_end) {
    detail::Deadline const deadline(timeout);
    for (;;) {
        auto const ends = TRY(reap());
        if (on_end) std::ranges::for_each(ends, on_end);
        if (settled()) return {};
        if (deadline.passed())
            return base::make_error(ETIMEDOUT, "wait for tree", fmt::format("{} processes left", members().size()));
        // An orphan of a deeper level comes without a word: its zombie would wait for the next event, hence the second.
        TRY(wait_for_change(std::min(deadline.left(), base::Usec(1'000'000))));
    }
}

} // namespace mitori::process
