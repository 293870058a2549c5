// A folder of journal files in systemd's format (systemd.io/JOURNAL_FILE_FORMAT): one that is written, and archived
// ones, named as journald names them (system.journal, system@SEQNUM_ID-SEQNUM-REALTIME.journal). Bounded by size,
// number and age. What has been appended is in the page cache: it outlives this process, and readers see it at once.
//
// An entry is appended whole or not at all. Before a word that is already part of the file is changed, its old value
// goes into the undo record (undo.hpp), a small mapped file in the runtime folder; the last act of an append empties
// the record. A process that was killed in the middle leaves the record full, and the next open() rolls back: the
// file is then as it was before that entry, and `journalctl --verify` has nothing to say. After a crash of the machine
// there is no record; then an unclean file is set aside ("….journal~", as journald does) and stays readable.
//
// Sequence numbers have no gaps: `entries()` before and after a crash tells which entries of a batch are in.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/result.hpp"
#include "base/time.hpp"
#include "journal/label.hpp"

namespace mitori::journal {

/// journald.conf(5)'s limits, with its meaning and its defaults where zero: each file an eighth of the whole (at most
/// 128 MiB), the whole a tenth of the file system (at most 4 GiB), 15 % of it kept free (at most 4 GiB), 100 files.
struct Limits {
    std::uint64_t max_use = 0;       ///< SystemMaxUse=: all files together
    std::uint64_t keep_free = 0;     ///< SystemKeepFree=
    std::uint64_t max_file_size = 0; ///< SystemMaxFileSize=
    std::uint64_t max_files = 0;     ///< SystemMaxFiles=: archived ones
    base::Usec max_retention{0};     ///< MaxRetentionSec=; zero: no limit
    base::Usec max_file_age{0};      ///< MaxFileSec=; zero: a month
};

enum class Compact : bool { no, yes };

struct StoreOptions {
    std::string folder;    ///< made if missing, with parents
    std::string undo_path; ///< the undo record; empty: none, and a kill in mid-append sets the file aside
    std::string name = "system";
    Limits limits;
    Compact compact = Compact::yes;
    std::uint64_t compress_above = 512; ///< Compress=: fields of this size or more by zstd; 0: none
    mode_t mode = 0640;
    /// For tests of kills: called before each change to what is already part of a file.
    std::function<void()> before_change;
};

/// Two moments and the rest is text.
struct Entry {
    base::Stamp at;
    Label label;
    /// Beside the label's: "NAME=value"; values may hold any bytes.
    std::span<std::string_view const> fields;
};

/// Not thread-safe: belongs to the recorder's thread.
class Store {
public:
    /// Opens or makes the folder and its active file. Errors: EWOULDBLOCK where another process writes there.
    [[nodiscard]] static base::Result<std::unique_ptr<Store>> open(StoreOptions options);
    virtual ~Store() = default;

    /// Rotates and removes old files first where the limits say so. ENOSPC when the disk is full even then: the entry
    /// is not in, everything before it is; a later call tries again.
    [[nodiscard]] virtual base::Result<void> append(Entry const& entry) = 0;
    /// Entries from here to commit() are gathered and put in together, all or none: many cost a fraction of what they
    /// cost one by one (two system calls each). Until then no reader sees them, a kill loses them and last_entry()
    /// does not count them; where they grow many, or a file is full, those so far are put in earlier.
    virtual void gather() {}
    /// Puts in what was gathered. When it fails, those that last_entry() does not count are not in.
    [[nodiscard]] virtual base::Result<void> commit() { return {}; }
    /// The sequence number of the last entry that is in, 0 before the first.
    [[nodiscard]] virtual std::uint64_t last_entry() const = 0;
    /// journalctl --rotate.
    [[nodiscard]] virtual base::Result<void> rotate() = 0;
    /// fsync(2) of the active file.
    [[nodiscard]] virtual base::Result<void> sync() = 0;
};

} // namespace mitori::journal
