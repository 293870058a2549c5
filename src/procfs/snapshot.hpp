// /proc as rows. No policy: what a row means is for others to say. A process that vanishes while it is read is not an
// error, it is simply not there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace mitori::procfs {

struct Process {
    pid_t pid = 0;
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    char state = '?';              ///< proc(5): R S D Z T t X I
    std::uint64_t start_ticks = 0; ///< since boot: with the pid it names one process for ever
    base::Usec cpu{0};             ///< user and system
    std::uint64_t resident = 0;    ///< bytes
    std::uint32_t threads = 0;
    std::string comm;
};

/// Reads through one directory descriptor. Not thread-safe (buffers are reused).
class Procfs {
public:
    [[nodiscard]] static base::Result<Procfs> open(std::string const& path = "/proc");

    /// In ascending order, as processes().
    [[nodiscard]] std::vector<pid_t> pids();
    [[nodiscard]] std::vector<Process> processes();
    [[nodiscard]] std::optional<Process> process(pid_t pid);
    /// Arguments joined by spaces, control bytes escaped; "[comm]" where there are none (kernel threads, zombies); ""
    /// of a process that is gone.
    [[nodiscard]] std::string command_line(pid_t pid);
    /// One variable of the process's initial environment; needs the same user or CAP_SYS_PTRACE.
    [[nodiscard]] std::optional<std::string> environment(pid_t pid, std::string const& name);
    /// Proportional share in bytes (smaps_rollup), or nothing without the right to read it.
    [[nodiscard]] std::optional<std::uint64_t> proportional_memory(pid_t pid);
    /// The effective user.
    [[nodiscard]] std::optional<uid_t> owner(pid_t pid);
    /// The direct children of a process (of all its threads) in ascending order, by task/*/children, else by a scan of
    /// all. Complete only if none of them ends meanwhile (proc(5)).
    [[nodiscard]] std::vector<pid_t> children(pid_t pid);

private:
    explicit Procfs(base::Fd directory) : directory_(std::move(directory)) {}
    [[nodiscard]] std::optional<std::string_view> read(pid_t pid, std::string_view name);
    [[nodiscard]] std::vector<pid_t> children_by_scan(pid_t pid);
    base::Fd directory_;
    std::string buffer_;
};

} // namespace mitori::procfs
