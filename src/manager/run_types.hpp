// Which types of units this manager brings to life, and what it says of the others. docs/adr/0013.
#pragma once

#include <string>
#include <vector>

#include "exec/degrade.hpp"
#include "manager/graph.hpp"

namespace mitori::manager {

/// The types that are run. Units of the others load, so that their names can be spoken of.
[[nodiscard]] constexpr bool runs(unit::Type type) {
    return type == unit::Type::service || type == unit::Type::target || type == unit::Type::slice;
}

/// A start that pulls in `other` goes on without it: it is there, but of a type that is not run.
[[nodiscard]] inline bool goes_without(unit::Unit const& other) {
    return other.load_state == unit::LoadState::loaded && !runs(other.type);
}

/// "socket units are not run yet; a.service starts without it and has to open it itself"
[[nodiscard]] std::string say_without(unit::Unit const& unit, unit::Unit const& other);

/// What the unit pulls in and does not get, for people: "Requires= syslog.socket: socket units are not run yet …".
[[nodiscard]] std::vector<exec::Shortfall> missing_units(Graph const& graph, UnitRef ref);

} // namespace mitori::manager
