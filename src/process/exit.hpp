#pragma once

#include <cstdint>
#include <string>

#include "base/names.hpp"
#include "base/result.hpp"
#include "base/signal.hpp"
#include "base/time.hpp"

namespace mitori::process {

/// How a child ended, or what else wait told of it. Words of siginfo's si_code (waitid(2)).
enum class ExitKind { exited, killed, dumped, stopped, continued };

/// What a process and its waited-for descendants used, getrusage(2).
struct Usage {
    base::Usec user{0};
    base::Usec system{0};
    /// Bytes, ru_maxrss. No less than what its starter held: until its exec a child shares that memory, and the kernel
    /// counts it (the Spawner, which is small, keeps the manager's own out of it).
    std::uint64_t peak_memory = 0;
    std::uint64_t blocks_in = 0;
    std::uint64_t blocks_out = 0;
    std::uint64_t minor_faults = 0;
    std::uint64_t major_faults = 0;
};

/// Station 6: the end of a child.
struct Exit {
    ExitKind kind = ExitKind::exited;
    int status = 0; ///< the exit code, or the signal's number
    Usage usage;
    base::Stamp at;

    [[nodiscard]] bool clean() const { return kind == ExitKind::exited && status == 0; }
    /// "exited, status=1/FAILURE", "killed, signal=TERM", "dumped, signal=SEGV": the words of systemctl status.
    [[nodiscard]] std::string message() const;
};

/// Takes the end of the child behind a pidfd: waitid(P_PIDFD) reaps it. EAGAIN while it lives; ECHILD when it is not
/// ours to wait for. Also reports stops and continuations when asked for.
enum class Take { ends, ends_and_stops };
[[nodiscard]] base::Result<Exit> take_exit(int pidfd, Take what = Take::ends);

} // namespace mitori::process

template <>
struct mitori::base::Names<mitori::process::ExitKind> {
    using Kind = mitori::process::ExitKind;
    static constexpr auto table = std::to_array<Name<Kind>>({
        {Kind::exited, "exited"},
        {Kind::killed, "killed"},
        {Kind::dumped, "dumped"},
        {Kind::stopped, "stopped"},
        {Kind::continued, "continued"},
    });
};
