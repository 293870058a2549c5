// Parts of a unit's plan, each adding its steps. make_plan in ../plan.cpp puts them in order.
#pragma once

#include "exec/facts.hpp"
#include "process/plan.hpp"

namespace mitori::exec {

/// OOM score, nice, CPU scheduling and affinity, I/O priority. EINVAL for a CPU that no mask holds.
[[nodiscard]] base::Result<void> add_scheduling(process::PlanBuilder& builder, unit::Exec const& exec);

/// The managed directories of all kinds, with their links.
void add_directories(process::PlanBuilder& builder, unit::Unit const& unit, Facts const& facts, Place const& place);

} // namespace mitori::exec
