// A unit and the facts of the hour -> the plan of its child. Pure: no system call, no clock, no file.
//
// Order of the steps, systemd's own where it matters (systemd.exec(5)):
//   birth in the cgroup; session; OOM score, nice, scheduling, affinity, I/O priority; managed directories (before the
//   umask, which is not meant for their parents); umask; standard streams (opened as root, before anything is given
//   up); limits (late: LimitNOFILE=3 must not fail the streams); root directory; groups, gid, uid; working directory
//   (as the user: it may lie on NFS); placing of descriptors; signals; environment; exec.
// `+` skips limits, root directory and identity; `!` skips identity only; `!!` means nothing where there are ambient
// capabilities, which is everywhere (systemd.service(5)).
#pragma once

#include "base/result.hpp"
#include "exec/facts.hpp"
#include "process/plan.hpp"

namespace mitori::exec {

/// Errors: ENOTSUP where going on would be unsafe (a dynamic user, an image as root: see degrade.hpp), EINVAL or ENOENT
/// where the unit asks for what cannot be put into a plan; the operation names the directive.
[[nodiscard]] base::Result<process::Plan> make_plan(unit::Unit const& unit, unit::ExecCommand const& command,
                                                    Purpose purpose, Facts const& facts, Place const& place);

/// The command's words with $VAR and ${VAR} replaced, systemd.service(5) "COMMAND LINES": ${VAR} inside a word, a word
/// that is $VAR alone splits. Variables that are not set give "" and are returned by name in `missing`.
[[nodiscard]] std::vector<std::string> substitute(std::vector<std::string> const& argv,
                                                  std::vector<std::string> const& environment,
                                                  std::vector<std::string>& missing);

/// The complete environment of the child, "K=V", sorted by systemd's order of precedence (last wins already applied).
[[nodiscard]] std::vector<std::string> make_environment(unit::Unit const& unit, Purpose purpose, Facts const& facts,
                                                        Place const& place);

} // namespace mitori::exec
