// A scope: all that this process starts, and all that those start, however they hide.
//
// A child can fork and let its parent die, begin a new session, or clear its environment: it stays a descendant. While
// a Scope is open this process is a subreaper (prctl(2), PR_SET_CHILD_SUBREAPER): a descendant whose parent has ended
// becomes our own child, never init's. So the tree that hangs below us is complete at every moment, and
// /proc/PID/task/TID/children tells it.
//
// Words
//   member   a live descendant of this process; not those spared.
//   spared   children that were there when the scope was opened, and what is below them as long as it is below them.
//   held     a child that was started through the scope: its exit is its owner's, who has the Child.
//   orphan   a member that has become our child otherwise. Nobody has a Child for it: reap() takes its end.
//
// While a Scope is open, start children through it only: one that was started beside it would be taken for an orphan.
//
// How a tree is killed that forks while it is killed (without a cgroup)
//   Each round goes down the tree from the top. A process is named by its pidfd, opened first and then compared with
//   /proc (parent, start time), so that the signal can meet nobody else. After SIGKILL has been sent to a process it
//   makes no child any more: fork(2) gives up when a signal waits (the kernel looks under the same lock). So its list
//   of children, read after the signal, is final, and what a dead parent leaves behind comes to us and is found in the
//   next round. An orphan in a session that was begun below us has its whole group killed at once, which not even a
//   process that does nothing but fork and end can outrun; the group's number cannot be another's, because we have not
//   reaped the orphan.
//   It is over when two looks at our children, one after the other, show the same, and each of them was a zombie (or
//   spared) in between: a zombie's children have come to us before it became one, so nobody can be missing.
//   Why it ends: a member survives a round only if it was born in it, of a parent that was killed in the same round. A
//   round costs less per process than a fork does, so each is smaller than the one before; what changes group and
//   session with every fork is met by chance, in each round anew. The deadline is for what the kernel itself holds
//   (state D), or what may not be signalled (EPERM: a setuid program of another user).
//   With a cgroup the caller passes cgroup.kill in, which ends all at once; the rounds then find only what has left it.
//
// What a scope cannot know: a process that root moved into another pid namespace (its orphans go to the init there).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/signal.hpp"
#include "base/time.hpp"
#include "process/command.hpp"

namespace mitori::process {

/// One live process of the tree, as it was a moment ago.
struct Member {
    pid_t pid = 0;
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    std::uint64_t start = 0; ///< ticks since boot
};

/// How an orphan ended.
struct OrphanEnd {
    pid_t pid = 0;
    Exit exit;
};

struct KillOptions {
    /// ETIMEDOUT then, naming who is left.
    base::Usec timeout = std::chrono::seconds(30);
    /// Kills a cgroup that all members were born in, at once (cgroup.kill). Called first. Take a new cgroup for the
    /// next tree: Linux 6.14 and later kill whatever is born (CLONE_INTO_CGROUP) in one that was killed before.
    std::function<base::Result<void>()> cgroup{};
};

struct TreeKilled {
    std::size_t signalled = 0;      ///< processes; not those that a cgroup killed
    std::size_t rounds = 0;         ///< looks at the tree
    std::vector<OrphanEnd> orphans; ///< their ends. Those held are their owners' to take.
};

/// One in a process at a time. It belongs to one thread; the owners of its children may be others. Installs no signal
/// handler; works with SIGCHLD handled, ignored or blocked. Not for signal handlers.
class Scope {
public:
    /// EBUSY where this process has one.
    [[nodiscard]] static base::Result<Scope> open();
    Scope(Scope&& other) noexcept;
    Scope& operator=(Scope&&) = delete;
    /// Kills nothing and reaps nothing; the process is a subreaper no longer, if it was none before.
    ~Scope();

    [[nodiscard]] std::expected<Process, SpawnError> start(Command const& command);
    [[nodiscard]] std::expected<Child, SpawnError> spawn(Plan const& plan);

    /// A parent before its children. What forks meanwhile may be missing.
    [[nodiscard]] std::vector<Member> members() const;

    /// To each member once, and again to those who were born meanwhile, until a look finds nobody new (or a hundred
    /// looks have). How many got it. For SIGKILL kill() does better. EPERM when somebody may not be signalled, after
    /// all others have been.
    [[nodiscard]] base::Result<std::size_t> signal(base::Signal signal);
    /// The same, to the members of one group, or one session, only.
    [[nodiscard]] base::Result<std::size_t> signal_group(pid_t group, base::Signal signal);
    [[nodiscard]] base::Result<std::size_t> signal_session(pid_t session, base::Signal signal);

    /// Returns when no member is left.
    [[nodiscard]] base::Result<TreeKilled> kill(KillOptions const& options = {});

    /// Takes the ends of all orphans that have ended so far; never waits. A program that gets SIGCHLD anyway can call
    /// it at each.
    [[nodiscard]] base::Result<std::vector<OrphanEnd>> reap();
    /// Waits until no member is left, reaping orphans on the way; ETIMEDOUT, with what was reaped lost to the caller,
    /// when that takes longer. `on_end` is told of each as it is reaped.
    [[nodiscard]] base::Result<void> wait_all(base::Usec timeout,
                                              std::function<void(OrphanEnd const&)> const& on_end = {});

private:
    struct Sweep;
    using Which = std::function<bool(Member const&)>;
    Scope() = default;
    void hold(pid_t pid);
    [[nodiscard]] bool is_held(pid_t pid) const;
    [[nodiscard]] bool is_spared(pid_t pid) const;
    [[nodiscard]] bool settled() const;
    void kill_round(Sweep& sweep) const;
    [[nodiscard]] base::Result<std::size_t> signal_some(base::Signal signal, Which const& which);
    [[nodiscard]] base::Result<void> wait_for_change(base::Usec longest) const;

    using StartTimes = std::map<pid_t, std::uint64_t>;
    bool open_ = false;
    bool was_subreaper_ = false;
    pid_t session_ = 0;
    StartTimes spared_;
    StartTimes held_;
};

} // namespace mitori::process
