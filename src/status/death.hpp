// Station 8: the end of one process as it is told and kept. Every field says what is known; what is not is empty, and
// `unknown` says why. Nothing here is guessed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

#include "base/names.hpp"
#include "base/time.hpp"

namespace mitori::status {

/// Who a process is. A pid alone is reused; with the moment of its start it names one process of one boot for ever.
struct ProcessIdentity {
    pid_t pid = 0;
    std::uint64_t start_ticks = 0; ///< since boot, as field 22 of /proc/pid/stat; 0: not known
    friend auto operator<=>(ProcessIdentity const&, ProcessIdentity const&) = default;
};

/// si_code's words, as far as an end goes; unknown where only the fact is known (the process connector of an old
/// kernel, a process that was gone when somebody looked).
enum class DeathKind : std::uint8_t { unknown, exited, killed, dumped };

/// Whose doing it was.
enum class Cause : std::uint8_t {
    unknown,  ///< `unknown` says why
    itself,   ///< it called exit, or sent the signal to itself
    process,  ///< another process sent the signal: `sender`
    manager,  ///< the manager sent it: `request` says on whose behalf or for what reason
    oom,      ///< the kernel, because memory ran out: `limit` says which, `limit_group` whose
    limit,    ///< the kernel, because of a resource limit (RLIMIT_CPU, RLIMIT_FSIZE …): `limit`
    fault,    ///< the kernel, because of what the process did (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP)
    seccomp,  ///< the kernel: a system call that its filter forbids
    pipe,     ///< the kernel: SIGPIPE of a write that nobody reads
    terminal, ///< the kernel: a key at the terminal, or its hanging up
    kernel,   ///< the kernel, for another reason (a namespace's end, cgroup.kill, PDEATHSIG, a timer …): `reason`
};

/// What told a fact. A record holds the set of all that had a part in it.
enum class Source : std::uint8_t {
    wait = 1,       ///< the parent's wait: code, signal, core, usage
    pidfd_info = 2, ///< PIDFD_GET_INFO (Linux 6.15): code of others' children
    bpf = 4,        ///< tracepoints: everything, with the sender
    connector = 8,  ///< the process connector: code and parent of everything
    cgroup = 16,    ///< memory.events and its kin
    kernel_log = 32 ///< the kernel's words on a victim
};
using Sources = std::uint8_t; ///< of Source
[[nodiscard]] constexpr Sources operator|(Sources set, Source source) {
    return static_cast<Sources>(set | static_cast<Sources>(source));
}
[[nodiscard]] constexpr bool has(Sources set, Source source) { return (set & static_cast<Sources>(source)) != 0; }

struct Death {
    std::int64_t number = 0; ///< the ledger's, ever greater; 0 until it is kept

    // who
    ProcessIdentity who;
    std::uint64_t pidfd_inode = 0; ///< 0: not known. Unique for a boot on 64-bit kernels since 6.9
    std::string boot;              ///< 32 hex digits
    ProcessIdentity parent;        ///< at the end
    std::string parent_command;    ///< its comm
    pid_t group = 0;
    pid_t session = 0;
    std::string comm;
    std::string executable;
    std::string command_line;
    std::optional<uid_t> user;
    std::string cgroup;     ///< as /proc/pid/cgroup shows it
    std::string unit;       ///< empty: none of ours
    std::string invocation; ///< 32 hex digits
    std::string role;       ///< "main", "control" (with which command), "" for others of the unit

    // when
    base::Usec started{0}; ///< realtime; 0: not known
    base::Stamp ended;

    // how
    DeathKind kind = DeathKind::unknown;
    int status = 0; ///< the exit code, or the signal's number

    // by whom
    Cause cause = Cause::unknown;
    ProcessIdentity sender;     ///< of Cause::process and Cause::manager
    std::string sender_command; ///< its comm
    std::optional<uid_t> sender_user;
    std::string sender_parent; ///< the comm of the sender's parent: "deploy.sh" says more than "kill"
    std::string request;       ///< "stop asked for by pid 4321 (systemctl)", "its start timed out", "final signal"
    std::string limit;         ///< "MemoryMax=536870912", "RLIMIT_CPU=10"
    std::string limit_group;   ///< the group whose limit was hit
    std::string reason;        ///< of Cause::kernel, in a few words
    std::string unknown;       ///< why something above is not known, and which source would have told

    // what it used; nothing where nobody counted
    std::optional<base::Usec> cpu_user;
    std::optional<base::Usec> cpu_system;
    std::optional<std::uint64_t> peak_memory; ///< bytes
    std::optional<std::uint64_t> read_bytes;
    std::optional<std::uint64_t> written_bytes;
    std::optional<std::uint64_t> minor_faults;
    std::optional<std::uint64_t> major_faults;

    // what followed, of a unit's main process
    std::string followed;          ///< "restarted", "gave up: start-limit-hit", "stopped"
    pid_t restarted_as = 0;        ///< 0: was not
    base::Usec restarted_after{0}; ///< from the end to the next start

    Sources sources = 0;
};

} // namespace mitori::status

template <>
struct mitori::base::Names<mitori::status::DeathKind> {
    using Kind = mitori::status::DeathKind;
    static constexpr auto table = std::to_array<Name<Kind>>({
        {Kind::unknown, "unknown"},
        {Kind::exited, "exited"},
        {Kind::killed, "killed"},
        {Kind::dumped, "dumped"},
    });
};

template <>
struct mitori::base::Names<mitori::status::Cause> {
    using C = mitori::status::Cause;
    static constexpr auto table = std::to_array<Name<C>>({
        {C::unknown, "unknown"},
        {C::itself, "itself"},
        {C::process, "process"},
        {C::manager, "manager"},
        {C::oom, "oom"},
        {C::limit, "limit"},
        {C::fault, "fault"},
        {C::seccomp, "seccomp"},
        {C::pipe, "pipe"},
        {C::terminal, "terminal"},
        {C::kernel, "kernel"},
    });
};

template <>
struct mitori::base::Names<mitori::status::Source> {
    using S = mitori::status::Source;
    static constexpr auto table = std::to_array<Name<S>>({
        {S::wait, "wait"},
        {S::pidfd_info, "pidfd"},
        {S::bpf, "bpf"},
        {S::connector, "connector"},
        {S::cgroup, "cgroup"},
        {S::kernel_log, "kernel-log"},
    });
};
