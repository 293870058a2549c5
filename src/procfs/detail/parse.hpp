// Texts of /proc to values: no system call, so that they can be tested and fuzzed with any bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "procfs/snapshot.hpp"

namespace mitori::procfs::detail {

/// The machine's units of /proc/<pid>/stat.
struct Units {
    std::uint64_t ticks_per_second = 100;
    std::uint64_t page_size = 4096;
};

/// A line of /proc/<pid>/stat. The name in it may hold anything, blanks and parentheses too.
[[nodiscard]] std::optional<Process> parse_stat(std::string_view text, Units units);

/// /proc/<pid>/cmdline: arguments that each end in a NUL, or what the process has written over them.
[[nodiscard]] std::string parse_command_line(std::string_view text);

/// The value of NAME in "NAME=value\0..." of /proc/<pid>/environ; the first, as getenv(3) would find it.
[[nodiscard]] std::optional<std::string_view> find_variable(std::string_view environment, std::string_view name);

/// The number after "key:" at a line's start, as in smaps_rollup; `nth` counts the numbers on that line from 0.
[[nodiscard]] std::optional<std::uint64_t> find_field(std::string_view text, std::string_view key, std::size_t nth = 0);

[[nodiscard]] std::vector<pid_t> parse_pids(std::string_view text);

} // namespace mitori::procfs::detail
