// The manager: units, jobs and live services, and what follows from what.
//
// Two phases. Handlers (an exit, a message, a timer, a client's call) change states and only mark what follows: units
// that people should hear of, jobs that may run. One deferred turn (`settle`) then runs the marks until none is left:
// it runs jobs, follows up changes that no job asked for (BindsTo=, OnFailure= …), and publishes. So no handler is ever
// in the middle of another one's work.
//
// Rules that everything here keeps
//   - What a unit is (unit::Unit) is const and replaced whole by daemon-reload; what it is doing (Live) stays.
//   - A Service exists from the first start of its unit on. Units that were never started cost their settings only.
//   - The manager publishes values (events.hpp) and includes no one who listens.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cgroup/groups.hpp"
#include "exec/degrade.hpp"
#include "loop/loop.hpp"
#include "manager/burials.hpp"
#include "manager/children.hpp"
#include "manager/client_environment.hpp"
#include "manager/conditions.hpp"
#include "manager/events.hpp"
#include "manager/graph.hpp"
#include "manager/jobs.hpp"
#include "manager/last_words.hpp"
#include "manager/leftovers.hpp"
#include "manager/live.hpp"
#include "manager/messages.hpp"
#include "manager/notify_socket.hpp"
#include "manager/output.hpp"
#include "manager/tracking.hpp"
#include "manager/transaction.hpp"
#include "procfs/snapshot.hpp"
#include "status/ending.hpp"
#include "unit/load.hpp"

namespace mitori::manager {

struct Options {
    unit::Scope scope = unit::Scope::system;
    std::string runtime_directory; ///< of mitori itself: sockets
    exec::Place place;
    World world;
    ServiceHost::Defaults defaults;
    Leftovers leftovers = Leftovers::end; ///< of a manager that was killed in this runtime directory
};

/// What the manager has to do with, made by `bin` and longer-lived than the manager.
struct Surroundings {
    loop::Loop& loop;
    cgroup::Groups& groups;
    unit::Loader& loader;
    procfs::Procfs& procfs;
    /// Where services' output goes; null: to where the manager's own goes (exec::Place).
    Output* output = nullptr;
    MakeChildren make_children = open_children;
};

class Manager final : private ServiceHost {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<Manager>> make(Options options, Surroundings around);
    ~Manager() override;

    // -- commands
    [[nodiscard]] std::expected<JobId, TransactionError> enqueue(Request const& request);
    [[nodiscard]] bool cancel(JobId id);
    enum class Whom : std::uint8_t { main, control, all };
    /// Signals whom the words say; the error's number is ESRCH when there is nobody.
    [[nodiscard]] base::Result<void> kill(UnitRef unit, Whom whom, base::Signal signal);
    void reset_failed(UnitRef unit);
    /// Reads all unit files again. One more that is asked for meanwhile is prepared anew and ends with the first.
    void daemon_reload();
    /// What comes before each reading (generators); it calls back when it is done, at once or later.
    using Prepare = std::function<void(std::function<void()> done)>;
    void before_reloads(Prepare prepare) { prepare_ = std::move(prepare); }
    /// What clients set for the services that start from now on; EINVAL names the word that is no variable.
    [[nodiscard]] base::Result<void> change_environment(std::vector<std::string> const& unset,
                                                        std::vector<std::string> const& set);
    /// Stops everything in order, then ends the loop with `code`. A second call kills what is left at once.
    void shut_down(int code, status::Ending ending = status::Ending::exit);
    [[nodiscard]] status::Ending ending() const { return ending_; } ///< for the machine, if it is ours (machine.hpp)

