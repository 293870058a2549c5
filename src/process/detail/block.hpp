// The wire format of a plan's block, and the only code that trusts its bytes after having looked at them.
//
//   Header | step | step | ... | the program's name
//   step  = StepHeader {op, stage, size} | payload struct | what the payload's offsets point to | padding to 8
//
// `Steps` (steps.hpp) is the list of payloads; an op is the index in it. A payload names its fields once, in `fields`,
// and three readers use that: the check of a block that came from elsewhere, the relocation of a private copy, and the
// text of `show`. The child's side has one function for each payload. A payload without one of these does not compile.
//
// Both ends of every block are the same program (the spawner's helper is forked, not executed), so the format needs no
// version and keeps the machine's byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/types.h>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/result.hpp"
#include "process/detail/steps.hpp"

namespace mitori::process::detail {

static_assert(sizeof(void*) == 8, "a word of a list must hold a pointer");

inline constexpr std::uint32_t block_magic = 0x6d70'6c31;
inline constexpr std::uint16_t no_slot = 0xffff;
inline constexpr std::uint16_t most_slots = 4096;
inline constexpr std::size_t most_block_bytes = 16U << 20;
inline constexpr int highest_number = 65535;
/// Digits of a pid, and the NUL after them.
inline constexpr std::size_t pid_room = 11;

struct Header {
    std::uint32_t magic = block_magic;
    std::uint32_t size = 0; ///< of the whole block
    std::uint16_t sources = 0;
    std::uint16_t slots = 0;
    std::uint16_t steps = 0;
    std::uint16_t cgroup = no_slot; ///< the slot of the directory to be born in
    std::uint32_t program = 0;      ///< offset of the name for messages
    std::uint32_t unused = 0;
};

struct StepHeader {
    std::uint16_t op = 0;
    std::uint16_t stage = 0;
    std::uint32_t size = 0; ///< with this header, a multiple of 8
};

template <class Step, std::size_t n = 0>
consteval std::uint16_t op_of() {
    if constexpr (std::is_same_v<Step, std::tuple_element_t<n, Steps>>)
        return n;
    else
        return op_of<Step, n + 1>();
}

/// Calls `visit(payload)` with the payload of the step at `header`, typed. The op has been checked.
template <class Visit>
void with_payload(StepHeader* header, Visit&& visit) {
    auto const one = [&]<std::size_t n>() {
        using Step = std::tuple_element_t<n, Steps>;
        static_assert(std::is_trivially_copyable_v<Step> && alignof(Step) <= 8);
        visit(*reinterpret_cast<Step*>(header + 1));
    };
    [&]<std::size_t... n>(std::index_sequence<n...>) {
        static_cast<void>(((header->op == n && (one.template operator()<n>(), true)) || ...));
    }(std::make_index_sequence<op_count>());
}

/// Calls `visit(StepHeader&, payload)` for each step of a block that `check_block` has let pass (relocated or not).
template <class Visit>
void for_each_step(std::byte* block, Visit&& visit) {
    auto const* header = reinterpret_cast<Header const*>(block);
    std::byte* at = block + sizeof(Header);
    for (int n = 0; n < header->steps; ++n) {
        auto* step = reinterpret_cast<StepHeader*>(at);
        with_payload(step, [&](auto& payload) { visit(*step, payload); });
        at += step->size;
    }
}

/// Whether these bytes are a plan for `sources` descriptors that can be walked without harm: every size, offset,
/// string, list and slot. EBADMSG with the reason as subject. `block` must be aligned to 8.
[[nodiscard]] base::Result<void> check_block(std::span<std::byte const> block, std::size_t sources);

/// Turns the lists of a checked block into arrays of pointers, in place: this copy can now be walked, where it lies,
/// once.
void relocate(std::span<std::byte> block);

/// What the caller of a child must know before it makes one.
struct Needs {
    bool identity = false;   ///< changes users or groups, which makes the memory it shares undumpable
    bool orphan = false;     ///< ends with another process going on in its place
    bool own_memory = false; ///< has a step that the kernel applies to all that share memory: see spawner_helper.cpp
};
[[nodiscard]] Needs needs_of(std::span<std::byte const> block);

} // namespace mitori::process::detail
