#include "journal/detail/chains.hpp"

#include <algorithm>
#include <cerrno>

namespace mitori::journal::detail {

namespace {

constexpr std::uint64_t fewest = 4;
/// 64 KiB of 32-bit offsets and a little: the arrays of the fields that all entries have are made one behind the other
/// and filled in step, and a distance of exactly 64 KiB would put their ends into the same lines of the cache.
constexpr std::uint64_t most = 16384 + 10;

} // namespace

base::Result<std::uint64_t> Chains::capacity(std::uint64_t array) const {
    if (!space_.plausible(array)) return base::make_error(EBADMSG, "read", "entry array");
    auto const& object = space_.at<ArrayObject>(array).object;
    if (object.type != ObjectType::entry_array || object.size <= sizeof(ArrayObject))
        return base::make_error(EBADMSG, "read", "entry array");
    return (object.size - sizeof(ArrayObject)) / space_.slot_size();
}

base::Result<Chain> Chains::load(std::uint64_t count, std::uint64_t first, std::uint64_t tail,
                                 std::uint64_t used) const {
    if (count == 0) return Chain{};
    if (tail != 0)
        return Chain{.count = count, .first = first, .tail = tail, .used = used, .capacity = TRY(capacity(tail))};
    std::uint64_t left = count;
    for (auto array = first;;) {
        auto const holds = TRY(capacity(array));
        if (left <= holds) return Chain{.count = count, .first = first, .tail = array, .used = left, .capacity = holds};
        left -= holds;
        auto const next = space_.at<ArrayObject>(array).next_offset;
        if (next <= array) return base::make_error(EBADMSG, "read", "entry array");
        array = next;
    }
}

void Chains::begin_array(Chain& chain, std::uint64_t wanted) {
    auto const needed = std::min(wanted, most);
    auto capacity = std::max(std::clamp(2 * chain.capacity, fewest, most), needed);
    if ((capacity - needed) * space_.slot_size() > spare_) capacity = needed;
    spare_ -= (capacity - needed) * space_.slot_size();

    auto const size = sizeof(ArrayObject) + capacity * space_.slot_size();
    auto const array = space_.stage_rest(ObjectType::entry_array, size);
    std::memset(space_.bytes(array) + sizeof(ObjectHeader), 0, size - sizeof(ObjectHeader));
    if (chain.tail != 0)
        space_.put(chain.tail + offsetof(ArrayObject, next_offset), array);
    else
        chain.first = array;
    chain.tail = array;
    chain.used = 0;
    chain.capacity = capacity;
}

base::Result<void> Chains::extend(Chain& chain, EntrySlots const& slots, std::size_t first, std::size_t count) {
    while (count > 0) {
        if (chain.used == chain.capacity) begin_array(chain, count);
        auto const now = std::min<std::uint64_t>(count, chain.capacity - chain.used);
        TRY(space_.write_unseen(chain.tail + sizeof(ArrayObject) + chain.used * space_.slot_size(),
                                slots.range(first, now)));
        chain.used += now;
        chain.count += now;
        first += now;
        count -= now;
    }
    return {};
}

} // namespace mitori::journal::detail
