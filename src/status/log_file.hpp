// What a journal file says of itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace mitori::status {

/// The header of a journal file, in its own words: systemd.io/JOURNAL_FILE_FORMAT. Identities are 32 hex digits.
struct LogFile {
    std::string path;
    std::string file_id;
    std::string machine_id;
    std::string boot_id; ///< of the last entry
    std::string sequence_id;
    std::uint8_t state = 0;
    std::uint32_t compatible_flags = 0;
    std::uint32_t incompatible_flags = 0;
    std::uint64_t header_size = 0; ///< bytes, as all sizes
    std::uint64_t arena_size = 0;
    std::uint64_t data_buckets = 0;
    std::uint64_t field_buckets = 0;
    std::uint64_t head_number = 0;
    std::uint64_t tail_number = 0;
    base::Usec head_realtime{0};
    base::Usec tail_realtime{0};
    base::Usec tail_monotonic{0};
    std::uint64_t objects = 0;
    std::uint64_t entries = 0;
    /// Older files do not have these.
    std::optional<std::uint64_t> data;
    std::optional<std::uint64_t> fields;
    std::optional<std::uint64_t> tags;
    std::optional<std::uint64_t> entry_arrays;
    std::optional<std::uint64_t> field_depth;
    std::optional<std::uint64_t> data_depth;
    std::uint64_t disk_usage = 0;
};

} // namespace mitori::status
