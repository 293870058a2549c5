#include "process/detail/spawner_protocol.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>

namespace mitori::process::detail {

namespace {

constexpr std::size_t control_bytes = CMSG_SPACE(sizeof(int) * 256) + CMSG_SPACE(sizeof(ucred));

/// Takes what stands beside a message.
void read_control(msghdr& message, Received& received) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET) continue;
        std::size_t const size = part->cmsg_len - CMSG_LEN(0);
        if (part->cmsg_type == SCM_RIGHTS) {
            for (std::size_t at = 0; at + sizeof(int) <= size; at += sizeof(int)) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(part) + at, sizeof fd);
                received.descriptors.emplace_back(fd);
            }
        } else if (part->cmsg_type == SCM_CREDENTIALS && size >= sizeof(ucred)) {
            ucred sender{};
            std::memcpy(&sender, CMSG_DATA(part), sizeof sender);
            received.sender = sender.pid;
        }
    }
}

} // namespace

int send_message(int socket, std::span<std::byte const> head, std::span<std::byte const> body,
                 std::span<int const> descriptors, int flags) {
    // sendmsg only reads them.
    std::array<iovec, 2> parts{iovec{const_cast<std::byte*>(head.data()), head.size()},
                               iovec{const_cast<std::byte*>(body.data()), body.size()}};
    alignas(cmsghdr) std::array<std::byte, control_bytes> control;
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = body.empty() ? 1 : 2;
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* const rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
    }
    for (;;) {
        if (::sendmsg(socket, &message, flags | MSG_NOSIGNAL) >= 0) return 0;
        if (errno != EINTR) return errno;
    }
}

Received receive_message(int socket, std::span<std::byte> buffer, int flags) {
    iovec part{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<std::byte, control_bytes> control;
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    Received received;
    ssize_t size = -1;
    do
        size = ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size < 0) {
        received.number = errno;
        return received;
    }
    received.bytes = static_cast<std::size_t>(size);
    received.lost_descriptors = (message.msg_flags & MSG_CTRUNC) != 0;
    read_control(message, received);
    return received;
}

} // namespace mitori::process::detail
