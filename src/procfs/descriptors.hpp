// What the descriptors of a process are: files, sockets with both addresses, pipes with who holds the other end.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "procfs/scanner.hpp"

namespace mitori::procfs {

/// Another process that has the other end: of a pipe, or of a socket on this machine.
struct Holder {
    pid_t pid = 0;
    int descriptor = -1;
    std::string comm;
    friend auto operator<=>(Holder const&, Holder const&) = default;
};

struct Descriptor {
    int number = -1;
    std::string kind;   ///< file, directory, device, deleted, pipe, socket, eventfd, timerfd, epoll, inotify, pidfd …
    std::string target; ///< the path, or what the kernel says: "pipe:[123]"
    std::string access; ///< "r", "w", "rw"
    std::uint64_t position = 0;
    std::uint64_t inode = 0; ///< of a pipe or a socket
    std::string detail;      ///< "tcp 127.0.0.1:80 -> 127.0.0.1:4321 established", "counter 3", "pid 42"
    std::vector<Holder> others;
};

/// One line of /proc/PID/net/{tcp,udp,unix…}: what a socket's inode is.
struct Socket {
    std::string protocol; ///< tcp, tcp6, udp, unix …
    std::string local;
    std::string peer; ///< "" for none
    std::string state;
    std::uint64_t peer_inode = 0; ///< of a unix socket that is connected; 0: none, or not told
    [[nodiscard]] std::string text() const;
};
using Sockets = std::map<std::uint64_t, Socket>;

/// In the order of their numbers. Those of another user's process are not told: it is empty then.
[[nodiscard]] std::vector<Descriptor> read_descriptors(Scanner& scanner, pid_t pid);
/// Says who else has the other ends, by looking into every process that may be looked into.
void find_holders(Scanner& scanner, pid_t pid, std::vector<Descriptor>& descriptors);
/// All sockets of the process's network namespace.
[[nodiscard]] Sockets read_sockets(Scanner& scanner, pid_t pid);

// Texts to values.
void parse_inet(std::string_view text, std::string_view protocol, Sockets& into);
void parse_unix(std::string_view text, Sockets& into);
/// Says of unix sockets with whom they are connected: inode -> inode.
void join_peers(std::map<std::uint64_t, std::uint64_t> const& peers, Sockets& sockets);
/// "0100007F:1F90" -> "127.0.0.1:8080"; "" where it is no address.
[[nodiscard]] std::string parse_address(std::string_view text);

} // namespace mitori::procfs
