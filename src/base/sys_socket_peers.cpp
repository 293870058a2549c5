#include "base/sys_socket_peers.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <span>
#include <sys/socket.h>

#include "base/fd.hpp"
#include "base/sys.hpp"

namespace mitori::base::sys {
namespace {

using Peers = std::map<std::uint64_t, std::uint64_t>;

Result<void> ask(int socket) {
    struct {
        nlmsghdr header;
        unix_diag_req request;
    } message{};
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message.request.sdiag_family = AF_UNIX;
    message.request.udiag_states = ~0U;
    message.request.udiag_show = UDIAG_SHOW_PEER;
    if (::send(socket, &message, sizeof message, 0) < 0) return errno_error("ask for", "unix sockets");
    return {};
}

/// One socket: a unix_diag_msg, then attributes.
void take_socket(std::span<std::byte const> body, Peers& peers) {
    unix_diag_msg socket{};
    if (body.size() < sizeof socket) return;
    std::memcpy(&socket, body.data(), sizeof socket);
    for (auto rest = body.subspan(sizeof socket); rest.size() >= sizeof(rtattr);) {
        rtattr attribute{};
        std::memcpy(&attribute, rest.data(), sizeof attribute);
        if (attribute.rta_len < sizeof attribute || attribute.rta_len > rest.size()) return;
        std::uint32_t peer = 0;
        if (attribute.rta_type == UNIX_DIAG_PEER && attribute.rta_len >= RTA_LENGTH(sizeof peer)) {
            std::memcpy(&peer, rest.data() + RTA_LENGTH(0), sizeof peer);
            if (peer != 0) peers.emplace(socket.udiag_ino, peer);
        }
        rest = rest.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), rest.size()));
    }
}

/// Whether the answer is complete with these messages.
Result<bool> take_messages(std::span<std::byte const> messages, Peers& peers) {
    while (messages.size() >= sizeof(nlmsghdr)) {
        nlmsghdr header{};
        std::memcpy(&header, messages.data(), sizeof header);
        if (header.nlmsg_len < sizeof header || header.nlmsg_len > messages.size()) break;
        auto const body = messages.subspan(NLMSG_HDRLEN, header.nlmsg_len - NLMSG_HDRLEN);
        if (header.nlmsg_type == NLMSG_DONE) return true;
        if (header.nlmsg_type == NLMSG_ERROR) {
            nlmsgerr error{};
            std::memcpy(&error, body.data(), std::min(sizeof error, body.size()));
            return make_error(-error.error, "ask for", "unix sockets");
        }
        take_socket(body, peers);
        messages = messages.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), messages.size()));
    }
    return false;
}

} // namespace

Result<Peers> read_unix_peers() {
    Fd const socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!socket) return errno_error("socket", "NETLINK_SOCK_DIAG");
    TRY(ask(socket.get()));
    Peers peers;
    alignas(nlmsghdr) std::array<std::byte, 32768> buffer;
    while (true) {
        auto const got = TRY(read(socket.get(), buffer));
        if (got == 0 || TRY(take_messages(std::span(buffer).first(got), peers))) return peers;
    }
}

} // namespace mitori::base::sys
