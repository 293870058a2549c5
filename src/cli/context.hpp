#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "cli/options.hpp"
#include "control/control.hpp"
#include "control/logs.hpp"

namespace mitori::cli {

/// What the place where output goes can show.
struct Screen {
    bool colour = false;   ///< a terminal, and NO_COLOR is not set
    std::size_t width = 0; ///< columns; 0: as wide as it takes
};

/// Everything that a verb works with. The verbs know no socket and no terminal.
struct Context {
    Options const& options;
    std::string program; ///< the name that hints and messages use: "mitori", or "systemctl"
    control::Faces faces;
    /// Lets the watch deliver until done() says so.
    std::function<control::Answer<void>(std::function<bool()> const& done)> wait_until;
    std::ostream& out; ///< data
    std::ostream& err; ///< messages
    Screen screen;
    /// The log beside what the faces tell; empty where there is none to show.
    std::function<std::unique_ptr<control::Logs>()> logs = {};
    bool paged = false; ///< through a pager, where wide lines can be scrolled
};

} // namespace mitori::cli
