// The facts of the hour: everything beside the unit's file that the plan of its child depends on. Gathered here, by
// reading (users, environment files); make_plan then needs nothing but its arguments.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "process/spawn.hpp"
#include "unit/load.hpp"
#include "unit/unit.hpp"

namespace mitori::exec {

/// Which of a unit's commands is to run: it decides on variables, identity and whether output directories are made.
enum class Purpose : std::uint8_t { condition, start_pre, start, start_post, reload, stop, stop_post };

/// A user with its groups, resolved: getpwnam_r(3), getgrouplist(3). See docs/adr/0010.
struct Identity {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups; ///< supplementary, sorted
    std::string user;
    std::string home;
    std::string shell;
};

/// Whether there is somebody who keeps what services write to stdout and stderr.
enum class Log : std::uint8_t { none, kept };

/// What does not change from child to child: who the manager is and where it keeps things.
struct Place {
    unit::Scope scope = unit::Scope::system;
    uid_t uid = 0;                                  ///< the manager's own
    pid_t pid = 0;                                  ///< the manager's own: $MANAGERPID, and whether it is PID 1
    bool privileged = true;                         ///< may change identity: root
    std::uint64_t capabilities = ~std::uint64_t{0}; ///< effective, bit n for capability n of capabilities(7)
    std::vector<process::Limit> limits;             ///< the manager's own, which its children inherit
    int nice = 0;                                   ///< likewise
    int oom_score_adjust = 0;                       ///< likewise
    unit::Host host;
    /// "K=V" that services inherit: the manager's own for users, PATH and LANG for the system. A program named without
    /// a slash is searched in this PATH, then in systemd's own search path.
    std::vector<std::string> environment;
    std::vector<std::string> own_environment; ///< the manager's whole: for PassEnvironment=, and $TERM of /dev/console
    std::string notify_socket;
    Log log = Log::none;
    /// Where the output of services goes that no log takes: the manager's own stdout and stderr. Borrowed.
    int output = 1;
    int error = 2;
};

/// The log's stream for stdout and stderr of one child, as far as they go there.
struct LogStream {
    int write = -1;   ///< borrowed
    std::string name; ///< "DEVICE:INODE" of it, for $JOURNAL_STREAM
};

/// For one child.
struct Facts {
    std::optional<Identity> identity;                     ///< nothing: as the manager
    std::vector<unit::EnvironmentEntry> file_environment; ///< of EnvironmentFile=, in order
    std::string invocation_id;                            ///< 32 hex digits
    std::optional<pid_t> main_pid;                        ///< $MAINPID
    /// For ExecStop= and ExecStopPost=: $SERVICE_RESULT, $EXIT_CODE, $EXIT_STATUS.
    std::vector<unit::EnvironmentEntry> result_environment;
    /// For ExecCondition=, ExecStartPre= and ExecStart= of a unit that OnFailure= or OnSuccess= began: $MONITOR_….
    std::vector<unit::EnvironmentEntry> monitor_environment;
    std::optional<LogStream> log; ///< nothing: what would go to the log goes where the manager's own output goes
    int input_data = -1;          ///< StandardInput=data: a descriptor that reads it, borrowed; -1: /dev/null
    int cgroup = -1;              ///< the unit's cgroup v2 directory, borrowed; -1: none
    std::vector<int> joins;       ///< directories of its v1 groups, borrowed
    bool notify = false;          ///< NOTIFY_SOCKET is set
    base::Usec watchdog{0};
};

/// Resolves User=, Group=, SupplementaryGroups=. Stage::user or Stage::group with the name when one does not exist, or
/// when an unprivileged manager is asked for somebody else than itself (EPERM). May block on name services.
[[nodiscard]] std::expected<std::optional<Identity>, process::SpawnError> resolve_identity(unit::Exec const& exec,
                                                                                           Place const& place);

/// Reads EnvironmentFile= (globs allowed): systemd.exec(5). A missing file without "-" is an error with its path. What
/// a file holds that is no assignment is logged and left out.
[[nodiscard]] base::Result<std::vector<unit::EnvironmentEntry>> read_environment_files(unit::Exec const& exec);
/// The text of one environment file, in order. What is no assignment, or is not UTF-8, is returned as a note
/// ("file:3: …").
[[nodiscard]] std::vector<unit::EnvironmentEntry> parse_environment_file(std::string_view text, std::string const& path,
                                                                         std::vector<std::string>& notes);

/// Whether a child of such a unit has a stream that goes to the log: then its Facts should have one.
[[nodiscard]] bool wants_log(unit::Exec const& exec);
/// … and the console shall show what goes there (journal+console, kmsg+console).
[[nodiscard]] bool wants_console(unit::Exec const& exec);

/// The Place of this process. Reads /proc/self and, for the system, the locale's file.
[[nodiscard]] Place read_place(unit::Scope scope, unit::Host host, std::string notify_socket);

} // namespace mitori::exec
