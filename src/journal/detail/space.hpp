// A journal file as it is and as it will be. Committed bytes are read and changed through a mapping; new objects are
// staged behind them in memory and reach the file in one write. (Touching a new page through a mapping costs a fault
// and some more; a write of many pages does not.) Changes to committed words wait until then as well, so that a reader
// never sees a link to what is not there, and are made under the undo record.
//
// Behind the committed end the new data and field objects come first and have their final offsets at once. The
// entries and entry arrays follow them; where those begin is known when no more data comes: begin_rest().
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/sys_streams.hpp"
#include "journal/detail/format.hpp"
#include "journal/undo.hpp"

namespace mitori::journal::detail {

/// Bytes that grow; what is new is not initialised.
class Staged {
public:
    [[nodiscard]] std::byte* extend(std::uint64_t count);
    [[nodiscard]] std::byte* data() const { return bytes_.get(); }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// Empties; gives back what one huge entry took.
    void clear();

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::uint64_t size_ = 0;
    std::uint64_t capacity_ = 0;
};

class Space {
public:
    /// `reserved` bytes of the file are mapped: it may grow so far. The undo record outlives this.
    [[nodiscard]] static base::Result<std::unique_ptr<Space>> map(base::Fd file, std::uint64_t reserved, Undo& undo);

    /// As it will be; flush() writes it.
    Header header{};

    [[nodiscard]] bool compact() const { return (header.incompatible_flags & incompatible::compact) != 0; }
    /// The size of an offset in an entry array.
    [[nodiscard]] std::uint64_t slot_size() const { return compact() ? 4 : 8; }
    [[nodiscard]] std::uint64_t payload_offset() const { return compact() ? compact_payload : regular_payload; }
    /// How long the file is: bytes that have their room on the disk.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::uint64_t reserved() const { return mapping_.size(); }
    /// Where the committed objects end.
    [[nodiscard]] std::uint64_t end() const { return end_; }
    [[nodiscard]] std::uint64_t staged_end() const { return end_ + data_.size() + rest_.size(); }
    [[nodiscard]] int file() const { return file_.get(); }
    /// EBADMSG where somebody has cut the file off: behind its end the mapping is deadly (SIGBUS).
    [[nodiscard]] base::Result<void> check_length() const;

    /// An object, committed or staged. The reference is good until something is staged.
    template <class T>
    [[nodiscard]] T& at(std::uint64_t offset) const {
        return *reinterpret_cast<T*>(bytes(offset));
    }
    [[nodiscard]] std::byte* bytes(std::uint64_t offset) const {
        if (offset < end_) return mapping_.data() + offset;
        auto const behind = offset - end_;
        return behind < data_.size() ? data_.data() + behind : rest_.data() + (behind - data_.size());
    }
    /// Whether an object could begin there: for offsets that were read from the file.
    [[nodiscard]] bool plausible(std::uint64_t offset) const {
        return offset % 8 == 0 && offset >= sizeof(Header) && offset + sizeof(ArrayObject) <= end_ + data_.size();
    }

    /// A new object of `size` bytes: its header is set, the rest is for the caller to fill. Counted in the header.
    [[nodiscard]] std::uint64_t stage_data(ObjectType type, std::uint64_t size);
    [[nodiscard]] std::uint64_t stage_rest(ObjectType type, std::uint64_t size);
    /// Entries are staged before it is known where; from now on they have their offsets.
    [[nodiscard]] std::uint64_t rest_begin() const { return end_ + data_.size(); }
    [[nodiscard]] std::uint64_t rest_size() const { return rest_.size(); }
    [[nodiscard]] std::byte* rest_bytes(std::uint64_t position) const { return rest_.data() + position; }

    /// Changes a word: at once where it is staged, else with flush().
    void put(std::uint64_t offset, std::uint64_t value) {
        if (offset < end_)
            changes_.push_back({offset, value});
        else
            std::memcpy(bytes(offset), &value, sizeof value);
    }
    [[nodiscard]] std::size_t changes() const { return changes_.size(); }
    /// Words that nobody reads before other words say so: written at once, without a note.
    [[nodiscard]] base::Result<void> write_unseen(std::uint64_t offset, std::span<std::byte const> words);

    /// Makes the file at least `wanted` long. ENOSPC, EFBIG beyond what is reserved.
    [[nodiscard]] base::Result<void> grow(std::uint64_t wanted);
    /// Staged objects, changes, header: then all of it is committed.
    [[nodiscard]] base::Result<void> flush();
    /// The header alone.
    [[nodiscard]] base::Result<void> write_header();
    /// Cuts off what was allocated and not used. Nothing may be staged.
    [[nodiscard]] base::Result<void> trim();

private:
    struct Change {
        std::uint64_t offset;
        std::uint64_t value;
    };
    Space(base::Fd file, base::sys::Mapping mapping, std::uint64_t size, Undo& undo)
        : file_(std::move(file)),
          mapping_(std::move(mapping)),
          undo_(undo),
          size_(size) {}
    void count(ObjectType type);

    base::Fd file_;
    base::sys::Mapping mapping_;
    Undo& undo_;
    std::uint64_t size_;
    std::uint64_t end_ = 0;
    Staged data_;
    Staged rest_;
    std::vector<Change> changes_;
    std::uint64_t last_data_ = 0; ///< offset of the last object in data_
    std::uint64_t last_rest_ = 0; ///< position of the last object in rest_
};

} // namespace mitori::journal::detail
