// The wall of system calls, its part for who takes other people's output: pipes, packets, datagrams that are looked at
// before they are taken, files that are written at a place. As sys.hpp: thin, named after the call, errors as values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::base::sys {

// -- bytes
/// splice(2) from a pipe into a file at `offset`, never waiting: how many went, 0 at the end of the stream; EAGAIN
/// where there is nothing now. What a signal cuts short has been moved exactly as far as the file grew.
[[nodiscard]] Result<std::size_t> splice_into(int pipe, int file, off_t offset, std::size_t most);
/// FIONREAD: bytes in a pipe or stream socket, or in the next datagram.
[[nodiscard]] Result<std::size_t> bytes_waiting(int fd);
/// pread(2) until `into` is full or the file ends.
[[nodiscard]] Result<std::size_t> read_at(int fd, std::span<char> into, off_t offset);
[[nodiscard]] Result<void> write_all_at(int fd, std::string_view text, off_t offset);
[[nodiscard]] Result<void> truncate(int fd, off_t size);
[[nodiscard]] Result<Fd> duplicate(int fd);
[[nodiscard]] Result<void> change_owner(int fd, uid_t user, gid_t group);
/// F_SETPIPE_SZ; EPERM beyond what the user may have.
[[nodiscard]] Result<void> set_pipe_size(int pipe, std::size_t size);
/// A symbolic link at `path`, in the place of what was there.
[[nodiscard]] Result<void> replace_symlink(std::string const& target, std::string const& path);
/// The same open file (fifo, terminal) by a description of its own, so that O_NONBLOCK on it is nobody else's.
[[nodiscard]] Result<Fd> reopen(int fd, int flags);

/// Shared memory over a file: mmap(2) with MAP_SHARED. What is stored there is in the file at once, and survives us.
class Mapping {
public:
    Mapping() = default;
    [[nodiscard]] static Result<Mapping> of(int file, std::size_t size);
    Mapping(Mapping&& other) noexcept;
    Mapping& operator=(Mapping&& other) noexcept;
    ~Mapping();
    [[nodiscard]] std::byte* data() const { return data_; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

// -- packets: SOCK_SEQPACKET of AF_UNIX
/// Listens, non-blocking. What a dead server left there is replaced; EADDRINUSE where one answers.
[[nodiscard]] Result<Fd> listen_packets(std::string const& path, mode_t mode);
/// Connects and becomes non-blocking; ECONNREFUSED where nobody listens, EAGAIN where too many wait.
[[nodiscard]] Result<Fd> connect_packets(std::string const& path);
/// One packet or datagram whole or not at all, never waiting: EAGAIN.
[[nodiscard]] Result<void> send_packet(int socket, std::string_view bytes, std::span<int const> fds = {});
/// A datagram to an address, never waiting.
[[nodiscard]] Result<void> send_to(int socket, std::string_view bytes, std::string const& path);
/// An unbound socket for send_to.
[[nodiscard]] Result<Fd> datagram_socket();

/// What came with bytes.
struct Received {
    std::size_t size = 0; ///< 0: end of the stream, or an empty datagram
    pid_t pid = 0;        ///< 0: not told (no SO_PASSCRED)
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<Fd> fds;
    bool cut = false;      ///< the datagram was longer
    bool fds_lost = false; ///< no descriptor was left for one that came with it
};
enum class Take { peek, consume };
[[nodiscard]] Result<Received> receive(int socket, std::span<char> into, Take take);
/// Takes up to `most` bytes (of datagrams: one) and keeps the first of them, in `first`; the rest goes nowhere.
[[nodiscard]] Result<std::size_t> receive_nowhere(int socket, std::byte* first, std::size_t most);

} // namespace mitori::base::sys
