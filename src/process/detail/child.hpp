// What the caller of a child hands to its side. See child.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sys/types.h>

namespace mitori::process::detail {

/// The failed step: where the child writes it, in shared memory and through the pipe. Stage 0: none failed so far.
struct Report {
    std::uint16_t stage = 0;
    std::uint16_t step = 0;  ///< which one: an index into the plan's steps, or `before_steps`
    std::int32_t number = 0; ///< errno
};
inline constexpr std::uint16_t before_steps = 0xffff;

/// The first message of a child of the spawner, through the helper's socket; its other messages have the same form
/// (spawner_protocol.hpp).
struct Announcement {
    std::uint32_t kind = 0;
    std::int32_t pid = 0;
    std::uint64_t id = 0;
    Report report;
};

/// All of it, and all that it points to, must stay until the child has executed its program or ended.
struct ChildArgs {
    std::byte* block = nullptr; ///< a checked and relocated copy, which this child alone walks (and writes to)
    int* slots = nullptr;       ///< as many as the block's header says, the sources filled in
    Report* report = nullptr;   ///< where a failed step is told; memory shared with the caller if there is any
    int report_fd = -1;         ///< and a close-on-exec pipe, if there is one
    int announce_fd = -1;       ///< a socket to say `announcement` to before all else, and to close then
    Announcement announcement;
    pid_t orphan = 0;            ///< who went on after the step BecomeOrphan
    pid_t parent = 0;            ///< who must be the parent still when the parent's death is to be told
    bool move_to_cgroup = false; ///< the kernel did not make the child in its cgroup
    bool reset_handlers = false; ///< the kernel did not reset the caller's signal handlers
    bool no_close_range = false; ///< close by looking into /proc/self/fd, as for old kernels
};

/// The child's side: `args` is a ChildArgs. All signals must be blocked.
[[noreturn]] void run_child(void* args) noexcept;

} // namespace mitori::process::detail
