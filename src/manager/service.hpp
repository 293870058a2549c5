// A live service: its life, apart from its settings (unit::Unit, const) and from the table (service_steps.hpp).
//
// Everything that happens to it comes in by one of the on_… members, is classified into an Event, and goes through
// `happen`, which alone changes the state. Events that a state answers by itself (no commands to run, nobody to signal)
// are queued and run by the same loop, so that no function here recurses through states.
//
// Words
//   main      the process that the service is: started by ExecStart=, told by MAINPID=, found in a PID file or guessed
//   control   the process of any other command, one at a time; also ExecStart= of a forking service
//   purpose   which list of commands runs; `cursor` is the index of the one that runs
//   result    the first failure since the last start
//
// Invariants
//   - control_ is set only in states whose act is run_commands, in `start` of a forking service, and in the states of
//     the way down while such a command is being ended.
//   - A spawn is in flight (spawning_) for at most one role; when the state has moved on by the time it is reported,
//     the child is held in its role and treated as this state treats that role.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "manager/notify_message.hpp"
#include "manager/restart.hpp"
#include "manager/service_host.hpp"
#include "manager/service_steps.hpp"

namespace mitori::manager {

/// One command that was run since the last start: the "Process:" lines of status.
struct CommandRecord {
    exec::Purpose purpose;
    std::uint16_t index = 0;  ///< in its list
    process::SpawnId spawn{}; ///< none for a process that we did not start
    pid_t pid = 0;
    bool executed = false; ///< its program runs, or has run
    base::Stamp started;
    std::optional<process::Exit> exit;
};

class Service {
public:
    Service(UnitRef ref, unit::UnitPtr unit, ServiceHost& host);
    Service(Service const&) = delete;
    Service& operator=(Service const&) = delete;

    // -- what jobs ask for
    /// A start job runs. Counts against the start limit; the answer comes by state_changed.
    void start();
    /// `why` decides between KillSignal= and RestartKillSignal=, and nothing is restarted by itself after a stop job.
    enum class For : std::uint8_t { good, restart };
    void stop(For why);
    [[nodiscard]] bool can_reload() const;
    void reload();
    void reset_failed();
    /// A life that another manager began goes on here, or is ended as by a stop job. Only from rest.
    struct Resumed {
        std::string invocation;
        std::optional<pid_t> main;
        enum class To : std::uint8_t { run, end } to = To::end;
    };
    void resume(Resumed const& resumed);
    /// daemon-reload: new settings, the same life.
    void take_settings(unit::UnitPtr unit) { unit_ = std::move(unit); }

    // -- what happens to it
    // Reports of a start that is not the last one are of an earlier life: such a child is killed, and nothing else
    // follows from it.
    void on_started(process::SpawnId spawn, process::Child child);
    void on_executed(process::SpawnId spawn);
    /// A step failed, or no child came to be at all: the latter if on_started was not called before.
    void on_spawn_failed(process::SpawnId spawn, process::Stage stage, base::Error const& error);
    void on_exit(Role role, process::Exit const& exit);
    void on_empty();
    /// The kernel has ended a process of the unit because memory ran out. Before the end of that process is told, if it
    /// is one of ours.
    void on_oom();
    /// The sender's role has been checked against NotifyAccess= by may_notify.
    void on_notify(NotifyMessage const& message, pid_t sender);
    [[nodiscard]] bool may_notify(pid_t sender, bool of_this_unit) const;

    // -- what people see
    [[nodiscard]] ServiceState state() const { return state_; }
    [[nodiscard]] ServiceResult result() const { return result_; }
    [[nodiscard]] ServiceResult reload_result() const { return reload_result_; }
    [[nodiscard]] std::optional<pid_t> main_pid() const;
    [[nodiscard]] std::optional<pid_t> control_pid() const;
    [[nodiscard]] process::Child const* held(Role role) const;
    [[nodiscard]] CommandRecord const* record_of(process::SpawnId spawn) const;
    /// The command of a record as the settings have it now; null when they have it no longer.
    [[nodiscard]] unit::ExecCommand const* command_of(CommandRecord const& record) const;
    [[nodiscard]] std::optional<CommandRecord> const& main_record() const { return main_record_; }
    [[nodiscard]] std::vector<CommandRecord> const& commands() const { return commands_; }
    [[nodiscard]] std::string const& status_text() const { return status_text_; }
    [[nodiscard]] int status_errno() const { return status_errno_; }
    [[nodiscard]] std::uint32_t restarts() const { return restarts_; }
    [[nodiscard]] std::string const& invocation() const { return invocation_; }
    /// Why it is being ended, where that is not simply what was asked for: "its start timed out after 5s".
    [[nodiscard]] std::string const& why() const { return why_; }
    [[nodiscard]] bool stop_asked() const { return stop_asked_; }
    [[nodiscard]] bool stops_to_restart() const { return stop_to_restart_; }
    [[nodiscard]] unit::Unit const& unit() const { return *unit_; }
    [[nodiscard]] base::Usec timeout_start() const;
    [[nodiscard]] base::Usec timeout_stop() const;
    [[nodiscard]] base::Usec watchdog() const { return watchdog_; }
    [[nodiscard]] base::Stamp watchdog_stamp() const { return watchdog_seen_; }
    /// What the environment of a command run now would be made from: also for `mitori plan`.
    [[nodiscard]] exec::Facts facts(exec::Purpose purpose) const;

private:
    // service.cpp: events and states
    void happen(Event event);
    void settle();
    void enter(Step step, Event event);
    void perform(Act act);
    [[nodiscard]] base::Usec longest_run() const;
    void assess();
    [[nodiscard]] Event how_is_it() const;
    void rest();
    void say_result();
    void let_go();
    void arm_restart();
    void await_end();
    void fail(ServiceResult result) { result_ = first_failure(result_, result); }
    [[nodiscard]] Event how_it_ended() const;
    void start_limit_hit();

