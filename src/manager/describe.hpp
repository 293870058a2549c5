// Station 9: the manager's units and jobs as the values that people see. Reads only; the words, names and types are
// those of org.freedesktop.systemd1(5). What comes from the file comes from the directive rows, what comes from life
// stands here.
#pragma once

#include "manager/manager.hpp"
#include "status/rows.hpp"
#include "status/value.hpp"

namespace mitori::manager {

[[nodiscard]] status::UnitRow describe_row(Manager& manager, UnitRef unit);
[[nodiscard]] status::JobRow describe_job(Manager& manager, Job const& job);
[[nodiscard]] status::Properties describe_unit(Manager& manager, UnitRef unit);
[[nodiscard]] status::Properties describe_manager(Manager& manager);
/// The unit's processes, each with its group below the unit's, its parent and its command line.
[[nodiscard]] std::vector<status::ProcessRow> describe_processes(Manager& manager, UnitRef unit);

} // namespace mitori::manager
