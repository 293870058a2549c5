#include "journal/detail/writer.hpp"

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"

namespace mitori::journal::detail {

namespace {

/// A batch that is larger is committed: it should stay in the cache.
constexpr std::uint64_t large_batch = 384U << 10;
/// Words of committed objects that one more reference may change, at most.
constexpr std::uint64_t changes_each = 6;

[[nodiscard]] bool valid_name(std::string_view name) {
    if (name.empty() || name.size() > Catalogue::longest_name || (name[0] >= '0' && name[0] <= '9')) return false;
    return std::ranges::all_of(name,
                               [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'); });
}

[[nodiscard]] base::Result<void> check_field(std::string_view field) {
    auto const name = field.substr(0, field.find('='));
    if (name.size() < field.size() && valid_name(name)) return {};
    constexpr std::size_t enough = 80;
    return base::make_error(EINVAL, "append field", base::printable(name.substr(0, enough)));
}

} // namespace

base::Result<void> check_entry(Entry const& entry) {
    auto const count = entry.fields.size() + (entry.label ? entry.label->size() : 0);
    if (count == 0) return base::make_error(EINVAL, "append", "entry without fields");
    if (count > most_fields) return base::make_error(E2BIG, "append", std::to_string(count) + " fields");
    for (auto const field : entry.fields)
        TRY(check_field(field));
    return {};
}

base::Result<std::unique_ptr<Writer>> Writer::make(Space& space, Id const& boot, std::uint64_t compress_above) {
    std::unique_ptr<Writer> writer(new Writer(space, boot, compress_above));
    auto const& header = space.header;
    writer->all_ = TRY(writer->chains_.load(header.n_entries, header.entry_array_offset, header.tail_entry_array_offset,
                                            header.tail_entry_array_n_entries));
    return writer;
}

Writer::KnownLabel* Writer::known(Label const& label) {
    if (latest_ != nullptr && latest_->label == label) return latest_;
    auto const found = labels_.find(label.get());
    if (found == labels_.end()) return nullptr;
    latest_ = &found->second;
    return latest_;
}

base::Result<Writer::KnownLabel*> Writer::learn(Label const& label) {
    KnownLabel fresh{.label = label};
    for (auto const& field : *label)
        fresh.references.push_back(catalogue_.find_or_stage(field));
    std::ranges::sort(fresh.references, {}, &Reference::offset);
    auto const twice = std::ranges::unique(fresh.references, {}, &Reference::offset);
    fresh.references.erase(twice.begin(), twice.end());
    for (auto const& reference : fresh.references) {
        fresh.xor_hash ^= reference.xor_hash;
        fresh.items.push_back(TRY(catalogue_.item(reference.offset)));
        ++fresh.items.back()->labels;
    }
    latest_ = &labels_.emplace(label.get(), std::move(fresh)).first->second;
    return latest_;
}

void Writer::forget_labels() {
    if (labels_.size() < sweep_at_) return;
    latest_ = nullptr;
    for (auto at = labels_.begin(); at != labels_.end();) {
        if (at->second.label.use_count() > 1) {
            ++at;
            continue;
        }
        for (auto* const item : at->second.items)
            if (--item->labels == 0) catalogue_.forget(*item);
        at = labels_.erase(at);
    }
    constexpr std::size_t least = 256;
    sweep_at_ = std::max(least, 2 * labels_.size());
}

std::uint64_t Writer::bound(Entry const& entry, KnownLabel const* label) const {
    auto const count = entry.fields.size() + (entry.label ? entry.label->size() : 0);
    auto const item_size = space_.compact() ? sizeof(std::uint32_t) : sizeof(RegularItem);
    auto bytes = sizeof(EntryObject) + 8 + count * item_size + (count + 1) * chains_.bound(1);
    for (auto const field : entry.fields)
        bytes += Catalogue::bound(field.size());
    if (entry.label && label == nullptr)
        for (auto const& field : *entry.label)
            bytes += Catalogue::bound(field.size());
    return bytes;
}

base::Result<Writer::Outcome> Writer::stage(Entry const& entry, std::uint64_t seqnum, base::Stamp at) {
    auto* label = entry.label ? known(entry.label) : nullptr;
    if (entry.label && label == nullptr)
        for (auto const& field : *entry.label)
            TRY(check_field(field));

    auto const count = entry.fields.size() + (entry.label ? entry.label->size() : 0);
    auto const same_run = !runs_.empty() && label != nullptr && runs_.back().label == label;
    auto const changes = changes_each * (same_run ? entry.fields.size() : count);
    wanted_ = space_.staged_end() + arrays_bound_ + bound(entry, label);
    if (staged() > 0 && (space_.staged_end() - space_.end() > large_batch || catalogue_.crowded() ||
                         changes_bound_ + changes > Undo::capacity / 2 || wanted_ > space_.size()))
        return Outcome::commit_first;
    if (wanted_ > space_.size()) return Outcome::grow_first;

    if (entry.label && label == nullptr) label = TRY(learn(entry.label));
    if (runs_.empty() || runs_.back().label != label)
        runs_.push_back({.label = label, .first = staged(), .count = 0, .uses = uses_.size()});
    TRY(refer(entry, label));
    if (catalogue_.damaged()) return base::make_error(EBADMSG, "append", "journal file");
    stage_entry(label, seqnum, at);
    ++runs_.back().count;
    arrays_bound_ += (count + 1) * chains_.bound(1);
    changes_bound_ += changes;
    return Outcome::staged;
}

/// Fills references_: each data object once, and none that the label has.
base::Result<void> Writer::refer(Entry const& entry, KnownLabel const* label) {
    references_.clear();
    for (auto const field : entry.fields)
        references_.push_back(catalogue_.find_or_stage(field));
    if (references_.size() > 1) {
        // Of two equal fields the first may be fresh and has to stay.
        std::ranges::stable_sort(references_, {}, &Reference::offset);
        auto const twice = std::ranges::unique(references_, {}, &Reference::offset);
        references_.erase(twice.begin(), twice.end());
    }
    if (label != nullptr)
        std::erase_if(references_, [&](Reference const& reference) {
            return !reference.fresh &&
                   std::ranges::binary_search(label->references, reference.offset, {}, &Reference::offset);
        });
    for (auto const& reference : references_) {
        if (reference.fresh) {
            space_.at<DataObject>(reference.offset).n_entries = 1;
            firsts_.push_back({.object = reference.offset, .entry = staged()});
        } else {
            uses_.push_back({.item = TRY(catalogue_.item(reference.offset)), .entry = staged()});
        }
    }
    return {};
}

void Writer::stage_entry(KnownLabel const* label, std::uint64_t seqnum, base::Stamp at) {
    auto const item_size = space_.compact() ? sizeof(std::uint32_t) : sizeof(RegularItem);
    auto const count = references_.size() + (label != nullptr ? label->references.size() : 0);
    auto const position = space_.rest_size();
    static_cast<void>(space_.stage_rest(ObjectType::entry, sizeof(EntryObject) + count * item_size));
    auto& object = *reinterpret_cast<EntryObject*>(space_.rest_bytes(position));
    object.seqnum = seqnum;
    object.realtime = static_cast<std::uint64_t>(at.realtime.count());
    object.monotonic = static_cast<std::uint64_t>(at.monotonic.count());
    object.boot_id = boot_;
    object.xor_hash = label != nullptr ? label->xor_hash : 0;
    for (auto const& reference : references_)
        object.xor_hash ^= reference.xor_hash;
    write_items(space_.rest_bytes(position) + sizeof(EntryObject), label);
    positions_.push_back(position);
    auto& header = space_.header;
    if (header.head_entry_seqnum == 0) {
        header.head_entry_seqnum = seqnum;
        header.head_entry_realtime = object.realtime;
    }
    header.tail_entry_seqnum = seqnum;
    header.tail_entry_realtime = object.realtime;
    header.tail_entry_monotonic = object.monotonic;
    header.tail_entry_boot_id = boot_;
}

/// Sorted by offset: readers then go through the file in one direction.
void Writer::write_items(std::byte* at, KnownLabel const* label) const {
    auto const write = [&](Reference const& reference) {
        if (space_.compact()) {
            auto const offset = static_cast<std::uint32_t>(reference.offset);
            std::memcpy(at, &offset, sizeof offset);
            at += sizeof offset;
        } else {
            RegularItem const item{.offset = reference.offset, .hash = reference.hash};
            std::memcpy(at, &item, sizeof item);
            at += sizeof item;
        }
    };
    auto own = references_.begin();
    if (label != nullptr)
        for (auto const& reference : label->references) {
            for (; own != references_.end() && own->offset < reference.offset; ++own)
                write(*own);
            write(reference);
        }
    for (; own != references_.end(); ++own)
        write(*own);
}

} // namespace mitori::journal::detail
