// Control groups: one per unit, so that a unit's processes are known however they hide. One face, three places:
//
//     unified   cgroup v2 at its usual place, controllers and all
//     hybrid    v1 controllers; v2 mounted beside them (…/unified) for tracking and cgroup.kill
//     none      no writable v2: every call that needs one answers ENOTSUP, and the manager tracks by other means
//
// Paths are relative to the base group, the group in which the manager may do as it likes ("" is the base itself,
// "system.slice/nginx.service" a unit's). The manager itself moves into <base>/init.scope where v2 forbids processes in
// inner groups. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/fd.hpp"
#include "base/names.hpp"
#include "base/result.hpp"
#include "base/signal.hpp"
#include "base/time.hpp"
#include "cgroup/limits.hpp"

namespace mitori::cgroup {

enum class Place { unified, hybrid, none };

/// What the kernel has counted; empty where nobody counts it here. CPU time and threads can be had without controllers.
struct Accounting {
    std::optional<base::Usec> cpu;
    std::optional<std::uint64_t> memory;      ///< bytes
    std::optional<std::uint64_t> memory_peak; ///< bytes
    std::optional<std::uint64_t> tasks;       ///< threads
};

class Groups {
public:
    virtual ~Groups() = default;

    [[nodiscard]] virtual Place place() const = 0;
    /// Why the place is what it is, in a sentence for people.
    [[nodiscard]] virtual std::string reason() const = 0;
    /// The base as /proc/<pid>/cgroup shows it, "/" or "/user.slice/…": prefix of a unit's ControlGroup property.
    [[nodiscard]] virtual std::string base() const = 0;

    /// Makes the group and its parents; an existing one is fine.
    [[nodiscard]] virtual base::Result<void> make(std::string const& path) = 0;
    /// A directory descriptor for PlanBuilder::born_in_cgroup.
    [[nodiscard]] virtual base::Result<base::Fd> open(std::string const& path) = 0;
    /// Every process in the group and the groups below it. A group that does not exist has none.
    [[nodiscard]] virtual base::Result<std::vector<pid_t>> pids(std::string const& path) = 0;
    [[nodiscard]] virtual base::Result<bool> populated(std::string const& path) = 0;
    /// SIGKILL goes by cgroup.kill where there is one (5.14): no fork can escape it. Other signals go to each process
    /// by pidfd, after looking that it still is a member, and again to those who have come meanwhile. The caller itself
    /// is always spared. Returns how many were signalled; a group that does not exist has none.
    [[nodiscard]] virtual base::Result<std::size_t> kill(std::string const& path, base::Signal signal,
                                                         std::vector<pid_t> const& spare = {}) = 0;
    /// Removes the group and those below it, deepest first. EBUSY while a process is inside. Absent is fine.
    [[nodiscard]] virtual base::Result<void> remove(std::string const& path) = 0;
    /// Bounds for the group, which exists. The directories in the answer are lent for as long as the group is there.
    struct Bounds {
        std::vector<int> joins;           ///< of v1 groups, which each process has to join before its exec
        std::vector<std::string> refused; ///< a sentence for each limit that is not to be had here
    };
    [[nodiscard]] virtual Bounds limit(std::string const& path, Limits const& limits) = 0;
    /// How many processes of the group the kernel has ended because memory ran out, in it or above it; nothing where
    /// nobody counts that. To be asked before the group is removed.
    [[nodiscard]] virtual std::optional<std::uint64_t> oom_kills(std::string const& path) = 0;
    /// The limit that was hit when such a process was ended: of the group itself or of the nearest one above it that
    /// has one. Without `bytes`: no group's, so it was the machine's memory.
    struct OomLimit {
        std::optional<std::uint64_t> bytes;
        std::string group; ///< as in /proc/pid/cgroup
    };
    [[nodiscard]] virtual OomLimit oom_limit(std::string const& path) = 0;
    /// Asks to be told by take_oom() when that number may have grown, until the group is removed: it is asked for again
    /// then, and where it has not grown, a moment later once more.
    [[nodiscard]] virtual base::Result<void> watch_oom(std::string const& path) = 0;
    [[nodiscard]] virtual std::vector<std::string> take_oom() = 0;
    [[nodiscard]] virtual Accounting account(std::string const& path) = 0;
    /// The group of a process as a path below the base; nothing when it lives elsewhere.
    [[nodiscard]] virtual std::optional<std::string> path_of(pid_t pid) = 0;

    /// Asks to be told when the group is empty: once, by its path in take_empty(). One that is empty already is told of
    /// at once, so ask after the start of its first process.
    [[nodiscard]] virtual base::Result<void> watch_empty(std::string const& path) = 0;
    virtual void unwatch(std::string const& path) = 0;
    /// Readable when take_empty() or take_oom() may have something; -1 where the place is none. One for all groups (an
    /// epoll descriptor over one inotify(7) descriptor).
    [[nodiscard]] virtual int events() const = 0;
    [[nodiscard]] virtual std::vector<std::string> take_empty() = 0;
};

struct OpenOptions {
    /// Where /proc/mounts and /proc/self/cgroup are read from: tests give a fake tree.
    std::string proc = "/proc";
    /// A group below our own in which to work, e.g. "mitori": so that a manager beside another init keeps to itself.
    /// Empty: our own group is the base (PID 1, or a delegated group that we are alone in).
    std::string below;
};
/// Where controllers can be had and `below` is empty, the calling process moves into <base>/init.scope; processes that
/// it has started before stay where they are and keep the controllers away.
/// Never fails: where nothing works the answer is a Groups whose place is none and whose reason says why.
[[nodiscard]] std::unique_ptr<Groups> open_groups(OpenOptions const& options = {});

} // namespace mitori::cgroup

template <>
struct mitori::base::Names<mitori::cgroup::Place> {
    using Place = mitori::cgroup::Place;
    static constexpr auto table = std::to_array<Name<Place>>({
        {Place::unified, "unified"},
        {Place::hybrid, "hybrid"},
        {Place::none, "none"},
    });
};
