// Stream sockets of the AF_UNIX family, unix(7), of the wall of system calls.
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/detail/calls.hpp"
#include "base/sys.hpp"

namespace mitori::base::sys {
using detail::check;

namespace {

Result<sockaddr_un> address_of(std::string const& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    if (path.size() >= sizeof address.sun_path) return make_error(ENAMETOOLONG, "socket address", path);
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

Result<Fd> stream_socket() {
    int const fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno_error("socket", "AF_UNIX");
    return Fd(fd);
}

} // namespace

Result<Fd> connect_unix(std::string const& path) {
    auto const address = TRY(address_of(path));
    auto fd = TRY(stream_socket());
    TRY(check(::connect(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address), "connect", path));
    return fd;
}

Result<Fd> listen_unix(std::string const& path, mode_t mode) {
    auto const address = TRY(address_of(path));
    // A socket that somebody answers on is in use; one that nobody answers on was left behind.
    if (connect_unix(path)) return make_error(EADDRINUSE, "listen", path);
    if (auto const old = lstat(path); old && S_ISSOCK(old->st_mode)) TRY(unlink(path));

    auto fd = TRY(stream_socket());
    TRY(check(::bind(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address), "bind", path));
    TRY(check(::chmod(path.c_str(), mode), "chmod", path));
    TRY(check(::listen(fd.get(), SOMAXCONN), "listen", path));
    int const flags = ::fcntl(fd.get(), F_GETFL);
    TRY(check(::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK), "fcntl", path));
    return fd;
}

Result<Fd> accept(int listener) {
    int const fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return errno_error("accept");
    return Fd(fd);
}

Result<Peer> peer_of(int socket) {
    ucred credentials{};
    socklen_t length = sizeof credentials;
    TRY(check(::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length), "getsockopt", "SO_PEERCRED"));
    return Peer{.pid = credentials.pid, .uid = credentials.uid, .gid = credentials.gid};
}

} // namespace mitori::base::sys
