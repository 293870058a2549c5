// The native protocol of /run/systemd/journal/socket (systemd.io/JOURNAL_NATIVE_PROTOCOL): entries of fields, each
// either "NAME=text\n" or "NAME\n", the length in 64 bits, little-endian, the bytes, "\n"; an empty line ends an entry.
// Large messages come as a memfd, whose bytes the caller hands in.
//
// The limits are journald's, but where it drops the whole message, only the field that breaks one is left out here: a
// name that clients may not use (an underscore at its front is for what the recorder says itself), a field that is too
// long, one too many. After bytes that can no longer be read nothing of that message is. What was read before stays,
// and each loss has its note. Lines that begin with "." or "#" are skipped, as journald does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace mitori::journal {

struct NativeLimits {
    /// Of one entry. The journal's limit is 1024, and the recorder says some itself: who sent it, when, from where.
    std::size_t fields = 1000;
    std::size_t field_bytes = 768u << 20; ///< of one field, with its name
    std::size_t entry_bytes = 1u << 30;
};

/// One entry, to be moved, not copied: fields point into the message, or into `joined`.
struct NativeEntry {
    /// "NAME=value" each, in the order of the message; a value may hold any bytes, a name may come again.
    std::vector<std::string_view> fields;
    /// Where a field that came in the binary form lies.
    std::list<std::string> joined;

    // What the recorder itself must know of it; the last one of each counts, as with journald.
    std::uint8_t level = 6;      ///< PRIORITY
    std::uint8_t facility = 0;   ///< SYSLOG_FACILITY
    std::string_view identifier; ///< SYSLOG_IDENTIFIER
    std::string_view text;       ///< MESSAGE
    std::int32_t object_pid = 0; ///< OBJECT_PID: to be believed only of root; 0: none

    NativeEntry() = default;
    NativeEntry(NativeEntry&&) = default;
    NativeEntry& operator=(NativeEntry&&) = default;
    NativeEntry(NativeEntry const&) = delete;
    NativeEntry& operator=(NativeEntry const&) = delete;
    ~NativeEntry() = default;
};

struct NativeMessage {
    std::vector<NativeEntry> entries; ///< those that have at least one field
    std::vector<std::string> notes;   ///< a sentence for each loss: the first ten, and how many more
};

/// `bytes` must outlive the result.
[[nodiscard]] NativeMessage parse_native(std::string_view bytes, NativeLimits const& limits = {});

/// A name that clients may use: capitals, digits and underscores, at most 64, not beginning with a digit or underscore.
[[nodiscard]] bool is_client_field(std::string_view name);

} // namespace mitori::journal
