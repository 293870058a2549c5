// Whose is a process? By control group where there are any; else by the marks that a child cannot easily lose: the
// INVOCATION_ID in its environment, the session that it was started in, and its way up to a known process.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/signal.hpp"
#include "cgroup/groups.hpp"
#include "manager/graph.hpp"
#include "procfs/snapshot.hpp"

namespace mitori::manager {

/// What identifies a unit's processes. Sessions are those that its commands were started in (each child leads one).
struct Marks {
    std::string group;      ///< path below the base group
    std::string invocation; ///< 32 hex digits; empty: has never been started
    std::vector<pid_t> sessions;
    std::vector<pid_t> leaders{}; ///< the main and control process: held by pidfd, so these pids are theirs
};

class Tracking {
public:
    virtual ~Tracking() = default;
    [[nodiscard]] virtual std::vector<pid_t> processes(Marks const& marks) = 0;
    [[nodiscard]] virtual bool populated(Marks const& marks) = 0;
    [[nodiscard]] virtual bool owns(Marks const& marks, pid_t pid) = 0;
    /// By pidfd, looking again that the process is still the unit's; SIGKILL until none is left that a fork could hide.
    /// Whether there was one.
    virtual bool signal(Marks const& marks, base::Signal signal, std::vector<pid_t> const& spare) = 0;
};

[[nodiscard]] std::unique_ptr<Tracking> track_by_groups(cgroup::Groups& groups);
[[nodiscard]] std::unique_ptr<Tracking> track_by_marks(procfs::Procfs& procfs);

/// "system.slice/foo.service": where a unit's group lies below the base. A slice "a-b.slice" lies in "a.slice".
[[nodiscard]] std::string group_path(std::string const& unit, std::string const& slice);

} // namespace mitori::manager
