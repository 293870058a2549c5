// The figures of the whole machine: texts of /proc to values, and what happened between two of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "top/look.hpp"

namespace mitori::top {

/// Counters and figures as they stand at one moment.
struct Counters {
    std::uint64_t busy_ticks = 0; ///< of all processors
    std::uint64_t all_ticks = 0;
    std::optional<std::uint64_t> read_kib; ///< from disks, since boot
    std::optional<std::uint64_t> written_kib;
    Machine machine; ///< without what needs two moments
};

/// "some avg10=1.25 …" of a pressure file, in percent.
[[nodiscard]] std::optional<double> parse_pressure(std::string_view text);
/// /proc/stat: processors and their ticks. Waiting for a disk is not being busy; a guest's time is in the user's
/// already.
void parse_stat(std::string_view text, Counters& into);
void parse_memory(std::string_view text, Machine& into);
void parse_vmstat(std::string_view text, Counters& into);
void parse_load(std::string_view text, Machine& into);
/// "read_bytes" and "write_bytes" of /proc/PID/io together.
[[nodiscard]] std::optional<std::uint64_t> parse_io(std::string_view text);

/// What cannot be read stays as it is made.
[[nodiscard]] Counters read_counters();
/// The cpu, memory and io pressure of a folder: /proc/pressure ("cpu"), or a control group's ("cpu.pressure").
[[nodiscard]] Pressure read_pressure(std::string const& folder, std::string_view ending);

/// The machine of `now`; at the first look (`before` is empty) its figures are of the time since it is up.
[[nodiscard]] Machine between(std::optional<Counters> const& before, Counters const& now, double seconds);

} // namespace mitori::top
