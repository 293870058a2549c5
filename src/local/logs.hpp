// The face of logs, answered from journal files. No manager needs to run: the files are found by where managers put
// them, and read by who asks.
#pragma once

#include <memory>
#include <string>

#include "control/logs.hpp"

namespace mitori::local {

struct LogPlaces {
    /// Of the manager whose log is asked for: its `journal` there leads to the files. Empty: none is known.
    std::string runtime_directory;
    /// Where to look when that leads nowhere, in this order: all of the first line that holds files are read together.
    std::vector<std::vector<std::string>> folders;
};

/// The standard places of root: mitori's own folder, then journald's. Of others: the folder in their state.
[[nodiscard]] LogPlaces standard_places(std::string runtime_directory);

[[nodiscard]] std::unique_ptr<control::Logs> make_logs(LogPlaces places);

} // namespace mitori::local
