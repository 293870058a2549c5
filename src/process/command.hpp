#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "process/communicate.hpp"
#include "process/plan.hpp"
#include "process/process.hpp"
#include "process/spawn.hpp"

namespace mitori::process {

/// What a standard stream of a command is connected to.
struct Stdio {
    enum class Kind { inherit, null, read_file, truncate_file, append_file, descriptor, pipe, terminal, as_output };
    Kind kind = Kind::inherit;
    std::string path{};
    int fd = -1; ///< borrowed

    static Stdio inherit() { return {}; }
    static Stdio null() { return {.kind = Kind::null}; }
    static Stdio file(std::string path) { return {.kind = Kind::read_file, .path = std::move(path)}; }
    static Stdio truncate(std::string path) { return {.kind = Kind::truncate_file, .path = std::move(path)}; }
    static Stdio append(std::string path) { return {.kind = Kind::append_file, .path = std::move(path)}; }
    static Stdio descriptor(int fd) { return {.kind = Kind::descriptor, .fd = fd}; }
    /// A new pipe, whose other end start() returns.
    static Stdio pipe() { return {.kind = Kind::pipe}; }
    /// A new pseudo-terminal, one for all streams that ask for it, whose controller's end start() returns. It becomes
    /// the controlling terminal of the child, which leads a new session.
    static Stdio pty() { return {.kind = Kind::terminal}; }
    /// For standard error: wherever standard output goes (2>&1).
    static Stdio same_as_output() { return {.kind = Kind::as_output}; }
};

/// One command as a C++ program asks for it: the library's way to a Plan. Value type; copies are independent.
/// The child has 0, 1 and 2 (this process's own unless told otherwise, /dev/null where this process has none), what is
/// passed, and no other descriptor; default dispositions and an empty mask unless told otherwise. Files of standard
/// streams are opened as the caller sees them: before root, directory and user change.
///
///     auto child = Command("sort").arg("-n").stdin_from(Stdio::file("in")).spawn();
///     auto exit = child->wait();
///
/// Four ways to start it: plan() only says what would be done; spawn() starts it; start() also makes the pipes and the
/// terminal that it asks for and returns our ends; output() runs it to its end (communicate.hpp), detach() lets it go.
/// const members are thread-safe; a step that fails is told by the error: its stage, errno and subject.
class Command {
public:
    /// `program` without a slash is searched in $PATH of the environment that the child gets.
    explicit Command(std::string program);

    Command& arg(std::string argument);
    Command& args(std::vector<std::string> arguments);
    Command& argv0(std::string name);
    Command& env(std::string name, std::string value);
    Command& unset_env(std::string name);
    Command& clear_env();
    Command& cwd(std::string path); ///< entered after root, as the user
    Command& root(std::string path);
    Command& umask(mode_t mask);
    Command& user(uid_t uid);
    Command& group(gid_t gid);
    Command& groups(std::vector<gid_t> groups);
    Command& new_session();
    Command& new_group();
    Command& join_group(pid_t group); ///< of this session; setpgid(2)
    /// Takes the foreground of this terminal for its group before the program begins (with new_group or join_group), so
    /// that it can read at once. Borrowed; must be the caller's controlling terminal.
    Command& foreground(int terminal);
    /// Makes this terminal the controlling one of the child, in a new session. Borrowed. Stdio::pty() does it itself.
    Command& controlling_terminal(int terminal);
    /// Of the terminal that Stdio::pty() makes; 24 × 80 without.
    Command& terminal_size(base::sys::WindowSize size);
    /// Makes it our parent's child: spawn_sibling() tells what that means.
    Command& as_sibling();
    Command& limit(Limit limit);
    Command& nice(int value);
    Command& scheduler(Scheduling value);
    Command& io_priority(int value);
    Command& cpu_affinity(CpuMask mask);
    Command& oom_score_adjust(int value);
    Command& no_new_privileges();
    Command& new_network(); ///< none but a loopback device that is down: PlanBuilder::new_network
    Command& parent_death_signal(base::Signal signal);
    Command& ignore(base::Signal signal);
    Command& block(base::Signal signal);
    Command& cgroup(int directory);      ///< borrowed: a cgroup v2 directory to be born in
    Command& join_cgroup(int directory); ///< borrowed: a directory of a v1 hierarchy; any number of them
    Command& stdin_from(Stdio stdio);
    Command& stdout_to(Stdio stdio);
    Command& stderr_to(Stdio stdio);
    /// Where nothing else was said for that stream so far.
    Command& default_input(Stdio stdio);
    Command& default_output(Stdio stdio);
    Command& default_error(Stdio stdio);
    /// What daemons have (daemon(7)): / as directory, umask 0, /dev/null as streams.
    Command& default_daemon();
    /// The lowest from 3 on that nothing is passed as.
    [[nodiscard]] int free_number() const;
    [[nodiscard]] Stdio::Kind stderr_kind() const { return stdio_[2].kind; }
    /// The child sees the caller's `fd` as `number`. Borrowed.
    Command& pass(int fd, int number);
    /// Executes this descriptor instead of a path (fexecve(3)). Borrowed.
    Command& program_descriptor(int fd);

