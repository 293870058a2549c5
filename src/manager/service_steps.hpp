// The state table of a service: station 7 of the road. Pure.
//
// States, and what each waits for
//   dead, failed       nothing; a start begins the way down this list
//   condition          ExecCondition= commands: may this service run at all?
//   start_pre          ExecStartPre= commands
//   start              what Type= calls started: `up`
//   start_post         ExecStartPost= commands
//   running            the main process (or, when it is not known, the last process)
//   exited             nothing: all processes are gone and RemainAfterExit= keeps the unit active
//   reload             ExecReload= commands
//   reload_signal      Type=notify-reload: the signal is out, RELOADING=1 is awaited
//   reload_notify      READY=1 is awaited
//   stop               ExecStop= commands
//   stop_watchdog      the processes, after WatchdogSignal= (SIGABRT)
//   stop_sigterm       the processes, after KillSignal=
//   stop_sigkill       the processes, after FinalKillSignal=
//   stop_post          ExecStopPost= commands
//   final_watchdog, final_sigterm, final_sigkill   whatever is still left, after the same three signals
//   auto_restart       RestartSec=
//   cleaning           reserved: `clean` is not a verb yet
//
// Events are facts that have been classified already: no row looks at a setting. Who classifies stands in service.hpp.
// A state whose commands are none answers commands_done by itself; a state that has nobody to signal answers quiet by
// itself (or nobody, while a stronger signal is left to try). So every start walks condition, start_pre, start,
// start_post, whether or not the file fills them.
//
// Invariants, checked when this is compiled: no two rows for one cell; every state but `cleaning` is reached by some
// row; every state in which processes may live has a way to stop and a way out of a time-out.
#pragma once

#include <cstdint>
#include <span>

#include "base/names.hpp"
#include "manager/states.hpp"

namespace mitori::manager {

enum class Event : std::uint8_t {
    start,            ///< a start job runs
    stop,             ///< a stop job runs, or the manager has to end it
    reload,           ///< a reload job runs and there are ExecReload= commands
    reload_by_signal, ///< a reload job runs and Type= is notify-reload
    commands_done,    ///< the state's commands have ended well, or there are none
    commands_failed,  ///< one has failed; the service's result says how
    condition_unmet,  ///< an ExecCondition= said no
    up,               ///< what Type= calls started has happened
    start_failed,     ///< it will not happen any more; the service's result says why
    refused_start,    ///< no process may be started at all: start limit, asserts
    // the four answers to "how is it?", asked when a process or a command has ended
    alive,  ///< well, with a process
    kept,   ///< well, without one, and RemainAfterExit=
    gone,   ///< well, without one: it has come to its end
    unwell, ///< the service's result is no success any more
    // what it says of itself, once nothing else runs that would have to end first
    reloading,     ///< RELOADING=1
    ready,         ///< READY=1 after RELOADING=1
    stopping,      ///< STOPPING=1
    quiet,         ///< nobody is left whom this state waits for
    nobody,        ///< the state's signal found nobody: the next stronger one may (KillMode=mixed)
    timeout_stop,  ///< the state's time is up: go on stopping the usual way
    timeout_abort, ///< … with the watchdog signal: TimeoutStartFailureMode=abort, TimeoutStopFailureMode=abort
    timeout_kill,  ///< … with the final signal at once: …=kill
    timeout_skip,  ///< … but SendSIGKILL=no: leave the processes and go on
    watchdog,      ///< WATCHDOG=1 has not come in time
    oom_stop,      ///< the kernel has ended a process of it for want of memory: stop the rest (OOMPolicy=)
    oom_kill,      ///< … and kill the rest
    // the three meanings of "nothing is left", decided by restart.hpp
    end_clean,
    end_failed,
    end_restart,
    reset, ///< reset-failed
    // of a life that another manager began
    resumed,   ///< it goes on
    left_over, ///< it has to end
};

/// What is done on entering a state. `stay` is for a step that changes nothing; `refuse` for a cell without a row.
enum class Act : std::uint8_t {
    refuse,
    stay,
    rest,         ///< dead, failed: forget processes, close the books
    run_commands, ///< the state's Exec*= commands, one after the other
    start_main,   ///< ExecStart= as Type= says
    watch,        ///< running: RuntimeMaxSec= and the watchdog tick
    linger,       ///< exited: no process, still active
    send_signal,  ///< the state's signal to whom KillMode= says
    send_reload,  ///< ReloadSignal= to the main process
    wait,         ///< only the state's time-out
    arm_restart,  ///< RestartSec=
};

struct Step {
    ServiceState to;
    Act act;
    friend bool operator==(Step const&, Step const&) = default;
};

/// The table's answer. Act::refuse with `to` == `from` for a cell without a row.
[[nodiscard]] Step step(ServiceState from, Event event);

/// One row of the table, for the tests and the documentation that are made from it.
struct Row {
    ServiceState from;
    Event on;
    ServiceState to;
};
[[nodiscard]] std::span<Row const> service_rows();
/// What entering a state does.
[[nodiscard]] Act entry_act(ServiceState state);

} // namespace mitori::manager

template <>
struct mitori::base::Names<mitori::manager::Event> {
    using Event = mitori::manager::Event;
    static constexpr auto table = std::to_array<Name<Event>>({
        {Event::start, "start"},
        {Event::stop, "stop"},
        {Event::reload, "reload"},
        {Event::reload_by_signal, "reload-by-signal"},
        {Event::commands_done, "commands-done"},
        {Event::commands_failed, "commands-failed"},
        {Event::condition_unmet, "condition-unmet"},
        {Event::up, "up"},
        {Event::start_failed, "start-failed"},
        {Event::refused_start, "refused-start"},
        {Event::alive, "alive"},
        {Event::kept, "kept"},
        {Event::gone, "gone"},
        {Event::unwell, "unwell"},
        {Event::reloading, "reloading"},
        {Event::ready, "ready"},
        {Event::stopping, "stopping"},
        {Event::quiet, "quiet"},
        {Event::nobody, "nobody"},
        {Event::timeout_stop, "timeout-stop"},
        {Event::timeout_abort, "timeout-abort"},
        {Event::timeout_kill, "timeout-kill"},
        {Event::timeout_skip, "timeout-skip"},
        {Event::watchdog, "watchdog"},
        {Event::oom_stop, "oom-stop"},
        {Event::oom_kill, "oom-kill"},
        {Event::end_clean, "end-clean"},
        {Event::end_failed, "end-failed"},
        {Event::end_restart, "end-restart"},
        {Event::reset, "reset"},
        {Event::resumed, "resumed"},
        {Event::left_over, "left-over"},
    });
};
