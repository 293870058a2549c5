// The face by which clients read logs. Files are read directly, by who asks: no manager needs to run for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "status/log_entry.hpp"
#include "status/log_file.hpp"

namespace mitori::control {

/// journalctl(1)'s options, each with its meaning. What is empty does not filter.
struct LogQuery {
    std::vector<std::string> files;    ///< --file
    std::optional<std::string> folder; ///< --directory; else the manager's own, then the standard ones
    std::optional<std::string> root;   ///< --root: the standard places below this folder
    /// --system, --user: whose log, where both can be read.
    enum class Whose : std::uint8_t { both, system, user } whose = Whose::both;
    std::vector<std::string> units; ///< -u; shell patterns allowed
    std::vector<std::string> user_units;
    std::vector<std::string> identifiers;  ///< -t
    std::vector<std::string> matches;      ///< "FIELD=value" and "+", as on journalctl's command line
    std::optional<std::string> invocation; ///< entries of one run of the unit
    bool kernel = false;                   ///< -k: the kernel's words only
    std::uint8_t most_important = 0;       ///< -p emerg..
    std::uint8_t least_important = 7;      ///< -p
    std::vector<std::uint8_t> facilities;  ///< --facility
    std::optional<base::Usec> since;       ///< realtime
    std::optional<base::Usec> until;
    std::optional<base::Usec> since_monotonic; ///< of this boot: entries of others do not count
    std::optional<std::string> boot;           ///< 32 hex digits, or "" for this one
    std::string grep;                          ///< a Perl-compatible expression over MESSAGE
    enum class Case : std::uint8_t { smart, sensitive, insensitive } grep_case = Case::smart;
    std::optional<std::string> after_cursor;
    std::optional<std::string> cursor;
    std::optional<std::uint64_t> lines; ///< -n: only the last so many
    bool reverse = false;
    bool merge_all = false; ///< -m
    bool follow = false;    ///< -f: the walk has no end, and sees files that come later
    bool explain = false;   ///< -x: entries carry their explanation from the catalog
};

/// A walk over the entries that a query selects.
class LogCursor {
public:
    virtual ~LogCursor() = default;
    /// The next one; nothing at the end (for a follower: for now).
    [[nodiscard]] virtual base::Result<std::optional<status::LogEntry>> next() = 0;
    /// Waits until there may be more, at most so long.
    [[nodiscard]] virtual base::Result<void> wait(base::Usec most) = 0;
};

/// What `--vacuum-size=`, `--vacuum-files=` and `--vacuum-time=` leave: zero does not limit.
struct LogLimits {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    base::Usec age{0};
};
struct LogVacuumed {
    std::vector<std::string> removed; ///< paths
    std::uint64_t bytes = 0;
    std::string folder;
};

/// Of a query, all but open() take notice only of the files and folder. Errors of all that read: ENOENT where no
/// journal file was found, with the place that was looked at last as its subject; EACCES where there are some, and none
/// may be read.
class Logs {
public:
    virtual ~Logs() = default;
    [[nodiscard]] virtual base::Result<std::unique_ptr<LogCursor>> open(LogQuery const& query) = 0;
    /// Every value that a field takes.
    [[nodiscard]] virtual base::Result<std::vector<std::string>> values(LogQuery const& query,
                                                                        std::string const& field) = 0;
    [[nodiscard]] virtual base::Result<std::vector<std::string>> field_names(LogQuery const& query) = 0;
    /// Oldest first.
    [[nodiscard]] virtual base::Result<std::vector<status::LogBoot>> boots(LogQuery const& query) = 0;
    /// Bytes on disk.
    [[nodiscard]] virtual base::Result<std::uint64_t> usage(LogQuery const& query) = 0;
    /// The monotonic time of the oldest entry of this boot that is kept; nothing where there is none.
    [[nodiscard]] virtual base::Result<std::optional<base::Usec>> oldest_of_this_boot(LogQuery const& query) = 0;
    /// What the files say of themselves, in the order of their names.
    [[nodiscard]] virtual base::Result<std::vector<status::LogFile>> heads(LogQuery const& query) = 0;
    /// Asks the recorder of the manager that is meant, and waits until it has done it. ENOENT where none runs.
    enum class Order : std::uint8_t { sync, rotate };
    [[nodiscard]] virtual base::Result<void> order(Order what) = 0;
    /// Removes archived files, oldest first; one answer for each folder.
    [[nodiscard]] virtual base::Result<std::vector<LogVacuumed>> vacuum(LogQuery const& query,
                                                                        LogLimits const& keep) = 0;
};

} // namespace mitori::control
