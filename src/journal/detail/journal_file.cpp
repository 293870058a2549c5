#include "journal/detail/journal_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

#include "base/sys.hpp"
#include "base/sys_disk.hpp"

namespace mitori::journal::detail {

namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t field_buckets = 1023;

/// As many that a full file of short lines has four data objects for each. More would take more of the disk, and who
/// appends seldom walks a chain.
[[nodiscard]] std::uint64_t data_buckets(std::uint64_t max_size) {
    constexpr std::uint64_t fewest = 2047;
    constexpr std::uint64_t bytes_of_four_entries = 1400;
    return std::max(fewest, max_size / bytes_of_four_entries | 1);
}

[[nodiscard]] Header make_header(FileOptions const& options, Id const& seqnum_id) {
    Header header{};
    header.signature = signature;
    header.incompatible_flags = incompatible::keyed_hash | (options.compress_above != 0 ? incompatible::zstd : 0) |
                                (options.compact == Compact::yes ? incompatible::compact : 0);
    header.state = State::online;
    header.machine_id = options.machine;
    header.tail_entry_boot_id = options.boot;
    header.seqnum_id = seqnum_id;
    header.header_size = sizeof(Header);
    header.data_table_offset = sizeof(Header) + sizeof(ObjectHeader);
    header.data_table_size = data_buckets(options.max_size) * sizeof(Bucket);
    header.field_table_offset = header.data_table_offset + header.data_table_size + sizeof(ObjectHeader);
    header.field_table_size = field_buckets * sizeof(Bucket);
    header.tail_object_offset = header.field_table_offset - sizeof(ObjectHeader);
    header.n_objects = 2;
    return header;
}

template <class T>
[[nodiscard]] base::Result<void> write_object(int file, std::uint64_t offset, T const& object) {
    std::string_view const text(reinterpret_cast<char const*>(&object), sizeof object);
    return base::sys::write_all_at(file, text, static_cast<off_t>(offset));
}

/// All that is not zero in a file without entries.
[[nodiscard]] base::Result<void> write_empty(int file, Header const& header) {
    ObjectHeader const data{.type = ObjectType::data_table, .size = header.data_table_size + sizeof(ObjectHeader)};
    ObjectHeader const fields{.type = ObjectType::field_table, .size = header.field_table_size + sizeof(ObjectHeader)};
    TRY(write_object(file, header.data_table_offset - sizeof data, data));
    TRY(write_object(file, header.field_table_offset - sizeof fields, fields));
    return write_object(file, 0, header);
}

[[nodiscard]] std::uint64_t page_aligned(std::uint64_t size) { return (size + page - 1) / page * page; }

/// A new file under another name that readers do not look at.
[[nodiscard]] base::Result<base::Fd> make_beside(std::string const& beside, Header& header,
                                                 FileOptions const& options) {
    static_cast<void>(base::sys::unlink(beside));
    auto file = TRY(base::sys::open(beside, O_RDWR | O_CREAT | O_EXCL, options.mode));
    TRY(base::sys::change_mode(file.get(), options.mode));
    auto const least = page_aligned(header.field_table_offset + header.field_table_size);
    auto size = std::min(options.max_size, least + growth_step(options.max_size));
    auto allocated = base::sys::allocate(file.get(), 0, size);
    if (!allocated) {
        size = least;
        TRY(base::sys::allocate(file.get(), 0, size));
    }
    header.arena_size = size - sizeof(Header);
    TRY(write_empty(file.get(), header));
    return file;
}

} // namespace

std::uint64_t growth_step(std::uint64_t max_size) {
    return std::clamp<std::uint64_t>(page_aligned(max_size / 16), 64U << 10, 8U << 20);
}

base::Result<std::unique_ptr<JournalFile>> JournalFile::create(std::string const& path, FileOptions const& options,
                                                               Id const& seqnum_id, std::uint64_t last, Undo& undo) {
    auto header = make_header(options, seqnum_id);
    header.tail_entry_seqnum = last;
    TRY(base::sys::random_bytes(std::as_writable_bytes(std::span(header.file_id))));
    auto const beside = path + ".new";
    auto made = make_beside(beside, header, options);
    if (!made) {
        static_cast<void>(base::sys::unlink(beside));
        return std::unexpected(std::move(made).error());
    }
    undo.begin(header.file_id, options.boot);
    TRY(base::sys::rename(beside, path));
    auto space = TRY(Space::map(std::move(*made), options.max_size, undo));
    auto writer = TRY(Writer::make(*space, options.boot, options.compress_above));
    return std::unique_ptr<JournalFile>(new JournalFile(std::move(space), std::move(writer)));
}

