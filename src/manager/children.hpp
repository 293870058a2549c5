// The manager's children: plans go out to the spawner, ends come in.
//
// Every child is known by its pid from the moment the spawner reports it until its end has been taken; a pid that is
// not known is an orphan that was left to us (we are PID 1 or a subreaper), and is reaped at once. SIGCHLD says that
// somebody has ended; who, is asked by a peek (WNOWAIT), so that a child with an owner is only taken through that
// owner. A held process that is not our child (MAINPID= of a grandchild) is watched by its pidfd.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "loop/loop.hpp"
#include "manager/service_host.hpp"
#include "process/spawner.hpp"
#include "status/death.hpp"

namespace mitori::manager {

class Children {
public:
    /// Who is told. All members are set.
    struct Owner {
        std::function<void(UnitRef, process::SpawnId, process::Child)> started;
        std::function<void(UnitRef, process::SpawnId)> executed;
        std::function<void(UnitRef, process::Failed const&)> failed;
        std::function<void(UnitRef, Role, pid_t, process::Exit const&)> exited;
        /// What is to be seen of a child of ours that is about to be reaped (remains.hpp): just before `exited` or
        /// `orphan_ended`. Not of a process that is held and was not our child.
        std::function<void(status::Death remains)> dying;
        std::function<void(pid_t, process::Exit const&)> orphan_ended;
        /// Orphans have been reaped: groups that are watched for emptiness may be empty now.
        /// All that the spawner has told up to now has been passed on.
        std::function<void()> reported;
        /// An orphan has been reaped: groups that are watched for emptiness may be empty now.
        std::function<void()> orphan_reaped;
        /// Everything submitted has been sent: congested() is over, if it was.
        std::function<void()> drained;
    };
    virtual ~Children() = default;

    /// `lent` are descriptors that the plan borrows: kept open until it has been sent.
    virtual process::SpawnId submit(UnitRef unit, process::Plan plan, std::vector<base::Fd> lent) = 0;
    /// Plans wait to be sent: more would only wait with them.
    [[nodiscard]] virtual bool congested() const = 0;
    /// Somewhere a child may run already that has not been told of.
    [[nodiscard]] virtual bool expecting() const = 0;
    /// From now on this child's end is reported for this unit and role.
    [[nodiscard]] virtual Held hold(UnitRef unit, Role role, process::Child child) = 0;
    /// Its end is not reported any more; as a child of ours it is reaped like an orphan. Call while its Held lives.
    virtual void forget(pid_t pid) = 0;
    /// Whether it was still there.
    virtual bool signal(process::Child const& child, base::Signal signal) = 0;
    [[nodiscard]] virtual std::optional<UnitRef> unit_of(pid_t pid) const = 0;
};

/// How a manager comes by its children: open_children, or a table in tests.
using MakeChildren = std::function<base::Result<std::unique_ptr<Children>>(loop::Loop&, Children::Owner)>;

/// Real processes, by a spawner of their own.
[[nodiscard]] base::Result<std::unique_ptr<Children>> open_children(loop::Loop& loop, Children::Owner owner);

} // namespace mitori::manager
