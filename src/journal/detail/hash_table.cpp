#include "journal/detail/hash_table.hpp"

namespace mitori::journal::detail {

HashTable::HashTable(Space& space, std::uint64_t offset, std::uint64_t size)
    : space_(space),
      offset_(offset),
      buckets_(size / sizeof(Bucket)),
      index_(index_size, none) {}

std::size_t HashTable::place(std::uint64_t bucket) const {
    auto at = bucket % index_size;
    while (index_[at] != none && updates_[index_[at] - 1].bucket != bucket)
        at = (at + 1) % index_size;
    return at;
}

void HashTable::add(std::uint64_t hash, std::uint64_t object) {
    auto const bucket = hash % buckets_;
    auto const at = place(bucket);
    if (auto const number = index_[at]; number != none) {
        auto& update = updates_[number - 1];
        space_.put(update.last + offsetof(Hashed, next_hash_offset), object);
        update.last = object;
        return;
    }
    auto const tail = space_.at<Bucket>(bucket_offset(bucket)).tail;
    if (tail != 0 && !space_.plausible(tail)) damaged_ = true;
    updates_.push_back({.bucket = bucket, .old_tail = tail, .first = object, .last = object, .place = at});
    index_[at] = static_cast<std::uint32_t>(updates_.size());
}

void HashTable::link() {
    for (auto const& update : updates_) {
        auto const bucket = bucket_offset(update.bucket);
        if (update.old_tail != 0)
            space_.put(update.old_tail + offsetof(Hashed, next_hash_offset), update.first);
        else
            space_.put(bucket + offsetof(Bucket, head), update.first);
        space_.put(bucket + offsetof(Bucket, tail), update.last);
    }
    for (auto const& update : updates_)
        index_[update.place] = none;
    updates_.clear();
}

} // namespace mitori::journal::detail
