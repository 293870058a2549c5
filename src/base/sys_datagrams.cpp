#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/sys.hpp"

namespace mitori::base::sys {
namespace {

constexpr std::size_t descriptors_max = 253; // SCM_MAX_FD

void take_control_messages(msghdr& message, Datagram& datagram) {
    for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET) continue;
        if (header->cmsg_type == SCM_CREDENTIALS) {
            ucred credentials{};
            std::memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
            datagram.sender = credentials.pid;
            datagram.uid = credentials.uid;
        } else if (header->cmsg_type == SCM_RIGHTS) {
            auto const count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
                datagram.fds.emplace_back(fd);
            }
        }
    }
}

} // namespace

Result<Fd> bind_datagrams(std::string const& path, mode_t mode) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return make_error(ENAMETOOLONG, "bind", path);
    std::memcpy(address.sun_path, path.data(), path.size());
    Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return errno_error("socket", path);
    int const on = 1;
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0) return errno_error("setsockopt", path);
    // A burst of readiness messages from a thousand services must fit; failing that, senders wait a little.
    int const room = 8 << 20;
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
        static_cast<void>(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room));
    ::unlink(path.c_str());
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0)
        return errno_error("bind", path);
    if (::chmod(path.c_str(), mode) < 0) return errno_error("chmod", path);
    return socket;
}

Result<Datagram> receive_datagram(int socket, std::size_t limit) {
    Datagram datagram;
    datagram.text.resize(limit);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(int) * descriptors_max)> control{};
    iovec piece{datagram.text.data(), datagram.text.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = 0;
    do
        got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0) return errno_error("recvmsg");
    take_control_messages(message, datagram);
    if ((message.msg_flags & MSG_TRUNC) != 0) return make_error(EMSGSIZE, "recvmsg");
    datagram.text.resize(static_cast<std::size_t>(got));
    return datagram;
}

} // namespace mitori::base::sys
