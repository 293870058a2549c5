// The folder of journal files: their names, what they take, and which go when they take too much.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/sys_disk.hpp"
#include "journal/detail/format.hpp"
#include "journal/store.hpp"

namespace mitori::journal::detail {

/// A file that nobody appends to any more, by its name: "system@SEQNUM_ID-SEQNUM-REALTIME.journal", or
/// "system@REALTIME-RANDOM.journal~" where it was found unclean.
struct Archived {
    std::string path;
    std::uint64_t seqnum = 0; ///< of its first entry; 0 where the name does not tell
    base::Usec realtime{0};   ///< of its first entry, or when it was set aside
    std::uint64_t size = 0;   ///< on the disk
};

[[nodiscard]] std::string archive_name(std::string const& name, Header const& header);
[[nodiscard]] std::string set_aside_name(std::string const& name, base::Usec realtime, std::uint64_t random);
/// Of the store `name`, oldest first. Others' files are not in it.
[[nodiscard]] base::Result<std::vector<Archived>> list_archived(std::string const& folder, std::string const& name);

/// Limits with everything that was left open decided for a file system: journald.conf(5).
[[nodiscard]] Limits decide_limits(Limits limits, base::sys::Room room);

/// What there is now, beside the archived files.
struct Usage {
    std::uint64_t active = 0;    ///< what the active file takes, or will
    std::uint64_t available = 0; ///< on the file system
    base::Usec now{0};
};
/// How many of the oldest files must go. Pure.
[[nodiscard]] std::size_t decide_vacuum(std::vector<Archived> const& archived, Limits const& limits,
                                        Usage const& usage);

} // namespace mitori::journal::detail
