// What the manager's end of the spawner and its helper say to each other, over one SOCK_SEQPACKET pair.
//
//   manager -> helper   descriptors*  plan        a Request; SCM_RIGHTS carries descriptors
//   helper  -> manager  executed | failed         an Announcement; after that of `failed` the subject as text
//   child   -> manager  started                   an Announcement, the child's first act, written by child.cpp
//
// A plan's sources come in order: as many messages of `descriptors` as needed before the one of `plan`, which brings
// the rest. A block that is no larger than `inline_limit` follows its Request; a larger one comes as a memfd, the last
// descriptor of its message. Every message from the helper's end carries the sender's credentials (SO_PASSCRED): the
// kernel's word for who the child is, in the manager's own PID namespace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/fd.hpp"
#include "process/detail/child.hpp"

namespace mitori::process::detail {

enum class Message : std::uint32_t {
    descriptors = 1,
    plan,
    hello,   ///< the first from the helper: report.number says whether CLONE_PARENT is refused, pid whom to reap
    started, ///< by the child itself
    executed,
    failed, ///< pid: 0 when no child came to be
};

struct Request {
    Message kind = Message::plan;
    std::uint32_t block_bytes = 0;
    std::uint64_t id = 0;
    std::uint32_t sources = 0; ///< of the whole plan
    std::uint32_t in_memfd = 0;
};

inline constexpr std::size_t inline_limit = 32U << 10;
/// The kernel's limit for one message is 253 (unix(7)); one is left for the memfd.
inline constexpr std::size_t most_descriptors = 250;
inline constexpr std::size_t most_subject = 512;

/// Sends one message of two parts without waiting; 0 or errno.
[[nodiscard]] int send_message(int socket, std::span<std::byte const> head, std::span<std::byte const> body,
                               std::span<int const> descriptors, int flags);

struct Received {
    int number = 0;                ///< errno; EAGAIN: nothing there
    std::size_t bytes = 0;         ///< 0 with number 0: the other end is gone
    pid_t sender = 0;              ///< with SO_PASSCRED
    bool lost_descriptors = false; ///< we had no numbers left for some that were sent
    std::vector<base::Fd> descriptors;
};

/// Receives one message into `buffer`; flags as for recvmsg(2).
[[nodiscard]] Received receive_message(int socket, std::span<std::byte> buffer, int flags);

template <class Struct>
std::span<std::byte const> bytes_of(Struct const& value) {
    return std::as_bytes(std::span(&value, 1));
}

} // namespace mitori::process::detail
