// The faces that every client speaks, local or remote: query, command, watch. `local` answers them from the live
// manager; `bus` carries them over D-Bus: its server end calls them, its client end implements them. The words are
// those of org.freedesktop.systemd1 (man page of that name).
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "base/names.hpp"
#include "base/signal.hpp"
#include "status/ending.hpp"
#include "status/rows.hpp"
#include "status/value.hpp"

namespace mitori::control {

/// Why a request was refused. The words are the tails of D-Bus error names ("org.freedesktop.systemd1.NoSuchUnit";
/// those marked * live in org.freedesktop.DBus.Error).
enum class Reason {
    no_such_unit,
    load_failed,
    bad_unit_setting,
    unit_masked,
    job_type_not_applicable,
    only_by_dependency,
    transaction_is_destructive,
    transaction_jobs_conflicting,
    transaction_order_is_cyclic,
    no_such_job,
    no_such_process,
    no_unit_for_pid,
    unit_inactive,
    shutting_down,
    access_denied,  // *
    invalid_args,   // *
    not_supported,  // *
    no_server,      // * nobody answers: the manager is not running
    disconnected,   // *
    timeout,        // *
    unknown_object, // *
    failed,         // *
};

struct Refusal {
    Reason reason = Reason::failed;
    std::string text; ///< one sentence, with the unit's name
};

template <class T>
using Answer = std::expected<T, Refusal>;

/// A job as the requester knows it.
struct JobRef {
    std::uint32_t id = 0;
    std::string unit;
};

enum class JobVerb { start, stop, reload, restart, try_restart, reload_or_restart, reload_or_try_restart };
/// The job modes of systemctl(1), --job-mode=.
enum class JobMode {
    replace,
    fail,
    replace_irreversibly,
    isolate,
    ignore_dependencies,
    ignore_requirements,
    flush,
    triggering
};
enum class KillWhom { main, control, all, main_fail, control_fail, all_fail };

struct UnitFilter {
    std::vector<std::string> states;   ///< any of load, active or sub state; empty: all
    std::vector<std::string> patterns; ///< shell patterns over any of a unit's names; empty: all
};

class Query {
public:
    virtual ~Query() = default;
    [[nodiscard]] virtual Answer<std::vector<status::UnitRow>> list_units(UnitFilter const& filter) = 0;
    [[nodiscard]] virtual Answer<std::vector<status::UnitFileRow>> list_unit_files(UnitFilter const& filter) = 0;
    [[nodiscard]] virtual Answer<std::vector<status::JobRow>> list_jobs() = 0;
    /// Loads the unit if need be. A unit that has no file answers with LoadState=not-found, not with a refusal.
    [[nodiscard]] virtual Answer<status::Properties> unit_properties(std::string const& unit) = 0;
    [[nodiscard]] virtual Answer<status::Properties> manager_properties() = 0;
    [[nodiscard]] virtual Answer<std::vector<status::ProcessRow>> unit_processes(std::string const& unit) = 0;
    /// The primary name of a unit that is loaded; no_such_unit else.
    [[nodiscard]] virtual Answer<std::string> loaded_unit(std::string const& unit) = 0;
    [[nodiscard]] virtual Answer<std::string> unit_of_pid(std::uint32_t pid) = 0;
    /// The enablement word of a unit file: enabled, disabled, static, masked …
    [[nodiscard]] virtual Answer<std::string> unit_file_state(std::string const& unit) = 0;
    /// What the child of the unit's next start would do, as process::show prints it. Ours, not systemd's.
    [[nodiscard]] virtual Answer<std::string> plan(std::string const& unit) = 0;
};

class Command {
public:
    virtual ~Command() = default;
    /// Queues the job and its dependencies; the end of it comes by Watch.
    [[nodiscard]] virtual Answer<JobRef> enqueue(JobVerb verb, std::string const& unit, JobMode mode) = 0;
    [[nodiscard]] virtual Answer<void> kill(std::string const& unit, KillWhom whom, base::Signal signal) = 0;
    /// Empty: all units.
    [[nodiscard]] virtual Answer<void> reset_failed(std::string const& unit) = 0;
    /// daemon-reload: reads all unit files again, keeps all states. The end may come later: while reloading() holds,
    /// and then Watch tells of it.
    [[nodiscard]] virtual Answer<void> reload_units() = 0;
    [[nodiscard]] virtual bool reloading() const { return false; }
    /// What services inherit that start from now on: first takes back names or assignments, then sets assignments.
    [[nodiscard]] virtual Answer<void> change_environment(std::vector<std::string> const& unset,
                                                          std::vector<std::string> const& set) = 0;
    [[nodiscard]] virtual Answer<void> cancel_job(std::uint32_t id) = 0;
    /// Stops every unit and ends the manager, or the machine that it is the init of.
    [[nodiscard]] virtual Answer<void> shut_down(status::Ending ending) = 0;
    /// Who asks for what is called from now on, as the kernel saw it connect; pid 0: nobody any more. For the record.
    virtual void on_behalf_of(pid_t /*pid*/, uid_t /*user*/) {}
};

struct JobRemoved {
    std::uint32_t id = 0;
    std::string unit;
    std::string result; ///< done, canceled, timeout, failed, dependency, skipped …
};
struct JobNew {
    std::uint32_t id = 0;
    std::string unit;
};
/// Some properties of a unit have changed (its states, its main process …): fetch what you need.
struct UnitChanged {
    std::string unit;
    /// Where the teller has them at hand; empty else.
    std::string active_state;
    std::string sub_state;
};
/// A unit is loaded from now on, or no longer.
struct UnitNew {
    std::string unit;
};
struct UnitRemoved {
    std::string unit;
};
struct Reloading {
    bool active = false;
};

/// What a client is told unasked. All members may be empty.
struct Listener {
    std::function<void(JobNew const&)> job_new;
    std::function<void(JobRemoved const&)> job_removed;
    std::function<void(UnitChanged const&)> unit_changed;
    std::function<void(Reloading const&)> reloading;
    std::function<void(UnitNew const&)> unit_new;
    std::function<void(UnitRemoved const&)> unit_removed;
};

/// Keeps a subscription alive.
class Subscription {
public:
    virtual ~Subscription() = default;
};

class Watch {
public:
    virtual ~Watch() = default;
    [[nodiscard]] virtual std::unique_ptr<Subscription> subscribe(Listener listener) = 0;
};

/// The three faces of one place, as programs are handed them.
struct Faces {
    Query& query;
    Command& command;
    Watch& watch;
};

} // namespace mitori::control
