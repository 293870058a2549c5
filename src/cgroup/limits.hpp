// Limits for one group of processes, by whichever hierarchy has the controller: the v2 group itself (cgroup v2,
// memory.max and its kin), else a group of the same name that is made in a v1 hierarchy below our own group there.
//
// What cannot be limited here is told by name and reason, never dropped silently.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::cgroup {

/// Nothing: no limit is asked for.
struct Limits {
    std::optional<std::uint64_t> memory;    ///< bytes
    std::optional<std::uint64_t> millicpus; ///< thousandths of a CPU's time
    std::optional<std::uint64_t> tasks;     ///< threads of all processes together
    [[nodiscard]] bool any() const { return memory || millicpus || tasks; }
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
    /// Bytes at the most, where a v1 group counted them.
    [[nodiscard]] std::optional<std::uint64_t> memory_peak() const;

private:
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
