// A service's own settings: systemd.service(5).
#pragma once

#include "unit/settings/common.hpp"
#include "unit/settings/shared.hpp"

namespace mitori::unit {

enum class ServiceType : std::uint8_t { simple, exec, forking, oneshot, dbus, notify, notify_reload, idle };
enum class Restart : std::uint8_t { no, on_success, on_failure, on_abnormal, on_watchdog, on_abort, always };
enum class NotifyAccess : std::uint8_t { none, main, exec, all };
enum class ExitType : std::uint8_t { main, cgroup };
enum class OomPolicy : std::uint8_t { continue_, stop, kill };
enum class TimeoutFailure : std::uint8_t { terminate, abort, kill };

struct Service {
    std::optional<ServiceType> type; ///< default: simple with ExecStart=, oneshot without, dbus with BusName=
    ExitType exit_type = ExitType::main;
    ExecCommands exec_condition;
    ExecCommands exec_start_pre;
    ExecCommands exec_start;
    ExecCommands exec_start_post;
    ExecCommands exec_reload;
    ExecCommands exec_stop;
    ExecCommands exec_stop_post;

    std::string pid_file; ///< absolute
    bool guess_main_pid = true;
    bool remain_after_exit = false;
    std::string bus_name;

    Restart restart = Restart::no;
    base::Usec restart_delay{100'000};
    Shared<ExitStatusSet> restart_prevent;
    Shared<ExitStatusSet> restart_force;
    Shared<ExitStatusSet> success;

    std::optional<base::Usec> timeout_start; ///< default: DefaultTimeoutStartSec, infinity for oneshot
    std::optional<base::Usec> timeout_stop;
    std::optional<base::Usec> timeout_abort; ///< default: timeout_stop
    OomPolicy oom_policy = OomPolicy::stop;
    TimeoutFailure timeout_start_failure = TimeoutFailure::terminate;
    TimeoutFailure timeout_stop_failure = TimeoutFailure::terminate;
    base::Usec runtime_max = base::infinity;
    base::Usec runtime_randomized_extra{0};
    base::Usec watchdog{0};                    ///< 0: off
    std::optional<NotifyAccess> notify_access; ///< default: main for notify types and with a watchdog, none else
    base::Signal reload_signal{1};             ///< SIGHUP, for Type=notify-reload
};

} // namespace mitori::unit
