// The fields of `ps` that are ours: where a process belongs, and how near it is to what it may use.
#pragma once

#include <string>
#include <vector>

#include "cli/detail/ps_fields.hpp"

namespace mitori::cli::detail {

[[nodiscard]] std::string show_unit(PsCell const& cell);
[[nodiscard]] std::string show_container(PsCell const& cell); ///< "docker:0123456789ab"
[[nodiscard]] std::string show_cgroup(PsCell const& cell);
/// The command of its session's leader, "-" when that is gone.
[[nodiscard]] std::string show_leader(PsCell const& cell);
[[nodiscard]] std::string show_marks(PsCell const& cell);
/// The limit of the control group that leaves least, and what share of it is used, by all in that group.
[[nodiscard]] std::string show_memory_limit(PsCell const& cell);
[[nodiscard]] std::string show_memory_share(PsCell const& cell);
[[nodiscard]] double memory_limit(PsCell const& cell);
[[nodiscard]] double memory_share(PsCell const& cell);

/// What is worth a word about a process: "zombie, 12 (sh) does not wait", "stopped", "orphan", "subreaper", "kernel
/// thread", "pid namespace". With Part::status it knows borders of pid namespaces.
[[nodiscard]] std::vector<std::string> marks_of(PsCell const& cell);

} // namespace mitori::cli::detail
