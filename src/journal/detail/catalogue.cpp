#include "journal/detail/catalogue.hpp"

#include "journal/detail/hash.hpp"

namespace mitori::journal::detail {

Catalogue::Catalogue(Space& space, std::uint64_t compress_above)
    : space_(space),
      chains_(space),
      data_(space, space.header.data_table_offset, space.header.data_table_size),
      fields_table_(space, space.header.field_table_offset, space.header.field_table_size),
      compress_above_(compress_above) {}

bool Catalogue::same(std::uint64_t object, std::string_view payload) {
    auto const& header = space_.at<ObjectHeader>(object);
    if (header.size < space_.payload_offset() || object + header.size > space_.staged_end()) return false;
    std::string_view const stored(reinterpret_cast<char const*>(space_.bytes(object) + space_.payload_offset()),
                                  header.size - space_.payload_offset());
    if ((header.flags & compressed_zstd) != 0) return compressor_.holds(stored, payload);
    return stored == payload;
}

Reference Catalogue::find_or_stage(std::string_view payload) {
    Reference reference{.hash = siphash24(payload, space_.header.file_id), .xor_hash = jenkins_hash(payload)};
    reference.offset = data_.find(reference.hash, [&](std::uint64_t object) { return same(object, payload); });
    if (reference.offset != 0) return reference;
    reference.offset = stage(payload, reference.hash);
    reference.fresh = true;
    return reference;
}

std::uint64_t Catalogue::stage(std::string_view payload, std::uint64_t hash) {
    auto& of = field(payload.substr(0, payload.find('=')));
    std::uint8_t flags = 0;
    if (compress_above_ != 0 && payload.size() >= compress_above_)
        if (auto const frame = compressor_.compress(payload)) {
            payload = *frame;
            flags = compressed_zstd;
        }
    auto const begin = space_.payload_offset();
    auto const offset = space_.stage_data(ObjectType::data, begin + payload.size());
    auto& object = space_.at<DataObject>(offset);
    object.hashed.object.flags = flags;
    object.hashed.hash = hash;
    object.hashed.next_hash_offset = 0;
    object.next_field_offset = of.head;
    object.entry_offset = 0;
    object.entry_array_offset = 0;
    object.n_entries = 0;
    if (space_.compact()) object.tail_array = 0;
    std::memcpy(space_.bytes(offset) + begin, payload.data(), payload.size());
    of.head = offset;
    of.changed = true;
    data_.add(hash, offset);
    return offset;
}

Catalogue::Field& Catalogue::field(std::string_view name) {
    if (auto const known = fields_.find(name); known != fields_.end()) return known->second;
    auto const hash = siphash24(name, space_.header.file_id);
    auto offset = fields_table_.find(hash, [&](std::uint64_t object) {
        auto const size = space_.at<ObjectHeader>(object).size;
        auto const* const text = reinterpret_cast<char const*>(space_.bytes(object) + sizeof(FieldObject));
        return size - sizeof(FieldObject) == name.size() && std::memcmp(text, name.data(), name.size()) == 0;
    });
    if (offset == 0) {
        offset = space_.stage_data(ObjectType::field, sizeof(FieldObject) + name.size());
        auto& object = space_.at<FieldObject>(offset);
        object.hashed.hash = hash;
        object.hashed.next_hash_offset = 0;
        object.head_data_offset = 0;
        std::memcpy(space_.bytes(offset) + sizeof(FieldObject), name.data(), name.size());
        fields_table_.add(hash, offset);
    }
    auto const head = space_.at<FieldObject>(offset).head_data_offset;
    return fields_.emplace(name, Field{.offset = offset, .head = head}).first->second;
}

base::Result<Item*> Catalogue::item(std::uint64_t offset) {
    if (auto const known = items_.find(offset); known != items_.end()) return &known->second;
    auto const& object = space_.at<DataObject>(offset);
    Item item{.offset = offset, .n_entries = object.n_entries, .told_first = object.entry_array_offset};
    if (item.n_entries > 1) {
        auto const tail = space_.compact() ? object.tail_array : 0;
        item.chain = TRY(chains_.load(item.n_entries - 1, item.told_first, tail & UINT32_MAX, tail >> 32));
    }
    return &items_.emplace(offset, item).first->second;
}

void Catalogue::link() {
    data_.link();
    fields_table_.link();
    for (auto& [name, of] : fields_) {
        if (!of.changed) continue;
        space_.put(of.offset + offsetof(FieldObject, head_data_offset), of.head);
        of.changed = false;
    }
    space_.header.data_chain_depth = std::max(space_.header.data_chain_depth, data_.depth());
    space_.header.field_chain_depth = std::max(space_.header.field_chain_depth, fields_table_.depth());
}

} // namespace mitori::journal::detail
