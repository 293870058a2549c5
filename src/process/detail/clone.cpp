#include "process/detail/clone.hpp"

#include <atomic>
#include <cerrno>
#include <linux/sched.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "base/sys.hpp"
#include "process/detail/raw.hpp"

namespace mitori::process::detail {

namespace {

std::atomic<Features> current_features{Features{}};

/// One try, with exactly these features.
struct Attempt {
    Features features;
    bool into_cgroup = false;
    friend bool operator==(Attempt const&, Attempt const&) = default;
};

std::uint64_t flags_of(Kinship kinship) {
    switch (kinship) {
    case Kinship::vfork: return CLONE_VM | CLONE_VFORK;
    case Kinship::vfork_sibling: return CLONE_VM | CLONE_VFORK | CLONE_PARENT;
    case Kinship::sibling: return CLONE_VM | CLONE_PARENT;
    case Kinship::sibling_of_own_memory: return CLONE_PARENT;
    }
    std::unreachable();
}

/// The spawner's siblings speak for themselves, and their manager opens their pidfds.
bool wants_pidfd(Kinship kinship) { return kinship == Kinship::vfork || kinship == Kinship::vfork_sibling; }

long try_clone3(CloneRequest const& request, Attempt const& attempt, int& pidfd) {
    // No exit signal: a vfork child that fails before its exec sends no SIGCHLD and is nobody else's to reap (a program
    // with a waitpid(-1) of its own would take it); the exec makes it SIGCHLD. A sibling gets its maker's.
    clone_args args{};
    args.flags = flags_of(request.kinship);
    args.stack = reinterpret_cast<std::uintptr_t>(request.stack->usable());
    args.stack_size = Stack::usable_bytes;
    if (wants_pidfd(request.kinship) && attempt.features.pidfd) {
        args.flags |= CLONE_PIDFD;
        args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
    }
    if (attempt.features.clear_sighand && !request.no_handlers) args.flags |= CLONE_CLEAR_SIGHAND;
    long size = CLONE_ARGS_SIZE_VER0;
    if (attempt.into_cgroup) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = static_cast<std::uint64_t>(request.cgroup);
        size = CLONE_ARGS_SIZE_VER2;
    }
    return raw::call_twice(SYS_clone3, raw::word(&args), size, 0, 0, 0, &run_child, request.args);
}

long try_clone(CloneRequest const& request, Attempt const& attempt, int& pidfd) {
    auto flags = static_cast<long>(flags_of(request.kinship));
    long const top = raw::word(request.stack->usable() + Stack::usable_bytes);
    long parent_tid = 0;
    if (wants_pidfd(request.kinship) && attempt.features.pidfd) {
        flags |= CLONE_PIDFD;
        parent_tid = raw::word(&pidfd);
    }
    return raw::call_twice(SYS_clone, flags, top, parent_tid, 0, 0, &run_child, request.args);
}

/// What to try after `number`; the same when nothing is left to try.
Attempt narrower(Attempt attempt, int number) {
    Features& features = attempt.features;
    // EPERM: seccomp filters that do not know clone3 and say so by the wrong errno.
    if (features.clone3 && (number == ENOSYS || number == EPERM)) {
        features.clone3 = attempt.into_cgroup = false;
    } else if (attempt.into_cgroup && (number == EINVAL || number == E2BIG)) {
        features.into_cgroup = attempt.into_cgroup = false;
    } else if (attempt.into_cgroup && (number == EBADF || number == EOPNOTSUPP)) {
        attempt.into_cgroup = false; // a matter of this directory (v1, threaded), not of the kernel
    } else if (number == EINVAL && features.clone3 && features.clear_sighand) {
        features.clear_sighand = false;
    } else if (number == EINVAL && features.pidfd) {
        features.pidfd = false;
    }
    return attempt;
}

/// What the kernel says of the cgroup rather than of the clone (clone(2), CLONE_INTO_CGROUP).
bool speaks_of_cgroup(int number) {
    return number == EACCES || number == EBUSY || number == ENODEV || number == ENOENT || number == EROFS;
}

Cloned made(CloneRequest const& request, pid_t pid, int pidfd) {
    Cloned cloned{.pid = pid, .number = 0, .pidfd = base::Fd(pidfd)};
    // The pid is ours until we reap it, so this cannot meet another process.
    if (wants_pidfd(request.kinship) && pidfd < 0)
        if (auto opened = base::sys::pidfd_open(pid)) cloned.pidfd = *std::move(opened);
    return cloned;
}

} // namespace

Features features() { return current_features.load(std::memory_order_relaxed); }

void set_features(Features features) { current_features.store(features, std::memory_order_relaxed); }

std::string describe(Features const& features) {
    std::string text = features.clone3 ? "clone3" : "clone";
    if (!features.into_cgroup || !features.clone3) text += ", cgroup by move";
    if (!features.clear_sighand || !features.clone3) text += ", handlers reset by the child";
    if (!features.pidfd) text += ", pidfd_open";
    if (!features.close_range) text += ", descriptors closed one by one";
    return text;
}

Stack Stack::make() noexcept {
    Stack stack;
    void* const base = ::mmap(nullptr, guard_bytes + usable_bytes, PROT_NONE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) return stack;
    stack.base_ = static_cast<std::byte*>(base);
    if (::mprotect(stack.usable(), usable_bytes, PROT_READ | PROT_WRITE) != 0) stack = Stack();
    return stack;
}

Stack::Stack(Stack&& other) noexcept : base_(std::exchange(other.base_, nullptr)) {}

Stack& Stack::operator=(Stack&& other) noexcept {
    std::swap(base_, other.base_);
    return *this;
}

Stack::~Stack() {
    if (base_ == nullptr) return;
    int const saved = errno;
    ::munmap(base_, guard_bytes + usable_bytes);
    errno = saved;
}

std::byte* Stack::usable() const { return base_ + guard_bytes; }

Cloned clone_child(CloneRequest const& request) {
    Features const known = features();
    Attempt attempt{known, request.cgroup >= 0 && known.clone3 && known.into_cgroup};
    for (;;) {
        request.args->move_to_cgroup = request.cgroup >= 0 && !attempt.into_cgroup;
        request.args->reset_handlers =
            !request.no_handlers && !(attempt.features.clone3 && attempt.features.clear_sighand);
        request.args->no_close_range = !attempt.features.close_range;
        int pidfd = -1;
        long const result =
            attempt.features.clone3 ? try_clone3(request, attempt, pidfd) : try_clone(request, attempt, pidfd);
        if (!raw::failed(result)) {
            // Only what was followed by success was the feature's fault.
            if (attempt.features != known) set_features(attempt.features);
            return made(request, static_cast<pid_t>(result), pidfd);
        }
        int const number = static_cast<int>(-result);
        Attempt const next = narrower(attempt, number);
        if (next == attempt)
            return {.pid = -1,
                    .number = number,
                    .pidfd = {},
                    .cgroup_refused = attempt.into_cgroup && speaks_of_cgroup(number)};
        attempt = next;
    }
}

} // namespace mitori::process::detail