    // -- what there is
    [[nodiscard]] Graph& graph() { return graph_; }
    [[nodiscard]] Jobs const& jobs() const { return jobs_; }
    [[nodiscard]] Live const& live(UnitRef unit);
    [[nodiscard]] Service const* service(UnitRef unit);
    [[nodiscard]] std::string_view sub_state(UnitRef unit);
    [[nodiscard]] std::vector<pid_t> processes_of(UnitRef unit) { return processes(unit); }
    [[nodiscard]] std::optional<UnitRef> unit_of(pid_t pid);
    /// The plan of the next start's main command, as it would be made now.
    [[nodiscard]] std::expected<process::Plan, process::SpawnError> plan(UnitRef unit);
    [[nodiscard]] std::vector<exec::Shortfall> shortfalls(UnitRef unit) const;
    [[nodiscard]] Options const& options() const { return options_; }
    [[nodiscard]] Surroundings const& around() const { return around_; }
    [[nodiscard]] base::Stamp started() const { return started_; }
    [[nodiscard]] bool shutting_down() const { return shutting_down_; }
    [[nodiscard]] bool reloading() const { return reloading_; }
    [[nodiscard]] base::Stamp now_stamp() const { return around_.loop.now(); }

    /// The listener is kept until the returned handle is dropped.
    [[nodiscard]] std::shared_ptr<void> listen(Listener listener);
    /// Whose wishes come now, for the record of ends; pid 0: nobody's from outside.
    void on_behalf_of(pid_t pid, uid_t user) { burials_.on_behalf_of(pid, user); }

private:
    Manager(Options options, Surroundings around);
    base::Result<void> begin();
    [[nodiscard]] unit::UnitPtr load_unit(std::string_view name);
    [[nodiscard]] bool is_unclaimed_orphan(procfs::Process const& process);

    // manager_reload.cpp
    void prepare_reload();
    void finish_reload();
    // manager_jobs.cpp: running jobs
    void run_jobs();
    void run(Job const& job);
    void run_start(Job const& job);
    void run_stop(Job const& job);
    void run_restart(Job const& job);
    void run_reload(Job const& job);
    [[nodiscard]] bool conditions_allow(Job const& job);
    void start_unit(UnitRef unit);
    void stop_unit(UnitRef unit, Service::For why);
    void end_job(JobId id, JobResult result);
    void arm_job_timer(Job const& job, base::Usec span);
    void follow_job(UnitRef unit, ActiveState to);
    void announce_new(Job const& job);
    void announce_end(JobEnd const& end);
    // manager.cpp: two-phase settling
    void mark(UnitRef unit);
    void wake();
    void settle();
    void publish();
    void announce_units();
    // manager_follow.cpp: what follows from a change of state
    void set_active(UnitRef unit, ActiveState to);
    void follow(Change const& change);
    void trigger(UnitRef unit, unit::Relation relation);
    void note_trigger(UnitRef unit, UnitRef by);
    void stop_if_unneeded(UnitRef unit);
    void act(UnitRef unit, std::string_view setting, unit::EmergencyAction action);
    void act_on_end(UnitRef unit, ActiveState to);
    void act_on_limit(UnitRef unit, ActiveState to);
    bool enqueue_ours(UnitRef unit, JobType type, Mode mode);
    void check_shut_down();
    // manager_leftovers.cpp
    [[nodiscard]] std::string records() const;
    void keep_record(UnitRef unit);
    base::Result<void> take_leftovers();
    void take_leftover(Found const& found);
    void say_leftover(UnitRef unit, Found const& found);
    void take_in(UnitRef unit, pid_t pid);
    void watch_stranger(pid_t pid);
    void know_group(UnitRef unit);
    [[nodiscard]] std::optional<UnitRef> unit_with_group(std::string_view path);
    [[nodiscard]] std::optional<UnitRef> unit_around(std::string_view path);
    // manager_host.cpp, manager_starts.cpp, manager_notify.cpp: ServiceHost, and what children and sockets tell
    base::Stamp now() const override { return around_.loop.now(); }
    std::expected<process::SpawnId, process::SpawnError> spawn(UnitRef unit, SpawnOrder order) override;
    Held hold(UnitRef unit, Role role, process::Child child) override;
    void forget(UnitRef unit, pid_t pid) override;
    bool signal(UnitRef unit, process::Child const& child, base::Signal signal) override;
    std::optional<process::Child> adopt(UnitRef unit, pid_t pid, std::string& why) override;
    std::vector<pid_t> processes(UnitRef unit) override;
    bool populated(UnitRef unit) override;
    std::optional<pid_t> only_child(std::vector<pid_t> const& pids) override;
    bool signal_all(UnitRef unit, base::Signal signal, std::vector<pid_t> const& spare) override;
    void watch_empty(UnitRef unit) override;
    loop::WatchPtr timer(base::Usec monotonic, std::function<void()> handler) override;
    loop::WatchPtr watch_path(std::string const& path, std::function<void()> handler) override;
    loop::WatchPtr when_idle(std::function<void()> handler) override;
    void clean_up(UnitRef unit, Again again) override;
    std::string new_invocation(UnitRef unit) override;
    void begins(UnitRef unit) override;
    void state_changed(UnitRef unit, ServiceState from, ServiceState to) override;
    void details_changed(UnitRef unit) override { mark(unit); }
    RestartDue restart_due(UnitRef unit) override;
    using ServiceHost::say;
    void say(UnitRef unit, Message message) override;
    void record(UnitRef unit, Message const& message);
    void announce(UnitRef unit, std::optional<Message> message, JobId job);
    void announce_begin(UnitRef unit, JobType type);
    void announce_done(Job const& job, JobResult result);
    void say_usage(UnitRef unit, Again again);
    Defaults const& defaults() const override { return options_.defaults; }
    [[nodiscard]] Marks marks(UnitRef unit);
    void note_session(UnitRef unit, pid_t pid);
    void on_notification(Notification notification);
    void hear(UnitRef unit, NotifyMessage const& message, pid_t sender);
    void look_for_empty();
    struct Prepared;
    [[nodiscard]] std::expected<Prepared, process::SpawnError> prepare(UnitRef unit, SpawnOrder& order);
    [[nodiscard]] std::expected<void, process::SpawnError> gather(UnitRef unit, SpawnOrder& order, Prepared& into);
    [[nodiscard]] base::Result<void> open_stream(UnitRef unit, SpawnOrder& order, Prepared& into);
    [[nodiscard]] Children::Owner hear_of_children();
    void tell_empty(UnitRef unit);
    // manager_deaths.cpp
    void note_asked(Request const& request, Transaction const& transaction);
    void bury(pid_t pid, process::Exit const& exit, std::optional<UnitRef> unit, std::optional<Role> role);
    [[nodiscard]] std::optional<UnitRef> unit_of_remains(status::Death const& death);
    void remove_group(Live& live);
    void set_bounds(UnitRef unit);
    bool look_for_oom(UnitRef unit);
    std::optional<cgroup::Groups::OomLimit> take_oom_victim(UnitRef unit, process::Exit const& exit);
    void on_oom_event(UnitRef unit, int looks_left = 50);

