// The parts of describe_unit.
#pragma once

#include "manager/manager.hpp"
#include "status/value.hpp"

namespace mitori::manager::detail {

void describe_service_life(Manager& manager, UnitRef unit, status::Properties& into);
/// The rows of the table that are shown for this type of unit, but those that `into` has already: life goes first.
void describe_settings(Manager& manager, UnitRef unit, status::Properties& into);
/// ControlGroup, MemoryCurrent, CPUUsageNSec, TasksCurrent: from the control group, or from the processes themselves.
void describe_use(Manager& manager, UnitRef unit, status::Properties& into);

} // namespace mitori::manager::detail
