// Whose doing a death was, as far as a manager knows: it has waited for the process, and it knows what it sent itself.
#pragma once

#include <span>
#include <string>

#include "base/signal.hpp"
#include "process/exit.hpp"
#include "status/death.hpp"
#include "status/requester.hpp"

namespace mitori::manager {

/// A signal that the manager has sent to processes of a unit.
struct Sending {
    base::Signal signal;
    std::string why;      ///< "stop asked for by pid 4321 (systemctl)", "its start timed out after 5s"
    status::Requester by; ///< on whose behalf; pid 0: on nobody's
};

/// What was asked of a unit last, and by whom.
struct Wish {
    std::string what; ///< empty: nothing
    status::Requester by;
};

/// Fills in how it ended and what it used. What it used in peak memory and I/O is what wait tells, which counts the
/// children that it waited for, too; times are its own where they were known before.
void take_exit(status::Death& death, process::Exit const& exit);

/// Whose doing it was: by the signals that were sent in this life of its unit. What wait does not tell stays unknown,
/// with the reason.
void judge(status::Death& death, std::span<Sending const> sent);

/// "stop asked for by pid 4321 (systemctl)"
[[nodiscard]] std::string asked_by(std::string const& what, status::Requester const& by);

} // namespace mitori::manager
