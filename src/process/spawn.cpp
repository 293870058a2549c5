#include "process/spawn.hpp"

#include <cerrno>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "process/detail/all_blocked.hpp"
#include "process/detail/block.hpp"
#include "process/detail/clone.hpp"
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

} // namespace

std::expected<Child, SpawnError> spawn(Plan const& plan) {
    if (plan.block().empty()) return spawn_error(Stage::spawn, EINVAL, "empty plan");
    Stack const& stack = thread_stack();
    if (!stack) return spawn_error(Stage::spawn, ENOMEM, "stack");
    PrivateCopy copy(plan.block(), plan.sources());
    auto const* header = reinterpret_cast<Header const*>(plan.block().data());

    Report report;
    ChildArgs args{.block = copy.block(), .slots = copy.slots(), .report = &report, .parent = ::getpid()};
    CloneRequest const request{.kinship = Kinship::vfork,
                               .args = &args,
                               .stack = &stack,
                               .cgroup = header->cgroup == no_slot ? -1 : plan.sources()[header->cgroup]};
    Cloned cloned;
    {
        KeepDumpable const dumpable(needs_of(plan.block()).identity);
        AllBlocked const blocked;
        cloned = clone_child(request);
    }
    if (cloned.pid < 0)
        return spawn_error(cloned.cgroup_refused ? Stage::cgroup : Stage::spawn, cloned.number,
                           std::string(plan.program()));
    if (report.stage == 0) return Child(cloned.pid, std::move(cloned.pidfd));
    reap(cloned);
    return spawn_error(static_cast<Stage>(report.stage), report.number, subject_of(plan.block(), report));
}

std::string spawn_method() { return describe(features()); }

} // namespace mitori::process
