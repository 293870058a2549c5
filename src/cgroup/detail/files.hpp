// The files of one control group, read and written through its directory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::cgroup::detail {

/// Writes a control file as the kernel wants it: at once, in place.
[[nodiscard]] base::Result<void> write_control(int group, std::string const& file, std::string_view text);

/// The names of the groups directly below. Where the directory's link count says that there are none, none are
/// looked for.
[[nodiscard]] base::Result<std::vector<std::string>> subgroups(int group);

/// Adds the numbers in a file of one number a line, such as cgroup.procs. 0 stands for a process that this pid
/// namespace cannot see: left out.
[[nodiscard]] base::Result<void> read_numbers(int group, std::string const& file, std::vector<pid_t>& into);

/// The number that is all of a file ("max" is none), or that follows `key` on its line.
[[nodiscard]] std::optional<std::uint64_t> read_value(int group, std::string const& file);
[[nodiscard]] std::optional<std::uint64_t> read_keyed(int group, std::string const& file, std::string_view key);

/// Gives controllers to the groups below, one by one: one that is refused does not take the others with it. Returns
/// those that they have.
[[nodiscard]] std::vector<std::string> enable(int group, std::vector<std::string> const& controllers);

} // namespace mitori::cgroup::detail
