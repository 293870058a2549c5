// Journal files read through libsystemd: a walk over the entries of some files, or of a folder that may grow. Knows
// nothing of options and formats; what is to be matched and where to begin is said step by step, as sd-journal(3) wants
// it. One Reader belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "status/log_entry.hpp"

struct sd_journal;

namespace mitori::journal {

class Reader {
public:
    /// Exactly these files. What cannot be read is an error.
    [[nodiscard]] static base::Result<Reader> open_files(std::vector<std::string> const& paths);
    /// All files in the folder, and those that come while we read.
    [[nodiscard]] static base::Result<Reader> open_folder(std::string const& path);

    // -- what to show. sd_journal_add_match(3): matches of one field are alternatives, of several fields all must hold.
    [[nodiscard]] base::Result<void> match(std::string_view field_and_value);
    /// What follows is an alternative to what came before it, since the last `and_also`.
    [[nodiscard]] base::Result<void> or_else();
    /// What follows must hold beside all that came before.
    [[nodiscard]] base::Result<void> and_also();
    /// Forgets all matches: everything is shown.
    void match_all();

    // -- where to begin. A seek alone reads nothing: forward() or back() does the first step.
    [[nodiscard]] base::Result<void> seek_head();
    [[nodiscard]] base::Result<void> seek_tail();
    [[nodiscard]] base::Result<void> seek_realtime(base::Usec when);
    /// EINVAL for what is no cursor.
    [[nodiscard]] base::Result<void> seek_cursor(std::string const& cursor);
    [[nodiscard]] base::Result<bool> is_at(std::string const& cursor);

    /// Whether there was one more entry.
    [[nodiscard]] base::Result<bool> forward();
    [[nodiscard]] base::Result<bool> back();

    // -- the entry that we stand at
    [[nodiscard]] base::Result<base::Usec> realtime();
    struct Moment {
        base::Usec monotonic{0};
        std::string boot; ///< 32 hex digits
    };
    [[nodiscard]] base::Result<Moment> monotonic();
    [[nodiscard]] base::Result<std::string> cursor();
    /// The value of a field; nothing where the entry has none.
    [[nodiscard]] base::Result<std::optional<std::string>> field(std::string_view name);
    /// All of it. EBADMSG where the file is damaged just here: the entries around it can be read.
    [[nodiscard]] base::Result<status::LogEntry> read();

    /// The catalog's explanation for the entry's MESSAGE_ID, with its fields put in; nothing where there is none.
    [[nodiscard]] base::Result<std::optional<std::string>> explanation();

    // -- the files as a whole
    /// Every value that a field takes anywhere, in no particular order, each once.
    [[nodiscard]] base::Result<std::vector<std::string>> values(std::string const& name);
    [[nodiscard]] base::Result<std::vector<std::string>> field_names();
    /// Bytes on disk.
    [[nodiscard]] base::Result<std::uint64_t> usage();
    /// The monotonic time of the oldest entry of a boot; nothing where there is none.
    [[nodiscard]] base::Result<std::optional<base::Usec>> oldest_of(std::string const& boot);

    /// Returns when the files have changed, or after `most`.
    [[nodiscard]] base::Result<void> wait(base::Usec most);
    /// From here on no change is missed by wait_for_any(): before the first step.
    [[nodiscard]] base::Result<void> begin_watching();
    /// The same for several: when the files of any of them have changed.
    [[nodiscard]] static base::Result<void> wait_for_any(std::span<Reader* const> readers, base::Usec most);

private:
    struct Close {
        void operator()(sd_journal* journal) const;
    };
    explicit Reader(sd_journal* journal);
    std::unique_ptr<sd_journal, Close> journal_;
};

/// This boot's identity and this machine's, as 32 hex digits; ENOENT or ENOMEDIUM where there is none.
[[nodiscard]] base::Result<std::string> this_boot();
[[nodiscard]] base::Result<std::string> this_machine();

} // namespace mitori::journal
