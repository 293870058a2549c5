#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "control/deaths.hpp"
#include "control/logs.hpp"

namespace mitori::cli {

/// Entries of the verb table that are programs of their own: bin hands them in, so that cli never includes the manager.
/// Each is called with its own name first, like main(); its answer is the exit status.
using Program = std::function<int(std::span<char const* const>)>;
/// Makes the face of logs: of the manager with this runtime folder, or where managers keep theirs.
using LogsMaker = std::function<std::unique_ptr<control::Logs>(std::string const& runtime_directory)>;
/// Opens the face of deaths: of that file, or of the manager with this runtime folder, or where ledgers are kept.
using DeathsMaker = std::function<base::Result<std::unique_ptr<control::Deaths>>(
    std::string const& runtime_directory, std::optional<std::string> const& file)>;
struct Programs {
    Program manager;
    Program up;
    Program run;
    Program daemonize;
    Program record;
    LogsMaker logs;
    DeathsMaker deaths;
};

} // namespace mitori::cli
