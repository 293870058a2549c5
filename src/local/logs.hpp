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
    /// Folders that hold one log together. Where that link leads into a line of them, all of the line are read; where
    /// it leads nowhere, all of the first line that holds files.
    std::vector<std::vector<std::string>> folders;
    /// Read besides, as far as we may: the system's log, for an ordinary user.
    std::vector<std::string> besides;
};

/// The standard places of root: mitori's own folders, then journald's. Of others: the folders in their state, and the
/// system's log besides.
[[nodiscard]] LogPlaces standard_places(std::string runtime_directory);

[[nodiscard]] std::unique_ptr<control::Logs> make_logs(LogPlaces places);

} // namespace mitori::local
