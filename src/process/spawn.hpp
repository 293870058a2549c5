#pragma once

#include <expected>

#include "base/result.hpp"
#include "process/child.hpp"
#include "process/plan.hpp"

namespace mitori::process {

/// Why no program runs: the stage that failed and its errno.
struct SpawnError {
    Stage stage = Stage::none;
    base::Error error;
    /// "exec /usr/bin/foo: No such file or directory"
    [[nodiscard]] std::string message() const { return error.message(); }
};

/// Starts the plan's child and returns when its program has been executed or a step has failed (the child has then been
/// reaped already). clone3 with CLONE_VM|CLONE_VFORK|CLONE_PIDFD|CLONE_CLEAR_SIGHAND and CLONE_INTO_CGROUP: the cost
/// does not grow with the caller's memory. Installs no handler and waits for no other child.
///
/// Thread-safe; not async-signal-safe. All signals are blocked for the length of the call.
///
/// Fall-backs, in this order, each remembered for the process once a child came of it: without clone3 (ENOSYS
/// before 5.3, or the ENOSYS or EPERM of a container's seccomp filter) clone(2) with the same flags; without
/// CLONE_INTO_CGROUP (E2BIG, EINVAL before 5.7) the child moves itself, also into a directory that the flag cannot take
/// (EBADF, EOPNOTSUPP: v1, threaded), which is not remembered; without CLONE_CLEAR_SIGHAND (before 5.5) the child
/// resets the caller's handlers; without CLONE_PIDFD (before 5.2) pidfd_open(2) afterwards, and where that is missing
/// too the Child has no pidfd. A missing close_range(2) is seen by the child, which then goes by /proc/self/fd.
/// `spawn_method()` tells what is in use.
///
/// A child that a signal ends before its exec comes back as a Child whose exit says so.
///
/// The host program's own dealings with SIGCHLD do no harm: a child that fails before its exec sends none and is reaped
/// here, past any handler and any waitpid(-1). For SIGCHLD ignored see Child.
[[nodiscard]] std::expected<Child, SpawnError> spawn(Plan const& plan);

/// The same with CLONE_PARENT: the new process is our parent's child, as we are. For a helper that starts programs in
/// the name of the one who started it. Its pid and pidfd come back to us, to signal it and to see its end (poll); the
/// exit is the parent's to take, and for us take_exit says ECHILD (Linux 6.15: the exit, once the parent has reaped
/// it). EINVAL in the init of a pid namespace, which has no parent to give to. When a step fails the parent has a dead
/// child to reap.
[[nodiscard]] std::expected<Child, SpawnError> spawn_sibling(Plan const& plan);

/// A process that nobody here has to wait for.
struct Detached {
    pid_t pid = 0;
    base::Fd pidfd; ///< to signal it and to see its end; empty when it has ended already, or without pidfds
};
/// Starts the process that goes on after the plan's PlanBuilder::become_orphan (EINVAL without that step and one of
/// new_session before it), and returns when it has executed its program or a step has failed. It is init's child, or
/// the nearest subreaper's: when this process is one, its own after all.
[[nodiscard]] std::expected<Detached, SpawnError> spawn_detached(Plan const& plan);

/// What of the above this kernel granted so far: "clone3", "clone3, cgroup by move", "clone", ...
[[nodiscard]] std::string spawn_method();

} // namespace mitori::process
