#include <array>
#include <cerrno>
#include <cstring>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/resource.h>
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

Result<Fd> lock_file(std::string const& path) {
    auto file = TRY(open(path, O_RDWR | O_CREAT, 0600));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) < 0) return errno_error("lock", path);
    return file;
}

Result<Fd> inotify_open() {
    Fd fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!fd) return errno_error("inotify_init1");
    return fd;
}

Result<int> inotify_add(int inotify, std::string const& path, std::uint32_t mask) {
    int const watch = ::inotify_add_watch(inotify, path.c_str(), mask);
    if (watch < 0) return errno_error("inotify_add_watch", path);
    return watch;
}

Result<std::uint64_t> raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) return errno_error("getrlimit", "RLIMIT_NOFILE");
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) < 0) return errno_error("setrlimit", "RLIMIT_NOFILE");
    return limit.rlim_cur;
}

Result<void> ignore_signal(Signal signal) {
    if (::signal(signal.number, SIG_IGN) == SIG_ERR) return errno_error("signal", signal_name(signal));
    return {};
}

Result<void> random_bytes(std::span<std::byte> into) {
    if (::getrandom(into.data(), into.size(), 0) != static_cast<ssize_t>(into.size())) return errno_error("getrandom");
    return {};
}

} // namespace mitori::base::sys
