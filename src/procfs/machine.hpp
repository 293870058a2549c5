// What the figures of processes are reckoned with: the machine's clocks, units and terminals.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace mitori::procfs {

struct Machine {
    std::uint64_t ticks_per_second = 100;
    std::uint64_t page_size = 4096;
    std::uint64_t memory_kib = 0; ///< MemTotal
    std::uint64_t boot_time = 0;  ///< seconds since 1970
    double uptime = 0;            ///< seconds
    base::Usec now{0};            ///< real time

    /// Ticks since boot as real time, in seconds since 1970.
    [[nodiscard]] std::int64_t started(std::uint64_t start_ticks) const;
    /// Seconds that a process has lived; 0 where clocks disagree.
    [[nodiscard]] std::uint64_t age(std::uint64_t start_ticks) const;
};
[[nodiscard]] Machine read_machine();

/// Names of terminals, "pts/3", "tty1", "console"; found once and kept.
class Terminals {
public:
    /// "?" for none.
    [[nodiscard]] std::string const& name(std::uint32_t device);

private:
    std::map<std::uint32_t, std::string> names_;
};

/// The name that the kernel's own numbering gives (devices.txt); nothing where /sys has to be asked.
[[nodiscard]] std::optional<std::string> terminal_by_number(std::uint32_t device);
/// The device number of "pts/3", "tty1", "/dev/pts/3"; nothing where there is no such device.
[[nodiscard]] std::optional<std::uint32_t> terminal_number(std::string const& name);

} // namespace mitori::procfs
