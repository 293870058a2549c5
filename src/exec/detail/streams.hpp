// Standard input, output and error of a unit's child.
#pragma once

#include <string>

#include "exec/facts.hpp"
#include "process/plan.hpp"

namespace mitori::exec {

/// Whether a stream is a terminal: then TTYPath= counts and $TERM is set.
[[nodiscard]] bool uses_terminal(unit::Exec const& exec);
[[nodiscard]] std::string terminal_path(unit::Exec const& exec);
[[nodiscard]] bool is_terminal(unit::Input kind);
/// Journal, kernel log, syslog and their copies on the console.
[[nodiscard]] bool is_log(unit::Output kind);

struct Streams {
    process::Slot input;
    process::Slot output;
    process::Slot error;
};
/// Adds what opens the streams, as systemd.exec(5) "LOGGING AND STANDARD INPUT/OUTPUT" says. ENOENT for fd:NAME:
/// no socket unit gives descriptors here.
[[nodiscard]] base::Result<Streams> add_streams(process::PlanBuilder& builder, unit::Exec const& exec, Purpose purpose,
                                                Facts const& facts, Place const& place);

} // namespace mitori::exec
