// Whose doing an end was, from what a source saw of it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "status/death.hpp"

namespace mitori::witness {

/// How a signal came to be sent, as the kernel's own signal_generate tells it.
enum class Origin : std::uint8_t {
    call,        ///< with a siginfo of its own: kill(2) and its kin, POSIX timers, faults
    in_the_name, ///< by the kernel in the name of whoever was running (SEND_SIG_NOINFO): SIGPIPE, cgroup.kill …
    kernel,      ///< by the kernel itself (SEND_SIG_PRIV): terminals, timers, the OOM killer …
};

/// The sending of the signal that ended the process.
struct Sending {
    Origin origin = Origin::call;
    int code = 0; ///< si_code of Origin::call
    bool to_itself = false;
    bool sender_exits = false;   ///< the sender was on its own way out
    bool sender_is_init = false; ///< and is process 1 of a pid namespace
    bool has_terminal = false;   ///< the target has a controlling terminal
    bool is_parents_end = false; ///< the number is the one of its PR_SET_PDEATHSIG
};

/// What the kernel's log said of an OOM kill.
struct OutOfMemory {
    std::optional<std::uint64_t> limit; ///< bytes; none: the machine's memory, or a cpuset's
    std::string limit_name;             ///< "MemoryMax", "MemoryMax+Swap"
    std::string group;                  ///< whose limit; "" for none
};

/// `killed`: by either of them; newer kernels say no more.
enum class Seccomp : std::uint8_t { none, strict, filter, killed };

struct Facts {
    status::DeathKind kind = status::DeathKind::unknown;
    int status = 0;
    std::optional<Sending> sending;
    std::string unseen; ///< why there is no sending, and who would have told
    Seccomp seccomp = Seccomp::none;
    bool oom_victim = false;
    std::optional<OutOfMemory> oom;
    base::Usec cpu{0};
    std::optional<std::uint64_t> cpu_limit; ///< RLIMIT_CPU in seconds at the end, where there is one
    std::optional<std::uint64_t> cpu_limit_hard;
    std::optional<std::uint64_t> file_limit; ///< RLIMIT_FSIZE in bytes
};

enum class Sender : std::uint8_t { nobody, told };

struct Judgement {
    status::Cause cause = status::Cause::unknown;
    Sender sender = Sender::nobody; ///< whether whoever was running when the signal was sent had to do with it
    std::string limit;
    std::string limit_group;
    std::string reason;
    std::string unknown;
    friend bool operator==(Judgement const&, Judgement const&) = default;
};

[[nodiscard]] Judgement judge(Facts const& facts);

} // namespace mitori::witness
