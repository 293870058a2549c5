// Packets and datagrams with what comes beside them, of the wall of system calls.
#include <array>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/detail/calls.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"

namespace mitori::base::sys {
using detail::check;
using detail::fd_name;
using detail::retry;

namespace {

constexpr std::size_t descriptors_max = 253; // SCM_MAX_FD

Result<sockaddr_un> address_of(std::string const& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    if (path.size() >= sizeof address.sun_path) return make_error(ENAMETOOLONG, "socket address", path);
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

Result<Fd> unix_socket(int type) {
    int const fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return errno_error("socket", "AF_UNIX");
    return Fd(fd);
}

void take_control_messages(msghdr& message, Received& received) {
    for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET) continue;
        if (header->cmsg_type == SCM_CREDENTIALS) {
            ucred credentials{};
            std::memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
            received.pid = credentials.pid;
            received.uid = credentials.uid;
            received.gid = credentials.gid;
        } else if (header->cmsg_type == SCM_RIGHTS) {
            auto const count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
                received.fds.emplace_back(fd);
            }
        }
    }
}

} // namespace

Result<Fd> listen_packets(std::string const& path, mode_t mode) {
    auto const address = TRY(address_of(path));
    if (connect_packets(path)) return make_error(EADDRINUSE, "listen", path);
    if (auto const old = lstat(path); old && S_ISSOCK(old->st_mode)) TRY(unlink(path));
    auto fd = TRY(unix_socket(SOCK_SEQPACKET));
    TRY(check(::bind(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address), "bind", path));
    TRY(check(::chmod(path.c_str(), mode), "chmod", path));
    TRY(check(::listen(fd.get(), SOMAXCONN), "listen", path));
    return fd;
}

Result<Fd> connect_packets(std::string const& path) {
    auto const address = TRY(address_of(path));
    auto fd = TRY(unix_socket(SOCK_SEQPACKET));
    TRY(check(::connect(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address), "connect", path));
    return fd;
}

Result<void> send_packet(int socket, std::string_view bytes, std::span<int const> fds) {
    iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * descriptors_max)> control{};
    if (!fds.empty() && fds.size() <= descriptors_max) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(fds.size_bytes());
        auto* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fds.size_bytes());
        std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
    }
    return check(retry([&] { return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL); }), "sendmsg",
                 fd_name(socket));
}

Result<void> send_to(int socket, std::string_view bytes, std::string const& path) {
    auto const address = TRY(address_of(path));
    return check(retry([&] {
                     return ::sendto(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                                     reinterpret_cast<sockaddr const*>(&address), sizeof address);
                 }),
                 "sendto", path);
}

Result<Fd> datagram_socket() { return unix_socket(SOCK_DGRAM); }

Result<Received> receive(int socket, std::span<char> into, Take take) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(int) * descriptors_max)> control;
    iovec piece{into.data(), into.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    int const flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC | (take == Take::peek ? MSG_PEEK : 0);
    auto const got = retry([&] { return ::recvmsg(socket, &message, flags); });
    if (got < 0) return errno_error("recvmsg", fd_name(socket));
    Received received;
    received.size = static_cast<std::size_t>(got);
    take_control_messages(message, received);
    received.cut = (message.msg_flags & MSG_TRUNC) != 0;
    received.fds_lost = (message.msg_flags & MSG_CTRUNC) != 0;
    return received;
}

Result<std::size_t> receive_nowhere(int socket, std::byte* first, std::size_t most) {
    std::array<std::byte, 64 << 10> rest;
    std::array<iovec, 2> pieces{iovec{first, 1}, iovec{rest.data(), std::min(rest.size(), most > 0 ? most - 1 : 0)}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    auto const got = retry([&] { return ::recvmsg(socket, &message, MSG_DONTWAIT); });
    if (got < 0) return errno_error("recvmsg", fd_name(socket));
    return static_cast<std::size_t>(got);
}

} // namespace mitori::base::sys