    // service_commands.cpp: running commands, main and control
    void run_commands();
    void start_main();
    void launch(Role role, exec::Purpose purpose, std::size_t index);
    [[nodiscard]] unit::ExecCommands const& commands_of(exec::Purpose purpose) const;
    void on_main_exit(process::Exit const& exit);
    void on_control_exit(process::Exit const& exit);
    void say_failed(exec::Purpose purpose, std::size_t index, process::Stage stage, base::Error const& error);
    void spawn_failed(process::Stage stage, base::Error const& error);
    void next_command(ServiceResult result);
    void commands_over(ServiceResult result);
    void record_exit(Role role, process::Exit const& exit);

    // service_main_pid.cpp: forking services and PID files
    void forked();
    bool load_pid_file(std::string& why);
    void wait_for_pid_file();
    /// `said`: why it was not to be had before, which is not said twice.
    void retry_pid_file(std::string const& said);
    void remove_pid_file();
    void follow_notice(NotifyMessage const& message);
    void guess_main_pid();
    bool set_main(pid_t pid, std::string& why);

    // service_signals.cpp: ending processes
    void send_signal();
    bool signal_others(base::Signal signal);
    [[nodiscard]] base::Signal signal_of_state() const;
    bool signal_leaders(base::Signal signal);
    [[nodiscard]] bool hangs_up(base::Signal signal) const;
    void check_quiet();
    void end_if_empty();
    bool populated();
    void on_timeout();
    [[nodiscard]] std::string why_timed_out() const;
    void on_restart_due();
    void arm(base::Usec span);
    void arm_at(base::Usec deadline);
    void arm_state_timeout();
    void arm_watchdog();
    void on_watchdog_tick();
    void bite();

    UnitRef ref_;
    unit::UnitPtr unit_;
    ServiceHost& host_;

    ServiceState state_ = ServiceState::dead;
    ServiceResult result_ = ServiceResult::success;
    ServiceResult reload_result_ = ServiceResult::success;
    bool stop_asked_ = false; ///< by a job: Restart= does not apply
    bool stop_to_restart_ = false;
    bool settling_ = false;
    bool found_empty_ = false;     ///< in this turn: no process of ours is left
    bool auto_restarting_ = false; ///< the next start is ours, not a person's
    std::vector<Event> events_;

    std::optional<Held> main_;
    std::optional<Held> control_;
    bool main_known_ = false; ///< there is, or was, a main process in this life
    std::optional<Role> spawning_;
    std::optional<process::SpawnId> spawn_; ///< the last start, in flight or reported; none when it is let go
    exec::Purpose purpose_ = exec::Purpose::start;
    std::size_t cursor_ = 0;
    std::optional<CommandRecord> main_record_;
    std::vector<CommandRecord> commands_;

    loop::WatchPtr timer_;
    base::Usec deadline_ = base::infinity;
    base::Usec runtime_end_ = base::infinity; ///< RuntimeMaxSec=, counted from when it became active
    loop::WatchPtr path_watch_;
    loop::WatchPtr pid_file_timer_;
    loop::WatchPtr watchdog_timer_;
    base::Usec watchdog_{0};
    base::Stamp watchdog_seen_;

    StartLimit start_limit_;
    std::uint32_t restarts_ = 0;
    std::string invocation_;
    std::string why_;
    std::string status_text_;
    int status_errno_ = 0;
    enum class Told : std::uint8_t { nothing, reloading, stopping } told_ = Told::nothing;
};

} // namespace mitori::manager
