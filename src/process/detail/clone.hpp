// Making a child that begins in run_child, by what this kernel grants. For spawn.cpp and spawner_helper.cpp.
#pragma once

#include <string>
#include <sys/types.h>

#include "base/fd.hpp"
#include "process/detail/child.hpp"

namespace mitori::process::detail {

/// What the kernel may be asked for. A feature that it has refused is not asked for again in this process.
struct alignas(8) Features {   // read and written as one word
    bool clone3 = true;        ///< Linux 5.3; refused by seccomp filters of some containers
    bool into_cgroup = true;   ///< CLONE_INTO_CGROUP, 5.7
    bool clear_sighand = true; ///< CLONE_CLEAR_SIGHAND, 5.5
    bool pidfd = true;         ///< CLONE_PIDFD, 5.2
    bool close_range = true;   ///< close_range(CLOSE_RANGE_CLOEXEC), 5.11; found out by each child
    bool clone_parent = true;  ///< CLONE_PARENT: not on every kernel in user space
    friend bool operator==(Features const&, Features const&) = default;
};

/// Thread-safe.
[[nodiscard]] Features features();
/// Tests force each fall-back with this. Thread-safe.
void set_features(Features features);
/// "clone3", "clone3, cgroup by move", "clone, pidfd_open": features() in words.
[[nodiscard]] std::string describe(Features const& features);

/// The child's stack: 256 KiB of which only touched pages take memory, with a guard page below. Empty after a failed
/// mmap.
class Stack {
public:
    Stack() = default;
    /// ENOMEM in errno when it comes out empty.
    static Stack make() noexcept;
    Stack(Stack&& other) noexcept;
    Stack& operator=(Stack&& other) noexcept;
    ~Stack();
    [[nodiscard]] explicit operator bool() const { return base_ != nullptr; }
    [[nodiscard]] std::byte* usable() const;

    static constexpr std::size_t guard_bytes = 4096;
    static constexpr std::size_t usable_bytes = 256U << 10;

private:
    std::byte* base_ = nullptr;
};

/// How a child relates to its maker.
enum class Kinship {
    vfork,                 ///< the maker's child, in its memory; the maker stands still until exec or end
    vfork_sibling,         ///< the same, but the maker's parent's child (CLONE_PARENT)
    sibling,               ///< its parent's child (CLONE_PARENT), in the maker's memory, running beside it
    sibling_of_own_memory, ///< the same with a copy of the maker's memory, as after fork
};

struct CloneRequest {
    Kinship kinship = Kinship::vfork;
    ChildArgs* args = nullptr;
    Stack const* stack = nullptr;
    int cgroup = -1; ///< the directory to be born in
    /// The calling thread's handlers need no reset: it has none.
    bool no_handlers = false;
};

struct Cloned {
    pid_t pid = -1;              ///< -1: no child came to be
    int number = 0;              ///< errno then
    base::Fd pidfd;              ///< of a vfork child or sibling, where the kernel gives one
    bool cgroup_refused = false; ///< the errno speaks of the cgroup: it could not be entered
};

/// Makes the child, falling back where the kernel refuses a feature. All signals must be blocked. Sets in `args` what
/// the child must then do itself.
[[nodiscard]] Cloned clone_child(CloneRequest const& request);

} // namespace mitori::process::detail
