// The whole header of a journal file, of whatever age it is.
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "journal/detail/format.hpp"
#include "journal/files.hpp"

namespace mitori::journal {
namespace {

using detail::Header;

std::string hex(detail::Id const& id) {
    std::string text;
    for (auto const byte : id)
        text += fmt::format("{:02x}", byte);
    return text;
}

/// A word that is only there in files whose header is long enough for it.
std::optional<std::uint64_t> later(Header const& header, std::uint64_t const& word) {
    auto const end =
        static_cast<std::uint64_t>(reinterpret_cast<char const*>(&word + 1) - reinterpret_cast<char const*>(&header));
    return header.header_size >= end ? std::optional(word) : std::nullopt;
}

base::Usec usec(std::uint64_t count) { return base::Usec(static_cast<std::int64_t>(count)); }

} // namespace

base::Result<status::LogFile> read_whole_head(std::string const& path) {
    constexpr std::size_t oldest = 208;  // systemd 187
    constexpr std::uint64_t block = 512; // stat(2)
    auto const fd = TRY(base::sys::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
    Header header{};
    auto const got = TRY(base::sys::read_at(fd.get(), {reinterpret_cast<char*>(&header), sizeof header}, 0));
    if (got < oldest || header.signature != detail::signature || header.header_size < oldest)
        return base::make_error(EBADMSG, "read journal file", path);
    auto const info = TRY(base::sys::stat(path));
    return status::LogFile{
        .path = path,
        .file_id = hex(header.file_id),
        .machine_id = hex(header.machine_id),
        .boot_id = hex(header.tail_entry_boot_id),
        .sequence_id = hex(header.seqnum_id),
        .state = static_cast<std::uint8_t>(header.state),
        .compatible_flags = header.compatible_flags,
        .incompatible_flags = header.incompatible_flags,
        .header_size = header.header_size,
        .arena_size = header.arena_size,
        .data_buckets = header.data_table_size / sizeof(detail::Bucket),
        .field_buckets = header.field_table_size / sizeof(detail::Bucket),
        .head_number = header.head_entry_seqnum,
        .tail_number = header.tail_entry_seqnum,
        .head_realtime = usec(header.head_entry_realtime),
        .tail_realtime = usec(header.tail_entry_realtime),
        .tail_monotonic = usec(header.tail_entry_monotonic),
        .objects = header.n_objects,
        .entries = header.n_entries,
        .data = later(header, header.n_data),
        .fields = later(header, header.n_fields),
        .tags = later(header, header.n_tags),
        .entry_arrays = later(header, header.n_entry_arrays),
        .field_depth = later(header, header.field_chain_depth),
        .data_depth = later(header, header.data_chain_depth),
        .disk_usage = static_cast<std::uint64_t>(info.st_blocks) * block,
    };
}

} // namespace mitori::journal
