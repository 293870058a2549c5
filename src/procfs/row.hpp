// One process, or one thread, as /proc shows it. Which members are filled depends on the parts that were asked for:
// each part is one more file to open for every process, and that is what a look at thousands of them costs.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/signal.hpp"
#include "base/time.hpp"

namespace mitori::procfs {

/// A file below /proc/PID. Part::stat is always read.
enum class Part : unsigned { stat, status, command_line, cgroup, environment, wait_channel, io, executable };

class Parts {
public:
    constexpr Parts() = default;
    constexpr Parts(std::initializer_list<Part> parts) {
        for (Part const part : parts)
            bits_ |= 1U << static_cast<unsigned>(part);
    }
    [[nodiscard]] constexpr bool has(Part part) const { return ((bits_ >> static_cast<unsigned>(part)) & 1U) != 0; }
    [[nodiscard]] constexpr Parts without(Part part) const {
        auto rest = *this;
        rest.bits_ &= ~(1U << static_cast<unsigned>(part));
        return rest;
    }
    constexpr Parts& operator|=(Parts other) {
        bits_ |= other.bits_;
        return *this;
    }
    friend constexpr bool operator==(Parts, Parts) = default;

private:
    unsigned bits_ = 0;
};

/// real, effective, saved and file system: credentials(7).
using Ids = std::array<std::uint32_t, 4>;
enum : std::size_t { real_id, effective_id, saved_id, file_id };

struct Row {
    // /proc/PID/stat: proc(5)
    pid_t pid = 0;    ///< of the process
    pid_t thread = 0; ///< of the thread; the same for a row that stands for a whole process
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    std::uint32_t terminal = 0; ///< device number; 0: none
    pid_t foreground = -1;      ///< the foreground group of the terminal; -1: none
    std::uint32_t flags = 0;    ///< PF_* of the kernel
    char state = '?';           ///< R S D Z T t X I
    std::int32_t priority = 0;  ///< the kernel's: 20 for nice 0, negative for real time
    std::int32_t nice = 0;
    std::uint32_t policy = 0;    ///< sched(7)
    std::uint32_t real_time = 0; ///< real-time priority
    std::uint32_t processor = 0; ///< where it ran last
    std::uint32_t threads = 0;
    std::uint64_t user_ticks = 0;
    std::uint64_t system_ticks = 0;
    std::uint64_t start_ticks = 0; ///< since boot: with the pid it names one process for ever
    std::uint64_t minor_faults = 0;
    std::uint64_t major_faults = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t resident_pages = 0; ///< roughly: Linux counts them for each processor apart
    std::string comm;

    // Part::status
    Ids uids{};
    Ids gids{};
    std::uint64_t resident_kib = 0; ///< exactly
    std::uint64_t locked_kib = 0;
    std::uint64_t swap_kib = 0;
    base::SignalSet pending;        ///< to its first thread
    base::SignalSet shared_pending; ///< to the process: whichever thread will take it
    base::SignalSet blocked;
    base::SignalSet ignored;
    base::SignalSet caught;
    std::uint64_t capabilities = 0; ///< effective
    std::uint32_t seccomp = 0;      ///< 0 off, 1 strict, 2 filter
    pid_t tracer = 0;
    std::vector<pid_t> pids_inside; ///< of each pid namespace that it is in, ours first

    // One part each
    std::string command_line;  ///< arguments joined by blanks, as they are; "" for kernel threads and zombies
    std::string memory_cgroup; ///< path in the memory hierarchy of v1; "" where memory is not there
    std::string cgroup;        ///< path in the v2 hierarchy, else in the first that is none of the root; "" unknown
    std::string environment;   ///< "NAME=value\0..."; "" without the right to read it
    std::string wait_channel;  ///< "" running, or not told
    std::string executable;    ///< "" without the right, or of a kernel thread
    std::uint64_t read_bytes = 0;
    std::uint64_t written_bytes = 0;

    [[nodiscard]] std::uint64_t cpu_ticks() const { return user_ticks + system_ticks; }
    [[nodiscard]] bool is_zombie() const { return state == 'Z' || state == 'X'; }
    [[nodiscard]] bool is_stopped() const { return state == 'T' || state == 't'; }
    [[nodiscard]] bool is_kernel_thread() const {
        constexpr std::uint32_t pf_kthread = 0x00200000;
        return (flags & pf_kthread) != 0;
    }
    /// The one process that this row is of, for ever: a pid comes again, the two together do not.
    [[nodiscard]] bool same_process(Row const& other) const {
        return pid == other.pid && start_ticks == other.start_ticks;
    }
};

} // namespace mitori::procfs
