// The data objects of a file: found by their payload, or staged with what they hang on, a field object and its list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "journal/detail/chains.hpp"
#include "journal/detail/compress.hpp"
#include "journal/detail/hash_table.hpp"

namespace mitori::journal::detail {

/// A data object as entries refer to it.
struct Reference {
    std::uint64_t offset = 0;
    std::uint64_t hash = 0;
    std::uint64_t xor_hash = 0;
    bool fresh = false; ///< staged just now
};

/// What is remembered of a data object whose list of entries grows.
struct Item {
    std::uint64_t offset = 0;
    std::uint64_t n_entries = 0;
    Chain chain;                  ///< of all but the first entry
    std::uint64_t told_first = 0; ///< what the object says of chain.first
    std::uint32_t labels = 0;     ///< that refer to it; without one it is remembered for a batch only
    bool touched = false;         ///< in this batch
};

class Catalogue {
public:
    Catalogue(Space& space, std::uint64_t compress_above);

    /// "NAME=value" with a valid name.
    [[nodiscard]] Reference find_or_stage(std::string_view payload);
    [[nodiscard]] base::Result<Item*> item(std::uint64_t offset);
    void forget(Item const& item) { items_.erase(item.offset); }

    /// At the end of a batch: puts what is pending, and counts it in the header.
    void link();
    [[nodiscard]] bool crowded() const {
        return data_.pending() + fields_table_.pending() > HashTable::most_pending - most_fields;
    }
    [[nodiscard]] bool damaged() const { return data_.damaged() || fields_table_.damaged(); }
    [[nodiscard]] std::uint64_t buckets() const { return data_.buckets(); }

    /// At most what find_or_stage of so many bytes stages.
    [[nodiscard]] static std::uint64_t bound(std::uint64_t payload) {
        return compact_payload + payload + 8 + sizeof(FieldObject) + longest_name + 8;
    }
    static constexpr std::uint64_t longest_name = 64;

private:
    struct Field {
        std::uint64_t offset;
        std::uint64_t head; ///< the data object that is first in its list
        bool changed = false;
    };
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    [[nodiscard]] bool same(std::uint64_t object, std::string_view payload);
    [[nodiscard]] std::uint64_t stage(std::string_view payload, std::uint64_t hash);
    [[nodiscard]] Field& field(std::string_view name);

    Space& space_;
    Chains chains_;
    HashTable data_;
    HashTable fields_table_;
    std::uint64_t compress_above_;
    Compressor compressor_;
    std::unordered_map<std::string, Field, TextHash, std::equal_to<>> fields_;
    std::unordered_map<std::uint64_t, Item> items_;
};

} // namespace mitori::journal::detail
