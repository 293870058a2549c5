#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "process/plan.hpp"
#include "process/spawn.hpp"

namespace mitori::process {

/// What a standard stream of a command is connected to.
struct Stdio {
    enum class Kind { inherit, null, read_file, truncate_file, append_file, descriptor };
    Kind kind = Kind::inherit;
    std::string path;
    int fd = -1; ///< borrowed

    static Stdio inherit() { return {}; }
    static Stdio null() { return {.kind = Kind::null}; }
    static Stdio file(std::string path) { return {.kind = Kind::read_file, .path = std::move(path)}; }
    static Stdio truncate(std::string path) { return {.kind = Kind::truncate_file, .path = std::move(path)}; }
    static Stdio append(std::string path) { return {.kind = Kind::append_file, .path = std::move(path)}; }
    static Stdio descriptor(int fd) { return {.kind = Kind::descriptor, .fd = fd}; }
};

/// One command as a C++ program asks for it: the library's way to a Plan. Value type; copies are independent.
/// The child has 0, 1 and 2 (this process's own unless told otherwise, /dev/null where this process has none), what is
/// passed, and no other descriptor; default dispositions and an empty mask unless told otherwise. Files of standard
/// streams are opened as the caller sees them: before root, directory and user change.
///
///     auto child = Command("sort").arg("-n").stdin_from(Stdio::file("in")).spawn();
///     auto exit = child->wait();
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
    Command& limit(Limit limit);
    Command& nice(int value);
    Command& scheduler(Scheduling value);
    Command& io_priority(int value);
    Command& cpu_affinity(CpuMask mask);
    Command& oom_score_adjust(int value);
    Command& no_new_privileges();
    Command& parent_death_signal(base::Signal signal);
    Command& ignore(base::Signal signal);
    Command& block(base::Signal signal);
    Command& cgroup(int directory); ///< borrowed: a cgroup v2 directory to be born in
    Command& stdin_from(Stdio stdio);
    Command& stdout_to(Stdio stdio);
    Command& stderr_to(Stdio stdio);
    /// The child sees the caller's `fd` as `number`. Borrowed.
    Command& pass(int fd, int number);
    /// Executes this descriptor instead of a path (fexecve(3)). Borrowed.
    Command& program_descriptor(int fd);

    [[nodiscard]] base::Result<Plan> plan() const;
    [[nodiscard]] std::expected<Child, SpawnError> spawn() const;

private:
    struct Identity {
        std::optional<uid_t> user;
        std::optional<gid_t> group;
        std::optional<std::vector<gid_t>> groups;
    };
    struct Attributes {
        bool session = false;
        bool group = false;
        bool no_new_privileges = false;
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
    };
    void add_attributes(PlanBuilder& plan) const;
    [[nodiscard]] std::optional<Slot> add_descriptors(PlanBuilder& plan) const;
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
