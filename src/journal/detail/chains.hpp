// Chains of entry arrays: which entries a data object is in, and which there are. An array has room for more entries
// than it has: they are filled in later, so each is longer than the one before, up to a size where that saves no more.
#pragma once

#include <cstdint>

#include "journal/detail/space.hpp"

namespace mitori::journal::detail {

struct Chain {
    std::uint64_t count = 0; ///< of entries in it
    std::uint64_t first = 0; ///< offset of the first array, 0: none
    std::uint64_t tail = 0;  ///< offset of the last array
    std::uint64_t used = 0;  ///< slots of the last array
    std::uint64_t capacity = 0;
};

/// The end of a batch: what entries it has, in the file's offsets, as entry arrays hold them.
class EntrySlots {
public:
    explicit EntrySlots(std::uint64_t slot_size) : slot_size_(slot_size) {}
    void clear() { bytes_.clear(); }
    void add(std::uint64_t offset) {
        auto const* const begin = reinterpret_cast<std::byte const*>(&offset);
        bytes_.insert(bytes_.end(), begin, begin + slot_size_); // little-endian: the low half comes first
    }
    [[nodiscard]] std::uint64_t offset(std::size_t n) const {
        std::uint64_t offset = 0;
        std::memcpy(&offset, bytes_.data() + n * slot_size_, slot_size_);
        return offset;
    }
    [[nodiscard]] std::span<std::byte const> range(std::size_t first, std::size_t count) const {
        return std::span(bytes_).subspan(first * slot_size_, count * slot_size_);
    }
    [[nodiscard]] std::size_t size() const { return bytes_.size() / slot_size_; }

private:
    std::uint64_t slot_size_;
    std::vector<std::byte> bytes_;
};

class Chains {
public:
    explicit Chains(Space& space) : space_(space) {}

    /// The chain of `count` entries that begins at `first`; its tail is looked up where it is not told (0). Nothing
    /// where the file is damaged.
    [[nodiscard]] base::Result<Chain> load(std::uint64_t count, std::uint64_t first, std::uint64_t tail,
                                           std::uint64_t used) const;
    /// The bytes that arrays may take beyond what is needed for the entries at hand.
    void set_spare(std::uint64_t bytes) { spare_ = bytes; }
    /// Puts entries behind those that a chain has. Only between Space's data and its flush.
    [[nodiscard]] base::Result<void> extend(Chain& chain, EntrySlots const& slots, std::size_t first,
                                            std::size_t count);
    /// At most what the arrays for so many more entries take at least, of one chain.
    [[nodiscard]] std::uint64_t bound(std::uint64_t entries) const {
        return sizeof(ArrayObject) + 8 + entries * space_.slot_size();
    }

private:
    void begin_array(Chain& chain, std::uint64_t wanted);
    [[nodiscard]] base::Result<std::uint64_t> capacity(std::uint64_t array) const;

    Space& space_;
    std::uint64_t spare_ = 0;
};

} // namespace mitori::journal::detail
