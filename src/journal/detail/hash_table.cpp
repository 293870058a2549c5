#include "journal/detail/hash_table.hpp"

#include <new>

namespace mitori::journal::detail {

HashTable::HashTable(Space& space, std::uint64_t offset, std::uint64_t size)
    : space_(space),
      offset_(offset),
      buckets_(size / sizeof(Bucket)),
      began_empty_(space.header.n_data + space.header.n_fields == 0),
      // Zeroes from the kernel: a file that stays small touches few of them.
      shadows_(static_cast<Shadow*>(std::calloc(buckets_, sizeof(Shadow)))),
      index_(index_size, none) {
    if (!shadows_) throw std::bad_alloc();
}

void HashTable::take_in(Shadow& shadow, std::uint64_t hash, std::uint64_t object) {
    if (shadow.count < shadow.prints.size()) shadow.prints[shadow.count] = print(hash);
    if (shadow.count < UINT16_MAX) ++shadow.count;
    shadow.tail = static_cast<std::uint32_t>(object / 8);
}

HashTable::Shadow& HashTable::shadow_of(std::uint64_t bucket) {
    auto& shadow = shadows_[bucket];
    if (shadow.count > 0 || began_empty_) return shadow;
    for (auto object = space_.at<Bucket>(bucket_offset(bucket)).head; object != 0;) {
        if (!space_.plausible(object) || object <= std::uint64_t{shadow.tail} * 8) {
            damaged_ = true;
            break;
        }
        auto const& hashed = space_.at<Hashed>(object);
        take_in(shadow, hashed.hash, object);
        object = hashed.next_hash_offset;
    }
    return shadow;
}

std::size_t HashTable::place(std::uint64_t bucket) const {
    auto at = bucket % index_size;
    while (index_[at] != none && updates_[index_[at] - 1].bucket != bucket)
        at = (at + 1) % index_size;
    return at;
}

void HashTable::add(std::uint64_t hash, std::uint64_t object) {
    auto const bucket = hash % buckets_;
    auto& shadow = shadow_of(bucket);
    auto const tail = std::uint64_t{shadow.tail} * 8;
    take_in(shadow, hash, object);
    auto const at = place(bucket);
    if (auto const number = index_[at]; number != none) {
        auto& update = updates_[number - 1];
        space_.put(update.last + offsetof(Hashed, next_hash_offset), object);
        update.last = object;
        return;
    }
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
