// Sockets, as /proc/PID/net tells of them.
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <fmt/format.h>

#include "base/sys_socket_peers.hpp"
#include "base/text.hpp"
#include "procfs/descriptors.hpp"

namespace mitori::procfs {
namespace {

constexpr int hex = 16;

/// The kernel's tcp_states.h, from 1 on.
std::string_view tcp_state(unsigned number) {
    static constexpr auto names = std::to_array<std::string_view>(
        {"", "established", "syn-sent", "syn-recv", "fin-wait-1", "fin-wait-2", "time-wait", "closed", "close-wait",
         "last-ack", "listening", "closing", "syn-recv"});
    return number < names.size() ? names[number] : "";
}

/// Words of 32 bits, each in the byte order of this machine, are the address in that of the network.
bool to_bytes(std::string_view digits, std::span<unsigned char> bytes) {
    if (digits.size() != bytes.size() * 2) return false;
    for (std::size_t i = 0; i < bytes.size(); i += 4) {
        auto const word = base::parse_integer<std::uint32_t>(digits.substr(i * 2, 8), hex);
        if (!word) return false;
        std::memcpy(bytes.data() + i, &*word, sizeof *word);
    }
    return true;
}

bool is_anybody(std::string_view address) { return address.empty() || address.ends_with(":*"); }

} // namespace

std::string parse_address(std::string_view text) {
    auto const colon = text.find(':');
    if (colon == text.npos) return "";
    auto const port = base::parse_integer<std::uint16_t>(text.substr(colon + 1), hex);
    auto const digits = text.substr(0, colon);
    std::array<unsigned char, 16> bytes{};
    bool const six = digits.size() == 32;
    if (!port || !to_bytes(digits, std::span(bytes).first(six ? 16 : 4))) return "";
    std::array<char, INET6_ADDRSTRLEN> shown{};
    if (::inet_ntop(six ? AF_INET6 : AF_INET, bytes.data(), shown.data(), shown.size()) == nullptr) return "";
    auto const host = six ? fmt::format("[{}]", shown.data()) : std::string(shown.data());
    return *port == 0 ? host + ":*" : fmt::format("{}:{}", host, *port);
}

std::string Socket::text() const {
    auto said = protocol;
    if (!local.empty()) said += " " + local;
    if (!peer.empty()) said += " -> " + peer;
    return state.empty() ? said : said + " " + state;
}

void parse_inet(std::string_view text, std::string_view protocol, Sockets& into) {
    // sl local_address rem_address st queues timer retransmits uid timeout inode: proc(5)
    constexpr std::size_t local = 1;
    constexpr std::size_t peer = 2;
    constexpr std::size_t state = 3;
    constexpr std::size_t inode = 9;
    for (auto const line : base::split(text, "\n")) {
        auto const words = base::split(line);
        if (words.size() <= inode) continue;
        auto const number = base::parse_integer<std::uint64_t>(words[inode]);
        if (!number || *number == 0) continue;
        Socket socket{.protocol = std::string(protocol),
                      .local = parse_address(words[local]),
                      .peer = parse_address(words[peer])};
        if (socket.local.empty()) continue;
        if (is_anybody(socket.peer)) socket.peer.clear();
        auto const code = base::parse_integer<unsigned>(words[state], hex).value_or(0);
        if (protocol.starts_with("tcp")) socket.state = tcp_state(code);
        into.insert_or_assign(*number, std::move(socket));
    }
}

void parse_unix(std::string_view text, Sockets& into) {
    // Num RefCount Protocol Flags Type St Inode Path: proc(5)
    constexpr std::size_t flags = 3;
    constexpr std::size_t type = 4;
    constexpr std::size_t state = 5;
    constexpr std::size_t inode = 6;
    constexpr unsigned accepts = 0x10000;
    for (auto const line : base::split(text, "\n")) {
        auto const words = base::split(line);
        if (words.size() <= inode) continue;
        auto const number = base::parse_integer<std::uint64_t>(words[inode]);
        if (!number) continue;
        auto const kind = base::parse_integer<unsigned>(words[type], hex).value_or(0);
        Socket socket{.protocol = kind == 1 ? "unix" : kind == 2 ? "unix-dgram" : "unix-seqpacket"};
        if (words.size() > inode + 1)
            socket.local = line.substr(static_cast<std::size_t>(words[inode + 1].data() - line.data()));
        bool const listens = (base::parse_integer<unsigned>(words[flags], hex).value_or(0) & accepts) != 0;
        bool const connected = base::parse_integer<unsigned>(words[state], hex).value_or(0) == 3;
        socket.state = listens ? "listening" : connected ? "connected" : "";
        into.insert_or_assign(*number, std::move(socket));
    }
}

void join_peers(std::map<std::uint64_t, std::uint64_t> const& peers, Sockets& sockets) {
    for (auto& [inode, socket] : sockets) {
        auto const peer = socket.protocol.starts_with("unix") ? peers.find(inode) : peers.end();
        if (peer == peers.end()) continue;
        socket.peer_inode = peer->second;
        // Who connected has no name mostly, but knows that of whom it called.
        if (auto const other = sockets.find(peer->second); other != sockets.end()) socket.peer = other->second.local;
    }
}

Sockets read_sockets(Scanner& scanner, pid_t pid) {
    Sockets all;
    for (auto const* const protocol : {"tcp", "tcp6", "udp", "udp6", "raw", "raw6"})
        if (auto const text = scanner.read(pid, std::string("net/") + protocol)) parse_inet(*text, protocol, all);
    if (auto const text = scanner.read(pid, "net/unix")) {
        parse_unix(*text, all);
        // In another network namespace nobody tells; inodes are one numbering for all of them.
        if (auto const peers = base::sys::read_unix_peers()) join_peers(*peers, all);
    }
    if (auto const text = scanner.read(pid, "net/netlink"))
        for (auto const line : base::split(*text, "\n"))
            if (auto const words = base::split(line); words.size() >= 10)
                if (auto const number = base::parse_integer<std::uint64_t>(words[9]); number && *number != 0)
                    all.insert_or_assign(*number, Socket{.protocol = "netlink"});
    return all;
}

} // namespace mitori::procfs
