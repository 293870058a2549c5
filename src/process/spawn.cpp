#include "process/spawn.hpp"

#include <cerrno>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "process/detail/all_blocked.hpp"
#include "process/detail/block.hpp"
#include "process/detail/clone.hpp"
#include "process/detail/family.hpp"
#include "process/detail/private_copy.hpp"
#include "process/detail/subject.hpp"

namespace mitori::process {

using namespace detail;

namespace {

/// A child that changes its user makes the memory it runs in undumpable, and that is ours too: no core dump and no
/// /proc/self for us ever after. Puts it back.
class KeepDumpable {
public:
    explicit KeepDumpable(bool changes) : before_(changes ? ::prctl(PR_GET_DUMPABLE) : 0) {}
    ~KeepDumpable() {
        if (before_ == 1) ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    }
    KeepDumpable(KeepDumpable const&) = delete;
    KeepDumpable& operator=(KeepDumpable const&) = delete;

private:
    int before_;
};

/// One stack per thread: mapping and unmapping one costs about 4 µs, touching its pages anew as much again.
Stack const& thread_stack() {
    static thread_local Stack stack;
    if (!stack) stack = Stack::make();
    return stack;
}

std::unexpected<SpawnError> spawn_error(Stage stage, int number, std::string subject) {
    return std::unexpected(SpawnError{stage, base::Error{number, std::string(base::word(stage)), std::move(subject)}});
}

/// __WALL: a child that has not executed a program has no exit signal, and wait leaves such out otherwise.
void reap(Cloned const& cloned) {
    if (cloned.pidfd)
        static_cast<void>(base::sys::wait_pidfd(cloned.pidfd.get(), WEXITED | __WALL));
    else
        static_cast<void>(base::sys::wait_pid(cloned.pid, WEXITED | __WALL));
}

/// A start under way: what the child reads and writes while it shares our memory.
class Start {
public:
    Start(Plan const& plan, Kinship kinship) : plan_(plan), kinship_(kinship), copy_(plan.block(), plan.sources()) {}

    /// The end that an orphan holds open until it has executed its program or ended.
    void tell_by(int fd) { args_.report_fd = fd; }

    Cloned run(Stack const& stack) {
        auto const* header = reinterpret_cast<Header const*>(plan_.block().data());
        args_.block = copy_.block();
        args_.slots = copy_.slots();
        args_.report = &report_;
        args_.parent = kinship_ == Kinship::vfork_sibling ? ::getppid() : ::getpid();
        CloneRequest const request{.kinship = kinship_,
                                   .args = &args_,
                                   .stack = &stack,
                                   .cgroup = header->cgroup == no_slot ? -1 : plan_.sources()[header->cgroup]};
        AllBlocked const blocked;
        return clone_child(request);
    }

    [[nodiscard]] bool failed() const { return report_.stage != 0; }
    [[nodiscard]] pid_t orphan() const { return args_.orphan; }
    [[nodiscard]] std::unexpected<SpawnError> error() const {
        return spawn_error(static_cast<Stage>(report_.stage), report_.number, subject_of(plan_.block(), report_));
    }
    [[nodiscard]] std::unexpected<SpawnError> error_of(Cloned const& cloned) const {
        return spawn_error(cloned.cgroup_refused ? Stage::cgroup : Stage::spawn, cloned.number,
                           std::string(plan_.program()));
    }

private:
    Plan const& plan_;
    Kinship kinship_;
    PrivateCopy copy_;
    Report report_;
    ChildArgs args_;
};

std::expected<Child, SpawnError> spawn_as(Plan const& plan, Kinship kinship) {
    if (plan.block().empty()) return spawn_error(Stage::spawn, EINVAL, "empty plan");
    auto const needs = needs_of(plan.block());
    if (needs.orphan) return spawn_error(Stage::spawn, EINVAL, "an orphan is for spawn_detached");
    Stack const& stack = thread_stack();
    if (!stack) return spawn_error(Stage::spawn, ENOMEM, "stack");
    KeepDumpable const dumpable(needs.identity);
    Start start(plan, kinship);
    Cloned cloned = start.run(stack);
    if (cloned.pid < 0) return start.error_of(cloned);
    if (!start.failed()) return Child(cloned.pid, std::move(cloned.pidfd));
    if (kinship == Kinship::vfork) reap(cloned);
    return start.error();
}

/// The session's number is the pid of a zombie that we have not reaped: whoever is in that session is what we made.
base::Fd open_orphan(pid_t pid, pid_t session) {
    auto pidfd = base::sys::pidfd_open(pid);
    auto const stat = read_stat(pid);
    return pidfd && stat && stat->session == session ? *std::move(pidfd) : base::Fd();
}

void wait_for_end_of(base::Fd const& pipe) {
    std::byte report[sizeof(Report)];
    for (;;) {
        auto const got = base::sys::read(pipe.get(), report);
        if (!got || *got == 0) return;
    }
}

} // namespace

std::expected<Child, SpawnError> spawn(Plan const& plan) { return spawn_as(plan, Kinship::vfork); }

std::expected<Child, SpawnError> spawn_sibling(Plan const& plan) { return spawn_as(plan, Kinship::vfork_sibling); }

std::expected<Detached, SpawnError> spawn_detached(Plan const& plan) {
    if (plan.block().empty() || !needs_of(plan.block()).orphan)
        return spawn_error(Stage::spawn, EINVAL, "nothing makes an orphan");
    Stack const& stack = thread_stack();
    if (!stack) return spawn_error(Stage::spawn, ENOMEM, "stack");
    auto pipe = base::sys::pipe();
    if (!pipe) return std::unexpected(SpawnError{Stage::spawn, std::move(pipe).error()});

    KeepDumpable const dumpable(needs_of(plan.block()).identity);
    Start start(plan, Kinship::vfork);
    start.tell_by(pipe->second.get());
    Cloned cloned = start.run(stack);
    pipe->second.reset();
    if (cloned.pid < 0) return start.error_of(cloned);
    // Our stack and the plan's copy are the orphan's until this comes to its end, whatever becomes of its first self.
    wait_for_end_of(pipe->first);
    Detached detached{.pid = start.orphan(), .pidfd = open_orphan(start.orphan(), cloned.pid)};
    reap(cloned);
    if (start.failed()) return start.error();
    if (detached.pid == 0) return spawn_error(Stage::spawn, ECANCELED, "killed before it could detach");
    return detached;
}

std::string spawn_method() { return describe(features()); }

} // namespace mitori::process