namespace {

[[nodiscard]] base::Result<void> check_table(Header const& header, std::uint64_t offset, std::uint64_t size,
                                             std::uint64_t end) {
    if (offset % 8 == 0 && offset >= sizeof(Header) && size >= sizeof(Bucket) && size % sizeof(Bucket) == 0 &&
        size <= end && offset <= end - size && offset < header.tail_object_offset + size + sizeof(ObjectHeader))
        return {};
    return base::make_error(EBADMSG, "open", "journal file: hash table");
}

/// Whether what a header says can be true of a file of this size, and we can append to it.
[[nodiscard]] base::Result<void> check_header(Header const& header, std::uint64_t size, FileOptions const& options) {
    if (header.signature != signature || header.header_size < 208 || size < sizeof(Header))
        return base::make_error(EBADMSG, "open", "journal file: header");
    auto const flags = incompatible::keyed_hash | (options.compress_above != 0 ? incompatible::zstd : 0) |
                       (options.compact == Compact::yes ? incompatible::compact : 0);
    if (header.header_size != sizeof(Header) || header.incompatible_flags != flags || header.compatible_flags != 0 ||
        header.machine_id != options.machine)
        return base::make_error(EPROTO, "open", "journal file: of another kind");
    if (header.arena_size > size - sizeof(Header) || header.tail_object_offset % 8 != 0 ||
        header.tail_object_offset < sizeof(Header) || header.tail_object_offset > size - sizeof(ObjectHeader))
        return base::make_error(EBADMSG, "open", "journal file: size");
    TRY(check_table(header, header.data_table_offset, header.data_table_size, size));
    return check_table(header, header.field_table_offset, header.field_table_size, size);
}

} // namespace

base::Result<Header> read_header(std::string const& path) {
    auto const file = TRY(base::sys::open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK));
    Header header{};
    std::span const bytes(reinterpret_cast<char*>(&header), sizeof header);
    auto const count = TRY(base::sys::read_at(file.get(), bytes, 0));
    if (count < sizeof header || header.signature != signature) return base::make_error(EBADMSG, "read", path);
    return header;
}

base::Result<std::unique_ptr<JournalFile>> JournalFile::open(std::string const& path, FileOptions const& options,
                                                             Undo& undo) {
    auto header = TRY(read_header(path));
    if (header.state == State::archived) return base::make_error(EPROTO, "open", "journal file: archived");
    auto file = TRY(base::sys::open(path, O_RDWR | O_NOCTTY));
    if (header.state == State::online) {
        if (!undo.belongs_to(header.file_id, options.boot))
            return base::make_error(EBADMSG, "open", "journal file: not closed");
        auto const size = static_cast<std::uint64_t>(TRY(base::sys::stat(path)).st_size);
        auto const mapping = TRY(base::sys::Mapping::of(file.get(), size));
        TRY(undo.roll_back({mapping.data(), mapping.size()}));
    }
    auto space = TRY(Space::map(std::move(file), options.max_size, undo));
    TRY(check_header(space->header, space->size(), options));
    if (space->end() > space->size()) return base::make_error(EBADMSG, "open", "journal file: last object");
    undo.begin(space->header.file_id, options.boot);
    space->header.state = State::online;
    space->header.arena_size = space->size() - sizeof(Header);
    TRY(space->write_header());
    auto writer = TRY(Writer::make(*space, options.boot, options.compress_above));
    return std::unique_ptr<JournalFile>(new JournalFile(std::move(space), std::move(writer)));
}

base::Result<void> JournalFile::sync() { return base::sys::sync(space_->file()); }

base::Result<void> JournalFile::close(State state) {
    space_->header.state = state;
    return state == State::archived ? space_->trim() : space_->write_header();
}

} // namespace mitori::journal::detail