    Live& at(UnitRef unit);
    Service& service_at(UnitRef unit);

    Options options_;
    ClientEnvironment environment_{options_.place.environment};
    Surroundings around_;
    Graph graph_;
    Jobs jobs_;
    std::vector<Live> lives_;
    std::unique_ptr<Tracking> tracking_;
    std::unique_ptr<Children> children_;
    LastWords last_words_;
    Burials burials_{around_.procfs};
    std::unique_ptr<NotifySocket> notify_;
    loop::WatchPtr groups_watch_;

    std::vector<UnitRef> marked_;
    std::vector<Change> changes_;
    std::vector<std::weak_ptr<Listener>> listeners_;
    loop::WatchPtr turn_;
    bool settling_ = false;
    std::vector<Job> held_back_;      ///< starts that wait for the spawner, in order
    std::vector<Notification> early_; ///< of nobody that we know, while the spawner has more to tell
    std::vector<UnitRef> waiting_empty_;

    Prepare prepare_;
    bool reloading_ = false, reload_again_ = false, shutting_down_ = false;
    base::Stamp started_;
    std::string boot_;
    std::unordered_map<pid_t, Held> strangers_; ///< left by the last manager
    int exit_code_ = 0;
    status::Ending ending_ = status::Ending::exit;
    std::pair<std::vector<bool>, std::uint64_t> announced_; ///< as loaded; at which generation of the graph
};

} // namespace mitori::manager
