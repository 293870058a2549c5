// The wire format of a plan's block, and the only code that trusts its bytes after having looked at them.
//
//   Header | step | step | ... | the program's name
//   step  = StepHeader {op, stage, size} | payload struct | what the payload's offsets point to | padding to 8
//
// `Steps` is the list of payloads; an op is the index in it. A payload names its fields once, in `fields`, and three
// readers use that: the check of a block that came from elsewhere, the relocation of a private copy, and the text of
// `show`. The child's side has one function for each payload. A payload without one of these does not compile.
//
// Both ends of every block are the same program (the spawner's helper is forked, not executed), so the format needs no
// version and keeps the machine's byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/result.hpp"
#include "process/plan.hpp"

namespace mitori::process::detail {

static_assert(sizeof(void*) == 8, "a word of a list must hold a pointer");

/// Offset of a string that ends in a NUL, from the block's first byte. Always within the step that names it.
struct Text {
    std::uint32_t at = 0;
};
/// Offset of `count` + 1 words of 64 bits, each the offset of a string and the last 0. In a relocated copy the words
/// are pointers, so that the list is what execve takes.
struct List {
    std::uint32_t at = 0;
    std::uint32_t count = 0;
};
/// Offset of `count` numbers of 32 bits.
struct Numbers {
    std::uint32_t at = 0;
    std::uint32_t count = 0;
};

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

// The payloads. `fields` hands each field that refers to something to the visitor: text, list, numbers, uses (a slot
// that must hold a descriptor by now), fills (a slot that gets one here).
struct NewSession {
    void fields(auto&) {}
};
struct JoinGroup {
    std::int32_t group;
    void fields(auto&) {}
};
struct SetLimit {
    std::int32_t resource;
    std::uint64_t soft;
    std::uint64_t hard;
    Denied denied;
    void fields(auto&) {}
};
struct SetNice {
    std::int32_t value;
    Denied denied;
    void fields(auto&) {}
};
struct SetScheduler {
    std::int32_t policy;
    std::int32_t priority;
    std::uint32_t reset_on_fork;
    void fields(auto&) {}
};
struct SetIoPriority {
    std::int32_t value;
    void fields(auto&) {}
};
struct SetAffinity {
    CpuMask mask;
    void fields(auto&) {}
};
struct SetOomScore {
    Text value; ///< as it is written to the file
    Denied denied;
    void fields(auto& v) { v.text(value); }
};
struct SetUmask {
    std::uint32_t mask;
    void fields(auto&) {}
};
struct SetTimerSlack {
    std::uint64_t nanoseconds;
    void fields(auto&) {}
};
struct NoNewPrivileges {
    void fields(auto&) {}
};
struct ParentDeathSignal {
    std::int32_t signal;
    void fields(auto&) {}
};
struct JoinCgroup {
    std::uint16_t slot;
    void fields(auto& v) { v.uses(slot); }
};
struct ChangeRoot {
    Text path;
    void fields(auto& v) { v.text(path); }
};
struct ChangeDirectory {
    Text path;
    std::uint32_t ignore_missing;
    void fields(auto& v) { v.text(path); }
};
struct MakeDirectory {
    Text path;
    std::uint32_t mode;
    std::uint32_t uid;
    std::uint32_t gid;
    ManagedDirectory::Existing existing;
    void fields(auto& v) { v.text(path); }
};
struct MakeLink {
    Text path;
    Text target;
    void fields(auto& v) { v.text(path), v.text(target); }
};
struct OpenFile {
    Text path;
    std::int32_t flags;
    std::uint32_t mode;
    std::uint16_t slot;
    void fields(auto& v) { v.text(path), v.fills(slot); }
};
struct ConnectUnix {
    sockaddr_un address;
    std::uint16_t length; ///< of the address
    std::uint16_t slot;
    void fields(auto& v) { v.fills(slot), v.address(length); }
};
struct Truncate {
    std::uint16_t slot;
    void fields(auto& v) { v.uses(slot); }
};
struct ControllingTerminal {
    std::uint16_t slot;
    PlanBuilder::Steal steal;
    void fields(auto& v) { v.uses(slot); }
};
struct Place {
    std::int32_t highest; ///< the highest number given away, -1 for none
    Numbers slots;        ///< by ascending number
    Numbers numbers;
    void fields(auto& v) { v.placements(*this); }
};
struct SetGroups {
    Numbers groups;
    void fields(auto& v) { v.numbers(groups); }
};
struct SetGid {
    std::uint32_t gid;
    void fields(auto&) {}
};
struct SetUid {
    std::uint32_t uid;
    void fields(auto&) {}
};
struct SetDispositions {
    std::uint64_t ignored;
    void fields(auto&) {}
};
struct SetMask {
    std::uint64_t blocked;
    void fields(auto&) {}
};
struct SetEnvironment {
    List entries;
    Numbers pids; ///< offsets of `pid_room` zero bytes each, where the child writes its pid
    void fields(auto& v) { v.list(entries), v.pids(pids); }
};
struct Execute {
    List candidates;
    List argv;
    void fields(auto& v) { v.list(candidates), v.list(argv); }
};
struct ExecuteDescriptor {
    List argv;
    std::uint16_t slot;
    void fields(auto& v) { v.uses(slot), v.list(argv); }
};

using Steps =
    std::tuple<NewSession, JoinGroup, SetLimit, SetNice, SetScheduler, SetIoPriority, SetAffinity, SetOomScore,
               SetUmask, SetTimerSlack, NoNewPrivileges, ParentDeathSignal, JoinCgroup, ChangeRoot, ChangeDirectory,
               MakeDirectory, MakeLink, OpenFile, ConnectUnix, Truncate, ControllingTerminal, Place, SetGroups, SetGid,
               SetUid, SetDispositions, SetMask, SetEnvironment, Execute, ExecuteDescriptor>;
inline constexpr std::uint16_t op_count = std::tuple_size_v<Steps>;

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
    bool own_memory = false; ///< has a step that the kernel applies to all that share memory: see spawner_helper.cpp
};
[[nodiscard]] Needs needs_of(std::span<std::byte const> block);

} // namespace mitori::process::detail
