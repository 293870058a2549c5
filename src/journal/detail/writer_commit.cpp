// The end of a batch: its entries get their places, and everything that leads to them is put.
#include <algorithm>

#include "journal/detail/writer.hpp"

namespace mitori::journal::detail {

base::Result<void> Writer::commit() {
    if (staged() == 0) return {};
    slots_.clear();
    for (auto const position : positions_)
        slots_.add(space_.rest_begin() + position);
    for (auto const& first : firsts_)
        space_.put(first.object + offsetof(DataObject, entry_offset), slots_.offset(first.entry));
    auto const needed = space_.staged_end() + arrays_bound_;
    chains_.set_spare(space_.size() > needed ? space_.size() - needed : 0);
    TRY(extend_all());
    settle_items();
    catalogue_.link();
    settle_header();
    TRY(space_.flush());

    positions_.clear();
    runs_.clear();
    uses_.clear();
    firsts_.clear();
    arrays_bound_ = 0;
    changes_bound_ = 0;
    forget_labels();
    return {};
}

base::Result<void> Writer::extend_all() {
    for (std::size_t n = 0; n < runs_.size(); ++n) {
        auto const& run = runs_[n];
        if (run.label != nullptr)
            for (auto* const item : run.label->items)
                TRY(extend(*item, run.first, run.count));
        auto const uses_end = n + 1 < runs_.size() ? runs_[n + 1].uses : uses_.size();
        for (auto use = run.uses; use < uses_end; ++use)
            TRY(extend(*uses_[use].item, uses_[use].entry, 1));
    }
    return chains_.extend(all_, slots_, 0, slots_.size());
}

base::Result<void> Writer::extend(Item& item, std::size_t first, std::size_t count) {
    if (!item.touched) touched_.push_back(&item);
    item.touched = true;
    item.n_entries += count;
    if (item.n_entries == count) {
        space_.put(item.offset + offsetof(DataObject, entry_offset), slots_.offset(first));
        ++first;
        --count;
    }
    return chains_.extend(item.chain, slots_, first, count);
}

void Writer::settle_items() {
    for (auto* const item : touched_) {
        space_.put(item->offset + offsetof(DataObject, n_entries), item->n_entries);
        if (item->told_first != item->chain.first) {
            space_.put(item->offset + offsetof(DataObject, entry_array_offset), item->chain.first);
            item->told_first = item->chain.first;
        }
        if (space_.compact() && item->chain.tail != 0)
            space_.put(item->offset + offsetof(DataObject, tail_array), item->chain.used << 32 | item->chain.tail);
        item->touched = false;
        if (item->labels == 0) catalogue_.forget(*item);
    }
    touched_.clear();
}

void Writer::settle_header() {
    auto& header = space_.header;
    header.entry_array_offset = all_.first;
    // A file of the regular format may grow beyond what these two can tell; then they tell nothing.
    bool const tells = all_.tail <= UINT32_MAX;
    header.tail_entry_array_offset = tells ? static_cast<std::uint32_t>(all_.tail) : 0;
    header.tail_entry_array_n_entries = tells ? static_cast<std::uint32_t>(all_.used) : 0;
    header.tail_entry_offset = slots_.offset(slots_.size() - 1);
}

} // namespace mitori::journal::detail
