// The kernel's words on those whom its OOM killer took: which limit, whose. They come before the victim's end.
#pragma once

#include <map>
#include <string_view>
#include <sys/types.h>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "witness/judge.hpp"

namespace mitori::witness::detail {

/// Reads the lines of one OOM after the other; knows the latest victims. Pure.
class OomLines {
public:
    void take(std::string_view line); ///< one message, without its prefix
    /// By the pid in the machine's first pid namespace; forgets it.
    [[nodiscard]] std::optional<OutOfMemory> victim(pid_t pid);

private:
    void take_usage(std::string_view line);
    void take_victim(pid_t pid);
    OutOfMemory counters_;           ///< of the OOM whose report is being read
    bool memory_is_full_ = false;    ///< so that swap is not what ran out
    std::optional<OutOfMemory> now_; ///< the OOM that was reported last, for those that it takes
    bool takes_group_ = false;       ///< with all that are in the victim's group
    std::map<pid_t, OutOfMemory> victims_;
};

/// /dev/kmsg from now on.
class KernelLog {
public:
    [[nodiscard]] static base::Result<KernelLog> open();
    /// Reads what has come and looks the victim up.
    [[nodiscard]] std::optional<OutOfMemory> victim(pid_t pid);

private:
    explicit KernelLog(base::Fd file) : file_(std::move(file)) {}
    base::Fd file_;
    OomLines lines_;
};

} // namespace mitori::witness::detail
