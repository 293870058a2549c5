// The manager's words about units, as systemd 252 says them: people look for these, and tools match on them. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "manager/jobs.hpp"
#include "manager/message.hpp"
#include "manager/restart.hpp"
#include "manager/service_host.hpp"
#include "process/exit.hpp"
#include "unit/unit.hpp"

namespace mitori::manager {

/// "nginx.service - A web server", or the name alone where the unit has no description.
[[nodiscard]] std::string status_name(unit::Unit const& unit);

/// What a job that begins to act on a unit says: "Starting …...". Nothing for units that are up at once.
[[nodiscard]] std::optional<Message> begin_message(unit::Unit const& unit, JobType type);
/// What the end of a job says: "Started ….", "Dependency failed for ….". Nothing where systemd is silent.
[[nodiscard]] std::optional<Message> end_message(unit::Unit const& unit, JobType type, JobResult result);

/// "Main process exited, code=exited, status=1/FAILURE". `well`: it counts as success.
enum class Well : std::uint8_t { no, yes };
[[nodiscard]] Message exit_message(Role role, process::Exit const& exit, Well well);
/// How a service's life ended: "Failed with result 'exit-code'.", "Deactivated successfully.".
[[nodiscard]] Message result_message(ServiceResult result);
/// "Consumed 1.234s CPU time.": the longer, the louder.
[[nodiscard]] Message usage_message(base::Usec cpu);
/// "Scheduled restart job, restart counter is at 3."
[[nodiscard]] Message restart_message(std::uint32_t restarts);

} // namespace mitori::manager
