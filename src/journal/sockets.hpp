// The datagram sockets: /dev/log (RFC 3164 and 5424) and /run/systemd/journal/socket (the native protocol). Bound by
// the manager, which keeps them for the next recorder.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "journal/book.hpp"
#include "journal/inbox.hpp"
#include "journal/native_message.hpp"
#include "loop/loop.hpp"

namespace mitori::journal {

enum class SocketKind : std::uint64_t { syslog, native };
inline constexpr std::size_t socket_kinds = 2;

class Sockets {
public:
    /// `of_pid` knows the units of the manager's own children where there are no control groups.
    using OfPid = std::function<Origin const*(pid_t)>;
    Sockets(loop::Loop& loop, Inbox& inbox, Book& book, OfPid of_pid);
    ~Sockets();

    void add(SocketKind kind, base::Fd socket);
    /// The unfinished batch of an earlier recorder, if it was of a socket; then reading begins.
    void begin();
    void drain_all();

private:
    struct Sender {
        Label label;
        std::string owner; ///< the unit, or "pid 12"
        RateRules rules;
        base::Usec known_at{0};
    };
    struct Socket {
        base::Fd fd;
        loop::WatchPtr watch;
    };
    [[nodiscard]] Socket& socket(SocketKind kind) { return sockets_.at(static_cast<std::size_t>(kind)); }
    void watch(SocketKind kind);
    void drain(SocketKind kind);
    void resume(Inbox::Unfinished const& unfinished);
    /// The first datagram that waits, into the buffer; it stays where it is.
    base::Result<base::sys::Received> look(int fd);
    /// Takes one; false when none waits.
    bool take(SocketKind kind);
    bool may_pass(SocketKind kind, std::string_view bytes, base::sys::Received const& with, base::Stamp const& at);
    void write_file(base::sys::Received const& with, base::Stamp const& at);
    /// `skip`: so many of its entries are in already.
    void write(SocketKind kind, std::string_view bytes, base::sys::Received const& with, base::Stamp const& at,
               std::uint64_t& skip);
    void write_syslog(std::string_view bytes, base::sys::Received const& with, base::Stamp const& at,
                      std::uint64_t& skip);
    void write_native(std::string_view bytes, base::sys::Received const& with, base::Stamp const& at,
                      std::uint64_t& skip);
    void put(Words const& words, std::uint64_t& skip);
    Sender const& sender(SocketKind kind, base::sys::Received const& with);
    [[nodiscard]] std::optional<Origin> find_origin(pid_t pid) const;

    loop::Loop& loop_;
    Inbox& inbox_;
    Book& book_;
    OfPid of_pid_;
    std::array<Socket, socket_kinds> sockets_;
    std::unordered_map<std::uint64_t, Sender> senders_;
    bool reading_ = false;
    std::string buffer_;
};

} // namespace mitori::journal
