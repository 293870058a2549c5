#include "base/sys_process_events.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "base/sys.hpp"

namespace mitori::base::sys {
namespace {

constexpr int buffer_bytes = 16 << 20; // some ten thousand ends

Result<void> send_subscription(int socket) {
    proc_cn_mcast_op const operation = PROC_CN_MCAST_LISTEN;
    std::array<std::byte, NLMSG_HDRLEN + sizeof(cn_msg) + sizeof operation> request{};
    nlmsghdr const header{.nlmsg_len = request.size(), .nlmsg_type = NLMSG_DONE};
    cn_msg message{};
    message.id = {.idx = CN_IDX_PROC, .val = CN_VAL_PROC};
    message.len = sizeof operation;
    std::memcpy(request.data(), &header, sizeof header);
    std::memcpy(request.data() + NLMSG_HDRLEN, &message, sizeof message);
    std::memcpy(request.data() + NLMSG_HDRLEN + sizeof message, &operation, sizeof operation);
    if (::send(socket, request.data(), request.size(), 0) < 0) {
        if (errno == ECONNREFUSED) return errno_error("it answers only in the machine's first network namespace");
        return errno_error("subscribing to it");
    }
    return {};
}

/// The kernel answers while it is asked, or, outside of the first namespaces, never.
Result<void> take_answer(int socket) {
    alignas(nlmsghdr) std::array<std::byte, 4096> buffer{};
    while (true) {
        auto const got = read(socket, buffer);
        if (!got && got.error().number == EAGAIN)
            return make_error(EPERM, "it answers only in the machine's first pid namespace");
        if (!got) return std::unexpected(got.error());
        proc_event event{};
        if (*got < NLMSG_HDRLEN + sizeof(cn_msg) + offsetof(proc_event, event_data) + sizeof event.event_data.ack)
            continue;
        std::memcpy(&event, buffer.data() + NLMSG_HDRLEN + sizeof(cn_msg),
                    std::min(sizeof event, *got - NLMSG_HDRLEN - sizeof(cn_msg)));
        if (static_cast<unsigned>(event.what) != 0)
            continue; // the first event was quicker; an answer is PROC_EVENT_NONE
        auto const error = static_cast<int>(event.event_data.ack.err);
        if (error != 0) return make_error(error, "subscribing to it");
        return {};
    }
}

} // namespace

Result<Fd> open_process_events() {
    Fd socket(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR));
    if (!socket) return errno_error("socket", "NETLINK_CONNECTOR");
    // Without the right to more than the machine's usual size it stays at that.
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = CN_IDX_PROC;
    if (::bind(socket.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) !=
        0) // NOLINT: the call's type
        return errno_error("bind", "NETLINK_CONNECTOR");
    TRY(send_subscription(socket.get()));
    TRY(take_answer(socket.get()));
    return socket;
}

} // namespace mitori::base::sys
