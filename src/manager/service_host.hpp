// What a live service asks of its surroundings: processes, groups, timers, and somebody to tell. The manager answers in
// earnest, tests with a table; the state machine touches no descriptor itself.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/log.hpp"
#include "base/time.hpp"
#include "exec/facts.hpp"
#include "loop/loop.hpp"
#include "manager/graph.hpp"
#include "manager/message.hpp"
#include "manager/states.hpp"
#include "process/spawner.hpp"
#include "unit/unit.hpp"

namespace mitori::manager {

/// A start of one command, as a service orders it.
struct SpawnOrder {
    unit::ExecCommand const& command;
    exec::Purpose purpose;
    exec::Facts facts; ///< without the cgroup descriptor and identity: the host adds those
};

/// A process that is watched to its end, ours or adopted. The watch ends with this value.
struct Held {
    process::Child child;
    loop::WatchPtr watch;
};

/// Which of the two processes that a service waits for one at a time.
enum class Role : std::uint8_t { main, control };

class ServiceHost {
public:
    virtual ~ServiceHost() = default;

    [[nodiscard]] virtual base::Stamp now() const = 0;
    /// Makes the plan and hands it to the spawner. What becomes of it comes back, with the id, by Service::on_started,
    /// on_executed, on_spawn_failed. An error: no plan could be made (a user that does not exist …).
    [[nodiscard]] virtual std::expected<process::SpawnId, process::SpawnError> spawn(UnitRef unit,
                                                                                     SpawnOrder order) = 0;
    /// Watches the child; its end comes by Service::on_exit with this role.
    [[nodiscard]] virtual Held hold(UnitRef unit, Role role, process::Child child) = 0;
    /// The process has no role any more, though it may live: its end is not told. Before its Held is dropped.
    virtual void forget(UnitRef unit, pid_t pid) = 0;
    /// A pidfd for a process of the unit that we did not start ourselves (PID file, MAINPID=). Nothing when it has gone
    /// or does not belong to the unit; then `why` says which.
    [[nodiscard]] virtual std::optional<process::Child> adopt(UnitRef unit, pid_t pid, std::string& why) = 0;

    /// The unit's processes, however they hide: by cgroup, or by what tracking there is.
    [[nodiscard]] virtual std::vector<pid_t> processes(UnitRef unit) = 0;
    [[nodiscard]] virtual bool populated(UnitRef unit) = 0;
    /// The one of these whose parent we are, if it is exactly one.
    [[nodiscard]] virtual std::optional<pid_t> only_child(std::vector<pid_t> const& pids) = 0;
    /// Signals one process that the service holds; returns whether it was still there.
    virtual bool signal(UnitRef unit, process::Child const& child, base::Signal signal) = 0;
    /// Signals every process of the unit but `spare`; returns whether there was one.
    virtual bool signal_all(UnitRef unit, base::Signal signal, std::vector<pid_t> const& spare) = 0;
    /// From now on Service::on_empty comes once when the last process has gone.
    virtual void watch_empty(UnitRef unit) = 0;

    [[nodiscard]] virtual loop::WatchPtr timer(base::Usec monotonic, std::function<void()> handler) = 0;
    /// Calls back when the directory's contents change, or the way to it comes to exist: for PID files.
    [[nodiscard]] virtual loop::WatchPtr watch_path(std::string const& path, std::function<void()> handler) = 0;
    /// Type=idle: calls back when no job is waiting, or after five seconds.
    [[nodiscard]] virtual loop::WatchPtr when_idle(std::function<void()> handler) = 0;

    /// The unit's control group and runtime directories may go.
    enum class Again : std::uint8_t { no, yes };
    virtual void clean_up(UnitRef unit, Again again) = 0;
    [[nodiscard]] virtual std::string new_invocation(UnitRef unit) = 0;

    /// A new life begins: nothing forbids the start that was asked for.
    virtual void begins(UnitRef unit) = 0;
    virtual void state_changed(UnitRef unit, ServiceState from, ServiceState to) = 0;
    /// Something that people see has changed, but no state.
    virtual void details_changed(UnitRef unit) = 0;
    /// RestartSec= is over: a restart job is to be queued. `waits`: a stop is queued, which goes first.
    enum class RestartDue : std::uint8_t { queued, waits, refused };
    [[nodiscard]] virtual RestartDue restart_due(UnitRef unit) = 0;
    /// A line about the unit for the manager's own log.
    virtual void say(UnitRef unit, Message message) = 0;
    void say(UnitRef unit, base::Priority priority, std::string text) { say(unit, {priority, std::move(text)}); }

    struct Defaults {
        base::Usec timeout_start = std::chrono::seconds(90);
        base::Usec timeout_stop = std::chrono::seconds(90);
        base::Usec start_limit_interval = std::chrono::seconds(10);
        std::uint32_t start_limit_burst = 5;
    };
    [[nodiscard]] virtual Defaults const& defaults() const = 0;
};

} // namespace mitori::manager
