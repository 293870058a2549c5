// Entries into one file: staged, then committed together. Who has the file above this decides when to grow it and when
// to begin the next.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "journal/detail/catalogue.hpp"
#include "journal/label.hpp"
#include "journal/store.hpp"

namespace mitori::journal::detail {

/// EINVAL, naming the field, where a name is not what systemd.journal-fields(7) allows (A-Z, 0-9 and _, not beginning
/// with a digit, 64 at most) or there are no fields; E2BIG beyond most_fields.
[[nodiscard]] base::Result<void> check_entry(Entry const& entry);

class Writer {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<Writer>> make(Space& space, Id const& boot,
                                                                    std::uint64_t compress_above);

    enum class Outcome {
        staged,
        commit_first, ///< the batch is full
        grow_first,   ///< the file is too small: see wanted()
    };
    /// A checked entry. Where it is not staged nothing has changed. EBADMSG: the file is damaged, and the batch lost.
    [[nodiscard]] base::Result<Outcome> stage(Entry const& entry, std::uint64_t seqnum, base::Stamp at);
    /// How long the file must be for the entry that was not staged.
    [[nodiscard]] std::uint64_t wanted() const { return wanted_; }
    /// After an error nothing more can be written to this file.
    [[nodiscard]] base::Result<void> commit();
    [[nodiscard]] std::size_t staged() const { return positions_.size(); }
    /// Data objects for each bucket of their table, in hundredths.
    [[nodiscard]] std::uint64_t fill() const { return space_.header.n_data * 100 / catalogue_.buckets(); }

private:
    struct KnownLabel {
        Label label; ///< kept, so that its address is nobody else's
        std::vector<Item*> items;
        std::vector<Reference> references; ///< sorted by offset
        std::uint64_t xor_hash = 0;
    };
    /// Entries that follow each other and have the same label.
    struct Run {
        KnownLabel* label; ///< may be null
        std::size_t first;
        std::size_t count;
        std::size_t uses; ///< of uses_, how many came before
    };
    /// Beside a label's: an entry refers to a data object that was there before.
    struct Use {
        Item* item;
        std::size_t entry;
    };
    /// An entry is the first one of a data object.
    struct First {
        std::uint64_t object;
        std::size_t entry;
    };

    Writer(Space& space, Id const& boot, std::uint64_t compress_above)
        : space_(space),
          catalogue_(space, compress_above),
          chains_(space),
          slots_(space.slot_size()),
          boot_(boot) {}

    [[nodiscard]] KnownLabel* known(Label const& label);
    [[nodiscard]] base::Result<KnownLabel*> learn(Label const& label);
    void forget_labels();
    [[nodiscard]] std::uint64_t bound(Entry const& entry, KnownLabel const* label) const;
    [[nodiscard]] base::Result<void> refer(Entry const& entry, KnownLabel const* label);
    void stage_entry(KnownLabel const* label, std::uint64_t seqnum, base::Stamp at);
    void write_items(std::byte* at, KnownLabel const* label) const;
    [[nodiscard]] base::Result<void> extend(Item& item, std::size_t first, std::size_t count);
    [[nodiscard]] base::Result<void> extend_all();
    void settle_items();
    void settle_header();

    Space& space_;
    Catalogue catalogue_;
    Chains chains_;
    EntrySlots slots_;
    Id boot_;
    Chain all_; ///< the chain of all entries
    std::unordered_map<void const*, KnownLabel> labels_;
    KnownLabel* latest_ = nullptr;
    std::size_t sweep_at_ = 256;
    std::uint64_t wanted_ = 0;

    // The batch.
    std::vector<std::uint64_t> positions_; ///< of its entries in the rest
    std::vector<Run> runs_;
    std::vector<Use> uses_;
    std::vector<First> firsts_;
    std::vector<Item*> touched_;
    std::vector<Reference> references_; ///< the entry's at hand, beside its label's
    std::uint64_t arrays_bound_ = 0;
    std::uint64_t changes_bound_ = 0;
};

} // namespace mitori::journal::detail