    /// EINVAL when a stream asks for a pipe or a pseudo-terminal.
    [[nodiscard]] base::Result<Plan> plan() const;
    [[nodiscard]] std::expected<Child, SpawnError> spawn() const;
    [[nodiscard]] std::expected<Process, SpawnError> start() const;
    /// In a new session, and nobody's child here: nothing is to be waited for, and no zombie is left behind.
    [[nodiscard]] std::expected<Detached, SpawnError> detach() const;
    /// Runs it to its end and returns what it wrote: standard output and error become pipes where nothing else was said
    /// for them, standard input /dev/null, or a pipe when there is input. See communicate.hpp. Stage::none is the stage
    /// of an error that came after the start.
    [[nodiscard]] std::expected<Output, SpawnError> output(CommunicateOptions const& options = {}) const;

private:
    struct Identity {
        std::optional<uid_t> user;
        std::optional<gid_t> group;
        std::optional<std::vector<gid_t>> groups;
    };
    struct Attributes {
        bool session = false;
        bool group = false;
        bool sibling = false;
        std::optional<pid_t> joined_group;
        std::optional<base::sys::WindowSize> terminal_size;
        int foreground = -1;
        int controlling_terminal = -1;
        bool no_new_privileges = false;
        bool new_network = false;
        std::optional<mode_t> umask;
        std::vector<Limit> limits;
        std::optional<int> nice;
        std::optional<Scheduling> scheduling;
        std::optional<int> io_priority;
        std::optional<CpuMask> affinity;
        std::optional<int> oom_score_adjust;
        std::optional<base::Signal> parent_death;
        base::SignalSet ignored;
        base::SignalSet blocked;
        int cgroup = -1;
        std::vector<int> joined_cgroups;
    };
    /// Our ends of what the streams ask for; without one they are refused.
    struct Ends;
    enum class Parentage { stays, is_left };
    [[nodiscard]] base::Result<Plan> make_plan(Ends* ends, Parentage parentage) const;
    Command& set_default(std::size_t number, Stdio stdio);
    void add_attributes(PlanBuilder& plan, Parentage parentage) const;
    [[nodiscard]] bool wants_terminal() const;
    [[nodiscard]] base::Result<std::vector<Slot>> add_streams(PlanBuilder& plan, Ends* ends) const;
    void add_terminal(PlanBuilder& plan, std::optional<Slot> made) const;
    [[nodiscard]] base::Result<std::optional<Slot>> add_descriptors(PlanBuilder& plan, Ends* ends) const;
    void add_identity(PlanBuilder& plan) const;

    std::vector<std::string> argv_;
    std::string program_;
    int program_fd_ = -1;
    bool clear_environment_ = false;
    std::vector<std::pair<std::string, std::optional<std::string>>> environment_;
    std::string cwd_;
    std::string root_;
    Identity identity_;
    Attributes attributes_;
    std::vector<Stdio> stdio_{3};
    std::vector<std::pair<int, int>> passed_;
};

} // namespace mitori::process
