// Texts of /proc into rows: no system call, so that they can be tested and fuzzed with any bytes. They are read for
// thousands of processes at a time, so they walk the bytes once and allocate only what stays.
#pragma once

#include <string>
#include <string_view>

#include "procfs/row.hpp"

namespace mitori::procfs::detail {

/// A line of /proc/PID/stat; false where it is none. The name in it may hold anything, blanks and parentheses too.
[[nodiscard]] bool parse_stat_row(std::string_view text, Row& row);
/// /proc/PID/status: what is there is taken, what is not stays as it is.
void parse_status(std::string_view text, Row& row);
void parse_io(std::string_view text, Row& row);

/// /proc/PID/cmdline as one line, with blanks for the NULs; bytes stay as they are.
[[nodiscard]] std::string joined_arguments(std::string_view text);
/// /proc/PID/cgroup: as the path the one in v2 ("0::"), or, where that is the root, the longest of v1.
void parse_cgroup(std::string_view text, Row& row);

} // namespace mitori::procfs::detail
