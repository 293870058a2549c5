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
/// Fall-backs, in this order, each remembered for the process: without CLONE_INTO_CGROUP (ENOSYS, EINVAL, EOPNOTSUPP,
/// EBADF from kernels before 5.7) the child moves itself; without CLONE_CLEAR_SIGHAND (before 5.5) the child resets
/// what it inherits; without clone3 (ENOSYS: before 5.3, or a seccomp filter of a container) clone(2) with the same
/// flags, and without CLONE_PIDFD pidfd_open(2) after it. `spawn_method()` tells which is in use.
[[nodiscard]] std::expected<Child, SpawnError> spawn(Plan const& plan);

/// What of the above this kernel granted so far: "clone3", "clone3, cgroup by move", "clone", ...
[[nodiscard]] std::string spawn_method();

} // namespace mitori::process
