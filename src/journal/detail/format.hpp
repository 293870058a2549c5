// systemd's journal file format, as far as we write it: systemd.io/JOURNAL_FILE_FORMAT. Numbers are little-endian, all
// objects begin at multiples of 8, offsets count from the beginning of the file, times are microseconds.
//
// A file is a header, a table of data objects by hash, a table of field objects by hash, and then what was appended:
// data ("MESSAGE=hello", each only once in a file), fields ("MESSAGE", the head of a list of its data), entries (whose
// items are data), and entry arrays: chains that list the entries of one data object, and one that lists all.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace mitori::journal::detail {

static_assert(std::endian::native == std::endian::little, "journal files are little-endian and written as they lie");

using Id = std::array<std::uint8_t, 16>;

enum class State : std::uint8_t { offline = 0, online = 1, archived = 2 };
enum class ObjectType : std::uint8_t { data = 1, field, entry, data_table, field_table, entry_array };

namespace incompatible {
inline constexpr std::uint32_t keyed_hash = 1U << 2;
inline constexpr std::uint32_t zstd = 1U << 3;
inline constexpr std::uint32_t compact = 1U << 4;
} // namespace incompatible

struct Header {
    std::array<char, 8> signature;
    std::uint32_t compatible_flags;
    std::uint32_t incompatible_flags;
    State state;
    std::array<std::uint8_t, 7> reserved;
    Id file_id;
    Id machine_id;
    Id tail_entry_boot_id;
    Id seqnum_id;
    std::uint64_t header_size;
    std::uint64_t arena_size; ///< what is allocated behind the header
    std::uint64_t data_table_offset;
    std::uint64_t data_table_size;
    std::uint64_t field_table_offset;
    std::uint64_t field_table_size;
    std::uint64_t tail_object_offset;
    std::uint64_t n_objects;
    std::uint64_t n_entries;
    std::uint64_t tail_entry_seqnum;
    std::uint64_t head_entry_seqnum;
    std::uint64_t entry_array_offset;
    std::uint64_t head_entry_realtime;
    std::uint64_t tail_entry_realtime;
    std::uint64_t tail_entry_monotonic;
    std::uint64_t n_data;
    std::uint64_t n_fields;
    std::uint64_t n_tags;
    std::uint64_t n_entry_arrays;
    std::uint64_t data_chain_depth;
    std::uint64_t field_chain_depth;
    std::uint32_t tail_entry_array_offset;
    std::uint32_t tail_entry_array_n_entries;
    std::uint64_t tail_entry_offset;
};
inline constexpr std::array<char, 8> signature{'L', 'P', 'K', 'S', 'H', 'H', 'R', 'H'};
static_assert(sizeof(Header) == 272 && offsetof(Header, header_size) == 88 && offsetof(Header, n_data) == 208);

struct ObjectHeader {
    ObjectType type;
    std::uint8_t flags;
    std::array<std::uint8_t, 6> reserved;
    std::uint64_t size; ///< with this header, without the padding behind it
};
inline constexpr std::uint8_t compressed_zstd = 1U << 2;

/// What data and field objects begin with: all that a hash table knows of them.
struct Hashed {
    ObjectHeader object;
    std::uint64_t hash;
    std::uint64_t next_hash_offset;
};

struct DataObject {
    Hashed hashed;
    std::uint64_t next_field_offset;
    std::uint64_t entry_offset;       ///< the first entry
    std::uint64_t entry_array_offset; ///< the others
    std::uint64_t n_entries;
    /// In compact files: offset of the last array (low half) and how many of its items are used; else the payload.
    std::uint64_t tail_array;
};
inline constexpr std::uint64_t compact_payload = sizeof(DataObject);
inline constexpr std::uint64_t regular_payload = offsetof(DataObject, tail_array);
static_assert(compact_payload == 72 && regular_payload == 64);

struct FieldObject {
    Hashed hashed;
    std::uint64_t head_data_offset;
};
static_assert(sizeof(FieldObject) == 40);

struct EntryObject {
    ObjectHeader object;
    std::uint64_t seqnum;
    std::uint64_t realtime;
    std::uint64_t monotonic;
    Id boot_id;
    std::uint64_t xor_hash; ///< of all payloads, by Jenkins' hash also where the tables use another
};
static_assert(sizeof(EntryObject) == 64);

/// An entry's item in regular files; in compact ones it is the offset alone, in 32 bits.
struct RegularItem {
    std::uint64_t offset;
    std::uint64_t hash;
};

struct ArrayObject {
    ObjectHeader object;
    std::uint64_t next_offset;
};
static_assert(sizeof(ArrayObject) == 24);

struct Bucket {
    std::uint64_t head;
    std::uint64_t tail;
};

[[nodiscard]] constexpr std::uint64_t aligned(std::uint64_t size) { return (size + 7) & ~std::uint64_t{7}; }

/// What one entry may hold: journald's limit, too.
inline constexpr std::size_t most_fields = 1024;

} // namespace mitori::journal::detail
