// Limits for one group of processes, by whichever hierarchy has the controller: the v2 group itself (cgroup v2,
// memory.max and its kin), else a group of the same name that is made in a v1 hierarchy below our own group there.
//
// What cannot be limited here is told by name and reason, never dropped silently.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::cgroup {

/// Lifts a limit that an earlier one set.
inline constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// Nothing: nothing is asked for, and what is there stays. Bytes, where it is memory.
struct Limits {
    std::optional<std::uint64_t> memory;      ///< at the most, or the kernel's OOM killer comes
    std::optional<std::uint64_t> memory_high; ///< above it the processes are slowed down and their memory taken back
    std::optional<std::uint64_t> memory_low;  ///< protected from others' need, if it can be
    std::optional<std::uint64_t> memory_min;  ///< protected in any case
    std::optional<std::uint64_t> swap;
    std::optional<std::uint64_t> millicpus;  ///< thousandths of a CPU's time
    std::optional<std::uint64_t> cpu_period; ///< microseconds in which that share is given; nothing: 100 ms
    std::optional<std::uint64_t> cpu_weight; ///< beside others that want the CPU: 1 to 10000; 0: only when they do not
    std::optional<std::uint64_t> tasks;      ///< threads of all processes together
    bool end_together = false;               ///< the OOM killer ends all processes of the group with its victim
    [[nodiscard]] bool any() const { return *this != Limits{}; }
    friend bool operator==(Limits const&, Limits const&) = default;
};

/// Keeps v1 groups for as long as it lives and then removes them; those that still hold a process stay, and the kernel
/// keeps counting there. Move-only. Not thread-safe.
class Limited {
public:
    /// `group` is the directory of the v2 group in which the processes will be born, or -1. `name` is what groups in v1
    /// hierarchies are called, one folder. `proc` is /proc, but in tests.
    [[nodiscard]] static Limited apply(Limits const& limits, int group, std::string const& name,
                                       std::string const& proc = "/proc");
    Limited(Limited&&) noexcept = default;
    Limited& operator=(Limited&&) = delete;
    ~Limited();

    /// Directories whose cgroup.procs each process has to write itself into (PlanBuilder::join_cgroup).
    [[nodiscard]] std::vector<int> joins() const;
    /// What could not be limited, a sentence each: "memory: no controller here that we may use: …".
    [[nodiscard]] std::vector<std::string> const& refused() const { return refused_; }
    /// What a v1 group of ours counts; nothing where there is none. Bytes.
    [[nodiscard]] std::optional<std::uint64_t> memory() const { return counted("memory.usage_in_bytes"); }
    [[nodiscard]] std::optional<std::uint64_t> memory_peak() const { return counted("memory.max_usage_in_bytes"); }
    /// What it may hold; nothing where that is without a bound.
    [[nodiscard]] std::optional<std::uint64_t> memory_limit() const;
    /// How many processes the OOM killer has ended in it.
    [[nodiscard]] std::optional<std::uint64_t> oom_kills() const;
    /// Its directory, or -1.
    [[nodiscard]] int memory_group() const;

private:
    [[nodiscard]] std::optional<std::uint64_t> counted(std::string const& file) const;
    base::Result<int> group_of(std::string_view controller, std::string const& name, std::string const& proc);
    struct Group {
        std::string controller;
        std::string path;
        base::Fd directory;
    };
    Limited() = default;
    std::vector<Group> groups_;
    std::vector<std::string> refused_;
};

} // namespace mitori::cgroup
