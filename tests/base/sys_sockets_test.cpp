#include <array>
#include <cerrno>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/sys_socket_peers.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::base {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Sockets : public testing::Test {
protected:
    test::TemporaryDirectory dir;
    std::string path = dir / "socket";

    static int number(auto const& result) { return result ? 0 : result.error().number; }

    /// Sends a text, with a descriptor beside it where one is given, as a service does with sd_notify(3).
    void send(std::string_view text, int fd = -1) const {
        Fd const socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        std::memcpy(address.sun_path, path.data(), path.size());
        std::string bytes(text);
        iovec piece{bytes.data(), bytes.size()};
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
        msghdr message{};
        message.msg_name = &address;
        message.msg_namelen = sizeof address;
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        if (fd >= 0) {
            message.msg_control = control;
            message.msg_controllen = sizeof control;
            cmsghdr* const header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof fd);
            std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
        }
        ASSERT_EQ(::sendmsg(socket.get(), &message, 0), static_cast<ssize_t>(text.size()));
    }
};

TEST_F(Sockets, accept_who_connects_and_know_who_it_is) {
    auto const listener = sys::listen_unix(path, 0600);
    ASSERT_TRUE(listener);
    EXPECT_EQ(sys::stat(path)->st_mode & 07777U, 0600U);
    EXPECT_EQ(number(sys::accept(listener->get())), EAGAIN);
    auto const client = sys::connect_unix(path);
    ASSERT_TRUE(client);
    auto const server = sys::accept(listener->get());
    ASSERT_TRUE(server);
    auto const peer = sys::peer_of(server->get());
    ASSERT_TRUE(peer);
    EXPECT_EQ(peer->pid, ::getpid());
    EXPECT_EQ(peer->uid, ::geteuid());
    EXPECT_EQ(peer->gid, ::getegid());
}

TEST_F(Sockets, of_a_living_server_are_not_taken_over) {
    auto const listener = sys::listen_unix(path, 0600);
    ASSERT_TRUE(listener);
    EXPECT_EQ(number(sys::listen_unix(path, 0600)), EADDRINUSE);
    EXPECT_TRUE(sys::connect_unix(path));
}

TEST_F(Sockets, of_a_dead_server_are_replaced) {
    ASSERT_TRUE(sys::listen_unix(path, 0600)); // closed at once, the name stays
    EXPECT_EQ(number(sys::connect_unix(path)), ECONNREFUSED);
    auto const again = sys::listen_unix(path, 0600);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_TRUE(sys::connect_unix(path));
}

TEST_F(Sockets, do_not_replace_what_is_no_socket) {
    ASSERT_TRUE(sys::write_file(path, "precious"));
    EXPECT_EQ(number(sys::listen_unix(path, 0600)), EADDRINUSE);
    EXPECT_EQ(sys::read_file(path), "precious");
}

TEST_F(Sockets, with_too_long_a_path_are_refused) {
    std::string const longest(200, 'x');
    EXPECT_EQ(number(sys::listen_unix(dir / longest, 0600)), ENAMETOOLONG);
    EXPECT_EQ(number(sys::connect_unix(dir / longest)), ENAMETOOLONG);
    EXPECT_EQ(number(sys::bind_datagrams(dir / longest, 0600)), ENAMETOOLONG);
}

TEST_F(Sockets, datagrams_tell_their_sender_and_bring_descriptors) {
    auto const socket = sys::bind_datagrams(path, 0666);
    ASSERT_TRUE(socket);
    EXPECT_EQ(number(sys::receive_datagram(socket->get())), EAGAIN);
    auto pipe = *sys::pipe();
    send("READY=1", pipe.second.get());
    auto const datagram = sys::receive_datagram(socket->get());
    ASSERT_TRUE(datagram);
    EXPECT_EQ(datagram->text, "READY=1");
    EXPECT_EQ(datagram->sender, ::getpid());
    EXPECT_EQ(datagram->uid, ::geteuid());
    ASSERT_THAT(datagram->fds, SizeIs(1));
    ASSERT_TRUE(sys::write_all(datagram->fds[0].get(), "x"));
    pollfd ready{.fd = pipe.first.get(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&ready, 1, 0), 1) << "it is the same pipe";
}

TEST_F(Sockets, a_datagram_that_is_too_long_is_dropped_and_its_descriptors_closed) {
    auto const socket = sys::bind_datagrams(path, 0666);
    auto pipe = *sys::pipe();
    send("12345", pipe.second.get());
    send("1234");
    EXPECT_EQ(number(sys::receive_datagram(socket->get(), 4)), EMSGSIZE);
    pipe.second.reset();
    pollfd closed{.fd = pipe.first.get(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&closed, 1, 0), 1);
    EXPECT_NE(closed.revents & POLLHUP, 0) << "nobody holds the other end any more";
    auto const next = sys::receive_datagram(socket->get(), 4);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->text, "1234");
    EXPECT_THAT(next->fds, IsEmpty());
}

TEST(Peers, of_unix_sockets_are_told_by_their_inodes) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    Fd const one(ends[0]);
    Fd const other(ends[1]);
    auto const inode = [](Fd const& fd) {
        struct stat told{};
        EXPECT_EQ(::fstat(fd.get(), &told), 0);
        return static_cast<std::uint64_t>(told.st_ino);
    };
    auto const peers = sys::read_unix_peers();
    ASSERT_TRUE(peers) << peers.error().message();
    ASSERT_TRUE(peers->contains(inode(one)));
    EXPECT_EQ(peers->at(inode(one)), inode(other));
    EXPECT_EQ(peers->at(inode(other)), inode(one));
}

} // namespace
} // namespace mitori::base
