// The payloads of a plan's steps, and their list. See block.hpp.
#pragma once

#include <cstdint>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <tuple>

#include "process/plan.hpp"

namespace mitori::process::detail {

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
/// unshare(CLONE_NEWNET), with CLONE_NEWUSER where that alone is refused.
struct NewNetwork {
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
struct TakeForeground {
    std::uint16_t slot;
    void fields(auto& v) { v.uses(slot); }
};
struct BecomeOrphan {
    void fields(auto&) {}
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

using Steps = std::tuple<NewSession, JoinGroup, SetLimit, SetNice, SetScheduler, SetIoPriority, SetAffinity,
                         SetOomScore, SetUmask, SetTimerSlack, NewNetwork, NoNewPrivileges, ParentDeathSignal,
                         JoinCgroup, ChangeRoot, ChangeDirectory, MakeDirectory, MakeLink, OpenFile, ConnectUnix,
                         Truncate, ControllingTerminal, TakeForeground, BecomeOrphan, Place, SetGroups, SetGid, SetUid,
                         SetDispositions, SetMask, SetEnvironment, Execute, ExecuteDescriptor>;
inline constexpr std::uint16_t op_count = std::tuple_size_v<Steps>;

} // namespace mitori::process::detail
