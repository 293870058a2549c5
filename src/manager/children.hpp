// The manager's children: plans go out to the spawner, ends come in.
//
// Every child is known by its pid from the moment the spawner reports it until its end has been taken; a pid that is
// not known is an orphan that was left to us (we are PID 1 or a subreaper), and is reaped at once. SIGCHLD says that
// somebody has ended; who, is asked by a peek (WNOWAIT), so that a child with an owner is only taken through that
// owner. A held process that is not our child (MAINPID= of a grandchild) is watched by its pidfd.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "loop/loop.hpp"
#include "manager/service_host.hpp"
#include "process/spawner.hpp"

namespace mitori::manager {

class Children {
public:
    /// Who is told. All members are set.
    struct Owner {
        std::function<void(UnitRef, process::Child)> started;
        std::function<void(UnitRef)> executed;
        std::function<void(UnitRef, process::Failed const&)> failed;
        std::function<void(UnitRef, Role, process::Exit const&)> exited;
        /// An orphan has been reaped: groups that are watched for emptiness may be empty now.
        std::function<void()> orphan_reaped;
    };
    [[nodiscard]] static base::Result<std::unique_ptr<Children>> make(loop::Loop& loop, Owner owner);

    /// `lent` are descriptors that the plan borrows: kept open until it has been sent.
    process::SpawnId submit(UnitRef unit, process::Plan plan, std::vector<base::Fd> lent);
    /// From now on this child's end is reported for this unit and role.
    [[nodiscard]] Held hold(UnitRef unit, Role role, process::Child child);
    /// Drops what is known of a pid without waiting for it.
    void forget(pid_t pid) { held_.erase(pid); }
    [[nodiscard]] std::optional<UnitRef> unit_of(pid_t pid) const;
    [[nodiscard]] pid_t spawner_pid() const { return spawner_.helper().pid(); }

private:
    Children(loop::Loop& loop, Owner owner, process::Spawner spawner);
    base::Result<void> watch();
    base::Result<void> watch_spawner();
    void exchange();
    void reap();
    void take(pid_t pid, int pidfd);

    struct Known {
        UnitRef unit;
        Role role;
        int pidfd; ///< the holder's
    };
    loop::Loop& loop_;
    Owner owner_;
    process::Spawner spawner_;
    std::uint64_t generation_ = 0;
    bool watching_writes_ = false;
    loop::WatchPtr spawner_watch_;
    loop::WatchPtr sigchld_watch_;
    std::unordered_map<std::uint64_t, UnitRef> in_flight_; ///< by spawn id, until executed or failed
    bool reap_again_ = false;
    pid_t fresh_ = 0; ///< the child that is being reported right now: ours for certain
    std::unordered_map<pid_t, Known> held_;
    std::vector<base::Fd> lent_;
};

} // namespace mitori::manager
