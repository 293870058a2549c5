#include "process/detail/block.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace mitori::process::detail {

namespace {

/// Looks at every field of one step after another; the first thing wrong stays in `wrong`.
class Checker {
public:
    Checker(std::span<std::byte const> block, Header const& header)
        : block_(block),
          filled_(header.slots, false),
          slots_(header.slots) {
        for (std::size_t n = 0; n < header.sources && n < filled_.size(); ++n)
            filled_[n] = true;
    }

    char const* wrong = nullptr;
    int places = 0;
    int executes = 0;

    /// The step's own bytes after its payload: what its offsets may point into.
    void begin(std::size_t from, std::size_t to) { from_ = from, to_ = to; }

    void text(Text text) { string_at(text.at); }

    void list(List list) {
        if (!words_fit(list.at, std::uint64_t{list.count} + 1, 8)) return refuse("list out of bounds");
        for (std::uint32_t n = 0; n < list.count; ++n)
            string_at(word_at(list.at + std::size_t{n} * 8));
        if (word_at(list.at + std::size_t{list.count} * 8) != 0) refuse("list without an end");
    }

    void numbers(Numbers numbers) {
        if (!words_fit(numbers.at, numbers.count, 4)) refuse("numbers out of bounds");
    }

    void pids(Numbers pids) {
        numbers(pids);
        for (std::uint32_t n = 0; wrong == nullptr && n < pids.count; ++n) {
            std::uint32_t const at = number_at(pids.at + std::size_t{n} * 4);
            if (at < from_ || at > to_ || to_ - at < pid_room) return refuse("pid out of bounds");
            for (std::size_t byte = 0; byte < pid_room; ++byte)
                if (block_[at + byte] != std::byte{0}) return refuse("pid over other bytes");
        }
    }

    void uses(std::uint16_t slot) {
        if (slot >= slots_ || !filled_[slot]) refuse("slot without a descriptor");
    }

    void fills(std::uint16_t slot) {
        if (slot >= slots_ || filled_[slot]) return refuse("slot filled twice or unknown");
        if (places > 0) return refuse("opens after place");
        filled_[slot] = true;
    }

    void address(std::uint16_t length) {
        if (length < sizeof(sa_family_t) + 1 || length > sizeof(sockaddr_un)) refuse("address too long");
    }

    void placements(Place const& place) {
        ++places;
        numbers(place.slots);
        numbers(place.numbers);
        if (place.slots.count != place.numbers.count) return refuse("placement without a number");
        std::int64_t last = -1;
        for (std::uint32_t n = 0; wrong == nullptr && n < place.slots.count; ++n) {
            std::uint32_t const slot = number_at(place.slots.at + std::size_t{n} * 4);
            std::uint32_t const number = number_at(place.numbers.at + std::size_t{n} * 4);
            if (slot >= no_slot) return refuse("slot without a descriptor");
            uses(static_cast<std::uint16_t>(slot));
            if (number <= last || number > std::uint32_t{highest_number}) return refuse("numbers not ascending");
            last = number;
        }
        if (place.highest != last) refuse("wrong highest number");
    }

    void refuse(char const* reason) {
        if (wrong == nullptr) wrong = reason;
    }

private:
    [[nodiscard]] bool words_fit(std::uint64_t at, std::uint64_t count, std::uint64_t width) const {
        return at % width == 0 && at >= from_ && at <= to_ && count <= (to_ - at) / width;
    }
    void string_at(std::uint64_t at) {
        if (at < from_ || at >= to_ || std::memchr(&block_[at], 0, to_ - at) == nullptr) refuse("string out of bounds");
    }
    [[nodiscard]] std::uint64_t word_at(std::size_t at) const {
        std::uint64_t word = 0;
        std::memcpy(&word, &block_[at], sizeof word);
        return word;
    }
    [[nodiscard]] std::uint32_t number_at(std::size_t at) const {
        std::uint32_t number = 0;
        std::memcpy(&number, &block_[at], sizeof number);
        return number;
    }

