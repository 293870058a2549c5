// What one look at the machine found: values only. Who looks is looker.hpp; what is made of it is board.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/time.hpp"

namespace mitori::top {

/// What share of the last ten seconds somebody had to wait for it, in percent: PSI, "some avg10". Nothing where the
/// kernel does not tell.
struct Pressure {
    std::optional<double> cpu;
    std::optional<double> memory;
    std::optional<double> io;
    /// The worst of the three.
    [[nodiscard]] std::optional<double> most() const {
        auto found = cpu;
        for (auto const& other : {memory, io})
            if (other && (!found || *other > *found)) found = other;
        return found;
    }
};

struct Process {
    pid_t pid = 0;
    pid_t parent = 0;
    std::uint64_t start_ticks = 0; ///< with the pid it names one process for ever
    std::uint64_t cpu_ticks = 0;   ///< used in all its life
    std::uint64_t resident = 0;    ///< bytes
    double cpu = 0;                ///< of one processor, since the look before; at its first look of its whole life
    std::optional<double> io;      ///< bytes read and written a second; nothing: not told
    std::uint32_t threads = 0;
    std::int32_t nice = 0;
    char state = '?';
    bool is_kernel = false;
    std::optional<std::uint32_t> user; ///< effective; nothing: not read yet
    std::optional<std::uint32_t> real_user;
    std::string name;      ///< printable
    std::string command;   ///< printable, with its arguments; "" where there are none, or not read yet
    std::string unit;      ///< "" none
    std::string container; ///< "docker:0123456789ab"; "" none
};

/// A unit or a container, as far as others than its processes know of it.
struct Group {
    std::string name;
    std::string active_state; ///< of a unit that a manager knows; "" else
    std::string sub_state;
    std::optional<std::uint64_t> restarts;
    Pressure pressure;
};

struct Machine {
    std::uint64_t ticks_per_second = 100;
    std::uint32_t processors = 1;
    double busy = 0; ///< of all processors, 0 to 1, since the look before; at the first since the machine is up
    std::uint64_t memory = 0;
    std::uint64_t memory_used = 0; ///< what is not available, in bytes
    std::uint64_t swap = 0;
    std::uint64_t swap_used = 0;
    std::array<double, 3> load{};
    double uptime = 0;                   ///< seconds
    std::optional<double> read_bytes;    ///< a second, from and to disks
    std::optional<double> written_bytes; ///< nothing at the first look
    Pressure pressure;
};

struct Look {
    std::uint64_t number = 0; ///< the same: more is known of what was seen already
    base::Usec realtime{0};
    Machine machine;
    std::vector<Process> processes; ///< in ascending order of pids
    std::vector<Group> groups;      ///< in the order of their names
    bool has_manager = false;
};

} // namespace mitori::top
