// The ends that `mitori run` has waited for, as deaths: of the command, and of the orphans that it left to us. They are
// kept by who asked for them; where nobody did nothing of this costs anything.
#pragma once

#include <functional>
#include <vector>

#include "run/report.hpp"
#include "run/settings.hpp"
#include "status/death.hpp"

namespace mitori::run {

/// Takes the deaths of one run, when all of it is over. Empty: nobody keeps them.
using Keeper = std::function<void(std::vector<status::Death> const& deaths)>;

/// What can be told of a process only while it lives: its start, parent, groups, user. Just started, it has its
/// program.
[[nodiscard]] status::Death describe_living(pid_t pid);

/// `command` as describe_living() told of it. By whom a signal came is known only where it was us.
[[nodiscard]] std::vector<status::Death> deaths_of(Settings const& settings, Report const& report,
                                                   status::Death const& command);

} // namespace mitori::run
