// Which journal files a query is about.
#pragma once

#include <string>
#include <vector>

#include "control/logs.hpp"
#include "journal/files.hpp"
#include "local/logs.hpp"

namespace mitori::local::detail {

struct LogFiles {
    std::vector<std::string> folders; ///< that they lie in; empty where files were named
    std::vector<journal::FileHead> newest_first;
};

/// ENOENT where there are none, EACCES where there are some and we may read none. A file that was named and cannot be
/// read is an error; in a folder it is passed over.
[[nodiscard]] base::Result<LogFiles> find_files(LogPlaces const& places, control::LogQuery const& query);

/// The folders alone, whether or not there is anything in them yet.
[[nodiscard]] std::vector<std::string> find_folders(LogPlaces const& places, control::LogQuery const& query);

[[nodiscard]] std::vector<std::string> paths_of(std::vector<journal::FileHead> const& heads);

} // namespace mitori::local::detail
