// Who is whose child, read from /proc. The procfs room has far more to say; this is what a Scope needs of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <sys/types.h>
#include <vector>

namespace mitori::process::detail {

/// A line of proc_pid_stat(5), as far as it matters here.
struct Stat {
    pid_t pid = 0;
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    char state = '?';
    int threads = 0;
    std::uint64_t start = 0; ///< ticks since boot: with the pid it names one process, for ever

    /// All of it: a process whose first thread has ended looks like a zombie as long as another one runs.
    [[nodiscard]] bool dead() const { return (state == 'Z' || state == 'X') && threads <= 1; }
};
/// Nothing when there is no such process (any more). Zombies have one.
[[nodiscard]] std::optional<Stat> read_stat(pid_t pid);

/// The children of processes, zombies among them. By task/TID/children where the kernel has these
/// (CONFIG_PROC_CHILDREN), read when asked for; else from one look at all of /proc, made when this was.
class Family {
public:
    Family();
    [[nodiscard]] std::vector<pid_t> children_of(pid_t pid) const;

private:
    bool by_scan_ = false;
    std::multimap<pid_t, pid_t> scanned_;
};

} // namespace mitori::process::detail
