// How much memory the control groups allow a process, and how near it is: the least of what every group on the way up
// allows, for each of them counts (cgroup v2, memory.max; v1, memory.limit_in_bytes).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mitori::procfs {

/// One group on the way up that limits something.
struct GroupLimit {
    std::string group; ///< its path below the mount
    std::string name;  ///< "memory.max", "memory.high", "pids.max", "cpu.max"
    std::uint64_t most = 0;
    std::uint64_t used = 0;
    /// cpu.max: `most` is the time in microseconds of each `period`; there is no `used`.
    std::uint64_t period = 0;

    [[nodiscard]] std::uint64_t left() const { return most - std::min(most, used); }
    /// Of processors; only where there is a period.
    [[nodiscard]] double share() const { return static_cast<double>(most) / static_cast<double>(period); }
};

/// What memory a group may still use.
struct MemoryLimit {
    std::uint64_t most = 0; ///< bytes
    std::uint64_t used = 0; ///< by the group that has the limit, and all in it
    std::string group;      ///< which one it is
};

/// Reads below the mounts of cgroup file systems; remembers what it has read.
class GroupLimits {
public:
    explicit GroupLimits(std::string mountinfo = "/proc/self/mountinfo") : mountinfo_(std::move(mountinfo)) {}

    /// By the paths of /proc/PID/cgroup: in v2, and in the memory hierarchy of v1 where there is one. Nothing where no
    /// group on the way up limits memory.
    [[nodiscard]] std::optional<MemoryLimit> const& memory(std::string const& unified, std::string const& v1);
    /// Everything that limits memory, processes or processors, from the process's own group upwards.
    [[nodiscard]] std::vector<GroupLimit> all(std::string_view cgroup_text);

private:
    struct Mount {
        std::string point;
        std::string root; ///< the group that is mounted there
    };
    struct Mounts {
        std::optional<Mount> unified;
        std::optional<Mount> memory; ///< v1, as the others that follow
        std::optional<Mount> pids;
        std::optional<Mount> cpu;
    };
    [[nodiscard]] Mounts const& mounts();

    std::string mountinfo_;
    std::optional<Mounts> mounts_;
    std::unordered_map<std::string, std::optional<MemoryLimit>> memory_;
};

/// The path of a hierarchy in /proc/PID/cgroup: of v1 with that controller, of v2 for "". Nothing where it is not
/// there.
[[nodiscard]] std::optional<std::string_view> find_group(std::string_view cgroup_text, std::string_view controller);
/// What limits bound. Memory: the hard limit, beyond which somebody is killed.
enum class Bound : std::uint8_t { memory, tasks, processors };
/// The limit that counts, for each group on the way up has to be kept within: the one that leaves least. Null: none.
[[nodiscard]] GroupLimit const* binding(std::vector<GroupLimit> const& limits, Bound what);
/// The one that leaves least memory.
[[nodiscard]] std::optional<MemoryLimit> tightest(std::vector<GroupLimit> const& limits);

} // namespace mitori::procfs
