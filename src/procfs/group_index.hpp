// In which control group each of many processes is, read from the groups' side: a group lists its processes in one
// file, and there are far fewer groups than processes. /proc/PID/cgroup would be an open, a read and a close for each
// of them.
//
// It knows only what it has seen for certain: a process that was not found exactly once in each hierarchy (it has been
// moved meanwhile, it is a zombie, which no group lists) is left to its own file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "procfs/row.hpp"

namespace mitori::procfs {

class GroupIndex {
public:
    /// Of these processes, in ascending order. `memberships` is /proc/self/cgroup, `mountinfo` /proc/self/mountinfo.
    /// Nothing where it does not pay (more groups than half the processes), or where some hierarchy cannot be seen as a
    /// whole from here: it is not mounted, or not from its root, or has threaded groups (cgroups(7)).
    [[nodiscard]] static std::optional<GroupIndex> read(std::span<pid_t const> pids, std::string_view memberships,
                                                        std::string_view mountinfo);

    /// Fills in what Part::cgroup means. Whether it knew.
    [[nodiscard]] bool fill(Row& row) const;

private:
    struct Hierarchy {
        std::string point; ///< where it is mounted
        bool is_unified = false;
        bool is_memory = false;
    };
    /// What has been seen of one process. Paths by their index.
    struct Place {
        std::uint32_t unified = 0;
        std::uint32_t memory = 0;
        std::uint32_t longest = 0;
        std::uint32_t seen = 0; ///< a bit for each hierarchy
        bool twice = false;
    };
    static std::optional<std::vector<Hierarchy>> find_hierarchies(std::string_view memberships,
                                                                  std::string_view mountinfo);
    [[nodiscard]] bool walk(Hierarchy const& hierarchy, std::uint32_t bit);
    [[nodiscard]] bool take_group(Hierarchy const& hierarchy, std::string const& path, std::uint32_t bit);
    void take_process(Hierarchy const& hierarchy, pid_t pid, std::uint32_t path, std::uint32_t bit);

    std::vector<pid_t> known_;
    std::vector<Place> places_; ///< beside known_
    std::vector<std::string> paths_;
    std::uint32_t all_ = 0; ///< the bits of all hierarchies
    bool has_unified_ = false;
    bool has_memory_ = false;
};

} // namespace mitori::procfs
