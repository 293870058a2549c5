// The hash table of data or field objects: buckets in the file, chains through the objects in the order of their
// offsets. What is added waits in memory until link(): the buckets in the file point to committed objects only.
//
// Most of what is looked for is not there, and walking a chain to learn that touches pages all over the file. So of
// each bucket there is a shadow in memory: where its chain ends, and a print of the hash of each of its objects.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "journal/detail/space.hpp"

namespace mitori::journal::detail {

class HashTable {
public:
    HashTable(Space& space, std::uint64_t offset, std::uint64_t size);

    /// The object of this hash that `same` says yes to, or 0. What it walks it counts: depth().
    template <class Same>
    [[nodiscard]] std::uint64_t find(std::uint64_t hash, Same same);
    /// A new object, staged, that the last find() of its hash did not find.
    void add(std::uint64_t hash, std::uint64_t object);
    /// Puts the pending changes to buckets and chains.
    void link();

    /// The longest chain that was walked, minus one: as the file's header counts it.
    [[nodiscard]] std::uint64_t depth() const { return depth_; }
    [[nodiscard]] std::uint64_t buckets() const { return buckets_; }
    [[nodiscard]] std::size_t pending() const { return updates_.size(); }
    /// Pending buckets that there may be; before more come, link().
    static constexpr std::size_t most_pending = 6144;
    /// A chain led nowhere: the file is damaged.
    [[nodiscard]] bool damaged() const { return damaged_; }

private:
    struct Update {
        std::uint64_t bucket;
        std::uint64_t old_tail; ///< 0: the bucket was empty
        std::uint64_t first;
        std::uint64_t last;
        std::size_t place; ///< in index_
    };
    struct Shadow {
        std::uint32_t tail; ///< offset of the last object in the chain, in words of 8 bytes; pending ones count
        std::uint16_t count;
        std::array<std::uint16_t, 13> prints; ///< of the first objects
    };
    static_assert(sizeof(Shadow) == 32);
    struct Free {
        void operator()(Shadow* shadows) const { std::free(shadows); }
    };
    static constexpr std::uint32_t none = 0;
    static constexpr std::size_t index_size = 16384;

    [[nodiscard]] std::uint64_t bucket_offset(std::uint64_t bucket) const { return offset_ + bucket * sizeof(Bucket); }
    [[nodiscard]] static std::uint16_t print(std::uint64_t hash) { return static_cast<std::uint16_t>(hash >> 48); }
    static void take_in(Shadow& shadow, std::uint64_t hash, std::uint64_t object);
    [[nodiscard]] Shadow& shadow_of(std::uint64_t bucket);
    [[nodiscard]] static bool may_hold(Shadow const& shadow, std::uint64_t hash) {
        if (shadow.count > shadow.prints.size()) return true;
        auto const end = shadow.prints.begin() + shadow.count;
        return std::find(shadow.prints.begin(), end, print(hash)) != end;
    }
    /// Where in index_ a bucket's update is, or would be.
    [[nodiscard]] std::size_t place(std::uint64_t bucket) const;
    template <class Same>
    [[nodiscard]] std::uint64_t walk(std::uint64_t object, std::uint64_t hash, std::uint64_t& passed, Same& same);

    Space& space_;
    std::uint64_t offset_;
    std::uint64_t buckets_;
    std::uint64_t depth_ = 0;
    bool damaged_ = false;
    bool began_empty_;
    std::unique_ptr<Shadow[], Free> shadows_; ///< of each bucket; not known yet where the count is 0
    std::vector<Update> updates_;
    std::vector<std::uint32_t> index_; ///< open addressing by bucket: number of an update + 1
};

template <class Same>
std::uint64_t HashTable::walk(std::uint64_t object, std::uint64_t hash, std::uint64_t& passed, Same& same) {
    for (std::uint64_t before = 0; object != 0; ++passed) {
        if (!space_.plausible(object) || object <= before) {
            damaged_ = true;
            return 0;
        }
        auto const& hashed = space_.at<Hashed>(object);
        if (hashed.hash == hash && same(object)) return object;
        before = object;
        object = hashed.next_hash_offset;
    }
    return 0;
}

template <class Same>
std::uint64_t HashTable::find(std::uint64_t hash, Same same) {
    auto const bucket = hash % buckets_;
    if (auto const& shadow = shadow_of(bucket); !may_hold(shadow, hash)) {
        depth_ = std::max<std::uint64_t>(depth_, shadow.count);
        return 0;
    }
    std::uint64_t passed = 0;
    auto found = walk(space_.at<Bucket>(bucket_offset(bucket)).head, hash, passed, same);
    if (found == 0 && !updates_.empty())
        if (auto const number = index_[place(bucket)]; number != none)
            found = walk(updates_[number - 1].first, hash, passed, same);
    depth_ = std::max(depth_, passed);
    return found;
}

} // namespace mitori::journal::detail
