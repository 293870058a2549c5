#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "control/logs.hpp"

namespace mitori::cli {

/// Entries of the verb table that are programs of their own: bin hands them in, so that cli never includes the manager.
/// Each is called with its own name first, like main(); its answer is the exit status.
using Program = std::function<int(std::span<char const* const>)>;
/// Makes the face of logs: of the manager with this runtime folder, or where managers keep theirs.
using LogsMaker = std::function<std::unique_ptr<control::Logs>(std::string const& runtime_directory)>;
struct Programs {
    Program manager;
    Program up;
    Program run;
    Program daemonize;
    Program record;
    LogsMaker logs;
};

} // namespace mitori::cli
