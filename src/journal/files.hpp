// Journal files as files: which there are, and what their headers say of what is inside. Nothing is mapped or opened
// for long, so that a reader can choose a few of many. The header's layout is systemd's:
// systemd.io/JOURNAL_FILE_FORMAT.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "status/log_file.hpp"

namespace mitori::journal {

struct FileHead {
    std::string path;
    std::string sequence; ///< whose sequence numbers: 32 hex digits
    std::uint64_t first_number = 0;
    std::uint64_t last_number = 0;
    std::uint64_t entries = 0;
    base::Usec first{0}; ///< realtime
    base::Usec last{0};
    std::uint64_t bytes = 0; ///< on disk
    bool active = false;     ///< somebody writes to it, or died while doing so
};

/// EBADMSG for what is no journal file.
[[nodiscard]] base::Result<FileHead> read_head(std::string const& path);

/// The whole header. EBADMSG for what is no journal file.
[[nodiscard]] base::Result<status::LogFile> read_whole_head(std::string const& path);

/// The files of a folder by their names ("*.journal", "*.journal~"), sorted; and of its folders that are called as a
/// machine's identity.
[[nodiscard]] base::Result<std::vector<std::string>> list_files(std::string const& folder);
/// The files that match a shell pattern, sorted.
[[nodiscard]] std::vector<std::string> match_files(std::string const& pattern);

/// The heads of those that can be read, those with the latest entries first.
struct Heads {
    std::vector<FileHead> heads;
    std::vector<base::Error> unreadable;
};
[[nodiscard]] Heads read_heads(std::vector<std::string> const& paths);

/// Whether every entry of `older` stands before the entry with that place in the walk over all files.
struct Place {
    std::string sequence;
    std::uint64_t number = 0;
    base::Usec realtime{0};
};
[[nodiscard]] bool is_before(FileHead const& older, Place const& place);
/// EINVAL for what is no cursor.
[[nodiscard]] base::Result<Place> place_of(std::string const& cursor);

} // namespace mitori::journal
