// The signals of org.freedesktop.systemd1 as values: made by the server's listener, read by the client.
#pragma once

#include <string>
#include <systemd/sd-bus.h>
#include <variant>

#include "bus/detail/methods.hpp"
#include "control/control.hpp"

namespace mitori::bus::detail {

struct Signal {
    std::string path;
    std::string interface;
    std::string name;
    std::string types;
    Values values;
};

[[nodiscard]] Signal make_signal(control::JobNew const& event);
[[nodiscard]] Signal make_signal(control::JobRemoved const& event);
[[nodiscard]] Signal make_signal(control::Reloading const& event);
[[nodiscard]] Signal make_signal(control::UnitNew const& event);
[[nodiscard]] Signal make_signal(control::UnitRemoved const& event);
/// PropertiesChanged of the unit: the states, where the event has them, else only that they are stale.
[[nodiscard]] Signal make_signal(control::UnitChanged const& event);
/// PropertiesChanged of the unit's Job property. 0: it has none any more.
[[nodiscard]] Signal make_job_changed(std::string const& unit, std::uint32_t job);

/// Calls the listener's function for a signal that it knows; others are nobody's.
void deliver(Signal const& signal, control::Listener const& listener);

} // namespace mitori::bus::detail
