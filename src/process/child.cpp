// The child's side: what runs between the clone and the exec.
//
// The child shares its parent's memory (CLONE_VM): the heap, the locks in whatever state another thread left them, the
// thread-local storage of the thread that made it. In the spawner it even runs at the same time as its maker. So it
// touches nothing of that. It walks the plan and makes system calls:
//
//   - no allocation, no lock, no errno, no C library at all: `nm -u` of this file's object is empty, and a test says
//   so.
//     Loops are written out, since a copied struct may become a call of memcpy, which may be bound lazily, under a
//     lock.
//   - no early return: the child has one way out for each step that fails, `fail`, which tells the stage and the errno
//     and ends the process with the stage's number; and one for success, execve. run_child cannot return.
//   - what it writes to is its own: its copy of the block, its slots, its stack, its report.
//   - all signals are blocked from before it was born (clone.cpp) until just before the exec: a handler of the parent
//     can never run here, in the parent's memory. What is sent meanwhile waits. The plan's mask is set last of all.
//
// A step is a payload (detail/block.hpp) and the overload of `apply` for it, which returns 0 or -errno. The table at
// the end of this file is made from the list of payloads: one without an overload does not compile. Steps that are more
// than a system call or two live in child_files.hpp, child_network.hpp and child_descriptors.hpp, which are included
// here only.
//
// This translation unit is built without sanitizers, also where all others have them: their run-time libraries keep
// records in memory that the child must not write to.

#include "process/detail/child.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "process/detail/block.hpp"
#include "process/detail/child_descriptors.hpp"
#include "process/detail/child_files.hpp"
#include "process/detail/child_network.hpp"
#include "process/detail/child_walk.hpp"
#include "process/detail/raw.hpp"