    std::span<std::byte const> block_;
    std::vector<bool> filled_;
    std::uint16_t slots_;
    std::size_t from_ = 0;
    std::size_t to_ = 0;
};

template <class Step>
inline constexpr bool executes = std::is_same_v<Step, Execute> || std::is_same_v<Step, ExecuteDescriptor>;

consteval auto payload_sizes() {
    return []<std::size_t... n>(std::index_sequence<n...>) {
        return std::array{sizeof(std::tuple_element_t<n, Steps>)...};
    }(std::make_index_sequence<op_count>());
}

char const* wrong_header(Header const& header, std::span<std::byte const> block, std::size_t sources) {
    if (header.magic != block_magic || header.size != block.size()) return "no header";
    if (header.sources != sources || header.slots < header.sources || header.slots > most_slots) return "wrong slots";
    if (header.cgroup != no_slot && header.cgroup >= header.sources) return "cgroup without a descriptor";
    if (header.program < sizeof(Header) || header.program >= block.size()) return "no name";
    if (std::memchr(&block[header.program], 0, block.size() - header.program) == nullptr) return "no name";
    return nullptr;
}

/// The end of the step at `at` when it is well formed in itself, else nullptr and a reason in `checker`.
std::byte* check_step(std::byte* at, std::byte* end, std::byte* block, Checker& checker) {
    static constexpr auto sizes = payload_sizes();
    if (end - at < static_cast<std::ptrdiff_t>(sizeof(StepHeader))) return checker.refuse("step cut off"), nullptr;
    auto* step = reinterpret_cast<StepHeader*>(at);
    if (step->op >= op_count || step->stage == 0 || step->stage > 255) return checker.refuse("unknown step"), nullptr;
    std::size_t const least = sizeof(StepHeader) + sizes[step->op];
    if (step->size % 8 != 0 || step->size < least || step->size > static_cast<std::size_t>(end - at))
        return checker.refuse("step of a wrong size"), nullptr;
    std::size_t const offset = static_cast<std::size_t>(at - block);
    checker.begin(offset + least, offset + step->size);
    with_payload(step, [&]<class Step>(Step& payload) {
        payload.fields(checker);
        if constexpr (executes<Step>) {
            ++checker.executes;
            if (payload.argv.count == 0) checker.refuse("no argv[0]");
        }
        if constexpr (std::is_same_v<Step, Execute>)
            if (payload.candidates.count == 0) checker.refuse("no program");
    });
    return at + step->size;
}

struct Relocator {
    std::byte* block;
    void text(Text) {}
    void numbers(Numbers) {}
    void pids(Numbers) {}
    void uses(std::uint16_t) {}
    void fills(std::uint16_t) {}
    void address(std::uint16_t) {}
    void placements(Place const&) {}
    void list(List list) const {
        auto* words = reinterpret_cast<std::uint64_t*>(block + list.at);
        for (std::uint32_t n = 0; n < list.count; ++n)
            words[n] = reinterpret_cast<std::uintptr_t>(block + words[n]);
    }
};

} // namespace

base::Result<void> check_block(std::span<std::byte const> bytes, std::size_t sources) {
    auto const refused = [](char const* reason) { return base::make_error(EBADMSG, "read plan", reason); };
    if (bytes.size() < sizeof(Header) || bytes.size() > most_block_bytes) return refused("wrong size");
    Header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (char const* wrong = wrong_header(header, bytes, sources)) return refused(wrong);

    // with_payload serves writers too; nothing here writes.
    auto* block = const_cast<std::byte*>(bytes.data());
    std::byte* at = block + sizeof(Header);
    Checker checker(bytes, header);
    for (int n = 0; n < header.steps; ++n) {
        if (checker.executes > 0) checker.refuse("step after exec");
        at = check_step(at, block + bytes.size(), block, checker);
        if (checker.wrong != nullptr) return refused(checker.wrong);
    }
    if (checker.executes != 1) return refused("no exec");
    if (checker.places != 1) return refused("not exactly one place");
    return {};
}

void relocate(std::span<std::byte> block) {
    Relocator relocator{block.data()};
    for_each_step(block.data(), [&](StepHeader&, auto& payload) { payload.fields(relocator); });
}

Needs needs_of(std::span<std::byte const> block) {
    Needs needs;
    for_each_step(const_cast<std::byte*>(block.data()), [&]<class Step>(StepHeader&, Step&) {
        if constexpr (std::is_same_v<Step, SetUid> || std::is_same_v<Step, SetGid>) needs.identity = true;
        if constexpr (std::is_same_v<Step, BecomeOrphan>) needs.orphan = true;
        if constexpr (std::is_same_v<Step, SetOomScore>) needs.own_memory = true;
    });
    return needs;
}

} // namespace mitori::process::detail