namespace mitori::process::detail {

namespace {

constexpr std::uint16_t stage_of(Stage stage) { return static_cast<std::uint16_t>(stage); }

[[noreturn]] void end(int status) {
    for (;;)
        raw::call(SYS_exit_group, status);
}

[[noreturn]] void fail(Walk const& walk, std::uint16_t stage, long result) {
    Report* report = walk.args->report;
    report->stage = stage;
    report->step = walk.step;
    report->number = static_cast<std::int32_t>(-result);
    if (walk.args->report_fd >= 0) raw::call(SYS_write, walk.args->report_fd, raw::word(report), sizeof *report);
    end(stage);
}

// -- process attributes

long apply(Walk&, NewSession const&) {
    long const result = raw::call(SYS_setsid);
    return raw::failed(result) ? result : 0;
}
long apply(Walk&, JoinGroup const& step) { return raw::call(SYS_setpgid, 0, step.group); }
long apply(Walk&, SetTimerSlack const& step) {
    return raw::call(SYS_prctl, PR_SET_TIMERSLACK, static_cast<long>(step.nanoseconds));
}
long apply(Walk&, NoNewPrivileges const&) { return raw::call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1); }

/// Who goes on shares the memory and the very stack with who ends here, who therefore touches neither any more. The
/// caller of the plan waits for the end of the report's pipe before it uses them again (spawn.cpp): not for our first
/// self, which a signal could end too early.
long apply(Walk& walk, BecomeOrphan const&) {
    constexpr long flags = CLONE_VM | CLONE_PARENT_SETTID | SIGCHLD;
    return raw::clone_and_leave(flags, &walk.args->orphan);
}

constexpr bool is_denied(long result) { return result == -EPERM || result == -EACCES; }

/// struct rlimit64 of the kernel.
struct Limits {
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

long set_limits(int resource, Limits const& limits) {
    return raw::call(SYS_prlimit64, 0, resource, raw::word(&limits), 0);
}

Limits limits_of(int resource) {
    Limits limits;
    raw::call(SYS_prlimit64, 0, resource, 0, raw::word(&limits));
    return limits;
}

long apply(Walk&, SetLimit const& step) {
    Limits wish{step.soft, step.hard};
    long const result = set_limits(step.resource, wish);
    if (!is_denied(result) || step.denied == Denied::is_error) return result;
    if (step.denied == Denied::is_ignored) return 0;
    Limits const inherited = limits_of(step.resource);
    if (wish.soft > inherited.hard) wish.soft = inherited.hard;
    if (wish.hard > inherited.hard) wish.hard = inherited.hard;
    return set_limits(step.resource, wish);
}

long set_nice(long value) { return raw::call(SYS_setpriority, PRIO_PROCESS, 0, value); }

long apply(Walk&, SetNice const& step) {
    long const result = set_nice(step.value);
    if (!is_denied(result) || step.denied == Denied::is_error) return result;
    if (step.denied == Denied::is_ignored) return 0;
    // RLIMIT_NICE and the kernel's getpriority both count from 20 down: getpriority(2).
    long const lowest = 20 - static_cast<long>(limits_of(RLIMIT_NICE).soft);
    long const inherited = 20 - raw::call(SYS_getpriority, PRIO_PROCESS, 0);
    return lowest < inherited ? set_nice(lowest) : 0;
}

long apply(Walk&, SetScheduler const& step) {
    constexpr int reset_on_fork = 0x4000'0000; // SCHED_RESET_ON_FORK, sched_setscheduler(2)
    int const priority = step.priority;        // struct sched_param
    return raw::call(SYS_sched_setscheduler, 0, step.policy | (step.reset_on_fork != 0 ? reset_on_fork : 0),
                     raw::word(&priority));
}

long apply(Walk&, SetIoPriority const& step) {
    constexpr int who_process = 1; // IOPRIO_WHO_PROCESS, ioprio_set(2)
    return raw::call(SYS_ioprio_set, who_process, 0, step.value);
}

long apply(Walk&, SetAffinity const& step) {
    return raw::call(SYS_sched_setaffinity, 0, sizeof step.mask, raw::word(&step.mask));
}

long apply(Walk&, SetUmask const& step) {
    raw::call(SYS_umask, step.mask);
    return 0;
}

long apply(Walk& walk, ParentDeathSignal const& step) {
    long const result = raw::call(SYS_prctl, PR_SET_PDEATHSIG, step.signal);
    if (raw::failed(result)) return result;
    // The parent may have died before the call above, and then nobody tells us any more. SIGKILL cannot be blocked.
    if (raw::call(SYS_getppid) != walk.args->parent) raw::call(SYS_kill, raw::call(SYS_getpid), SIGKILL);
    return 0;
}

// -- identity

long apply(Walk& walk, SetGroups const& step) {
    return raw::call(SYS_setgroups, step.groups.count, raw::word(numbers_at(walk, step.groups)));
}
long apply(Walk&, SetGid const& step) { return raw::call(SYS_setresgid, step.gid, step.gid, step.gid); }
long apply(Walk&, SetUid const& step) { return raw::call(SYS_setresuid, step.uid, step.uid, step.uid); }

// -- signals

long set_disposition(int signal, std::uintptr_t handler) {
    raw::SignalAction action;
    action.handler = handler;
    return raw::call(SYS_rt_sigaction, signal, raw::word(&action), 0, raw::mask_bytes);
}

constexpr bool may_be_set(int signal) { return signal != SIGKILL && signal != SIGSTOP; }

long apply(Walk&, SetDispositions const& step) {
    for (int signal = 1; signal <= raw::most_signals; ++signal) {
        if (!may_be_set(signal)) continue;
        bool const ignored = ((step.ignored >> (signal - 1)) & 1U) != 0;
        long const result = set_disposition(signal, ignored ? 1 : 0); // SIG_IGN, SIG_DFL
        if (raw::failed(result)) return result;
    }
    return 0;
}

long apply(Walk& walk, SetMask const& step) {
    walk.mask = step.blocked;
    return 0;
}

/// What CLONE_CLEAR_SIGHAND does: handlers go, what is ignored stays ignored.
void reset_handlers() {
    for (int signal = 1; signal <= raw::most_signals; ++signal) {
        if (!may_be_set(signal)) continue;
        raw::SignalAction action;
        raw::call(SYS_rt_sigaction, signal, 0, raw::word(&action), raw::mask_bytes);
        if (action.handler > 1) set_disposition(signal, 0);
    }
}

// -- the end

/// The digits of our pid, where the check found room for them.
void write_pid(char* into, long pid) {
    char digits[pid_room];
    int count = 0;
    do {
        digits[count++] = static_cast<char>('0' + pid % 10);
        pid /= 10;
    } while (pid > 0);
    while (count > 0)
        *into++ = digits[--count];
}

long apply(Walk& walk, SetEnvironment const& step) {
    walk.environment = list_at(walk, step.entries);
    std::uint32_t const* places = numbers_at(walk, step.pids);
    for (std::uint32_t n = 0; n < step.pids.count; ++n)
        write_pid(reinterpret_cast<char*>(walk.block + places[n]), raw::call(SYS_getpid));
    return 0;
}

/// From here on a signal may end us, which is right: whoever sent one meant this process.
void set_mask(Walk const& walk) {
    constexpr long set_whole = 2; // SIG_SETMASK
    raw::call(SYS_rt_sigprocmask, set_whole, raw::word(&walk.mask), 0, raw::mask_bytes);
}

long apply(Walk& walk, Execute const& step) {
    char** const candidates = list_at(walk, step.candidates);
    set_mask(walk);
    long denied = 0;
    long result = -ENOENT;
    for (std::uint32_t n = 0; n < step.candidates.count; ++n) {
        result = raw::call(SYS_execve, raw::word(candidates[n]), raw::word(list_at(walk, step.argv)),
                           raw::word(walk.environment));
        if (result == -EACCES) denied = result;
        if (result != -ENOENT && result != -ENOTDIR && result != -EACCES) return result;
    }
    return denied != 0 ? denied : result;
}

long apply(Walk& walk, ExecuteDescriptor const& step) {
    int const fd = walk.slots[step.slot];
    auto const execute = [&] {
        return raw::call(SYS_execveat, fd, raw::word(""), raw::word(list_at(walk, step.argv)),
                         raw::word(walk.environment), AT_EMPTY_PATH);
    };
    set_mask(walk);
    long result = execute();
    // The kernel says ENOENT for a script whose descriptor will be closed, since its interpreter could not read it. A
    // binary's descriptor is closed at exec; only a script's stays.
    if (result == -ENOENT) {
        raw::call(SYS_fcntl, fd, F_SETFD, 0);
        result = execute();
    }
    return result;
}

// -- the walk

using Apply = long (*)(Walk&, void*);

template <class Step>
long apply_step(Walk& walk, void* payload) {
    return apply(walk, *static_cast<Step*>(payload));
}

template <class List>
struct Table;
template <class... Step>
struct Table<std::tuple<Step...>> {
    static constexpr Apply rows[] = {&apply_step<Step>...};
};

/// The helper's socket must not outlive these lines in the child: its end is how the manager learns that all children
/// of a dead helper have spoken.
void announce(Walk const& walk) {
    ChildArgs const& args = *walk.args;
    long const result = raw::call(SYS_write, args.announce_fd, raw::word(&args.announcement), sizeof args.announcement);
    if (raw::failed(result)) fail(walk, stage_of(Stage::spawn), result);
    raw::call(SYS_close, args.announce_fd);
}

} // namespace

[[noreturn]] void run_child(void* pointer) noexcept {
    auto* args = static_cast<ChildArgs*>(pointer);
    auto const* header = reinterpret_cast<Header const*>(args->block);
    char* no_environment[] = {nullptr};
    Walk walk{.args = args, .block = args->block, .slots = args->slots, .slot_count = header->slots};
    walk.environment = no_environment;

    if (args->announce_fd >= 0) announce(walk);
    if (args->reset_handlers) reset_handlers();
    if (args->move_to_cgroup) {
        long const result = enter_cgroup(walk.slots[header->cgroup]);
        if (raw::failed(result)) fail(walk, stage_of(Stage::cgroup), result);
    }
    std::byte* at = walk.block + sizeof(Header);
    for (std::uint16_t n = 0; n < header->steps; ++n) {
        walk.step = n;
        auto* step = reinterpret_cast<StepHeader*>(at);
        long const result = Table<Steps>::rows[step->op](walk, step + 1);
        if (raw::failed(result)) fail(walk, step->stage, result);
        at += step->size;
    }
    // The last step of a checked plan is an exec, which does not come back without an error.
    fail(walk, stage_of(Stage::exec), -EINVAL);
}

} // namespace mitori::process::detail
