// The wall of system calls: every call with an effect that the parent's side makes is here, thin and named after the
// call. It is the seam of tests (tests/fake replaces this file at link time) and the only place that reads errno.
// The child's side has its own, without errno and allocation: base/raw.hpp.
//
// All descriptors come back close-on-exec. EINTR is retried where retrying is right. Nothing here throws but bad_alloc.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/signal.hpp"
#include "base/time.hpp"

struct rusage;

namespace mitori::base::sys {

// -- files
[[nodiscard]] Result<Fd> open(std::string const& path, int flags, mode_t mode = 0);
[[nodiscard]] Result<Fd> open_at(int directory, std::string const& path, int flags, mode_t mode = 0);
[[nodiscard]] Result<std::size_t> read(int fd, std::span<std::byte> into);
[[nodiscard]] Result<std::size_t> write(int fd, std::span<std::byte const> from);
[[nodiscard]] Result<void> write_all(int fd, std::string_view text);
/// The whole file. Refuses what is longer than `limit` (EFBIG): a unit file is not a disk image.
[[nodiscard]] Result<std::string> read_file(std::string const& path, std::size_t limit = 4u << 20);
[[nodiscard]] Result<std::string> read_file_at(int directory, std::string const& path, std::size_t limit = 4u << 20);
/// Replaces the file whole: written beside, then renamed over.
[[nodiscard]] Result<void> write_file(std::string const& path, std::string_view text, mode_t mode = 0644);
[[nodiscard]] Result<struct stat> stat(std::string const& path);
[[nodiscard]] Result<struct stat> lstat(std::string const& path);
[[nodiscard]] Result<std::string> read_link(std::string const& path);
[[nodiscard]] Result<void> mkdir(std::string const& path, mode_t mode);
/// mkdir -p: parents with 0755, an existing directory is fine.
[[nodiscard]] Result<void> make_directories(std::string const& path, mode_t mode = 0755);
[[nodiscard]] Result<void> mkdir_at(int directory, std::string const& name, mode_t mode);
[[nodiscard]] Result<void> remove_directory(std::string const& path);
[[nodiscard]] Result<void> remove_directory_at(int directory, std::string const& name);
[[nodiscard]] Result<void> unlink(std::string const& path);
/// rm -rf of one path, through descriptors (no symbolic link is followed, no file system border is crossed).
[[nodiscard]] Result<void> remove_tree(std::string const& path);
/// Names in a directory without "." and "..", unsorted.
[[nodiscard]] Result<std::vector<std::string>> list_directory(std::string const& path);
[[nodiscard]] Result<std::vector<std::string>> list_directory_at(int directory, std::string const& name = ".");
[[nodiscard]] Result<bool> access(std::string const& path, int mode);

// -- processes
[[nodiscard]] Result<Fd> pidfd_open(pid_t pid);
[[nodiscard]] Result<void> pidfd_send_signal(int pidfd, Signal signal);
/// To the process group that the process behind the pidfd leads or led (Linux 6.9; EINVAL before).
[[nodiscard]] Result<void> pidfd_send_signal_to_group(int pidfd, Signal signal);
/// The wait status of a process that has been reaped, by whomever (PIDFD_GET_INFO, Linux 6.15): ENOTTY before, EAGAIN
/// while it is not reaped.
[[nodiscard]] Result<int> pidfd_wait_status(int pidfd);
/// waitid(P_PIDFD): the siginfo and usage of the child, or si_pid == 0 when it has not ended (with WNOHANG).
[[nodiscard]] Result<siginfo_t> wait_pidfd(int pidfd, int options, struct ::rusage* usage = nullptr);
/// waitid(P_ALL, WNOHANG|WEXITED|WNOWAIT): who could be reaped; ECHILD is an empty answer (si_pid == 0).
[[nodiscard]] Result<siginfo_t> peek_any_child();
/// waitid(P_PID): takes exactly this child.
[[nodiscard]] Result<siginfo_t> wait_pid(pid_t pid, int options, struct ::rusage* usage = nullptr);
[[nodiscard]] Result<void> set_child_subreaper();
[[nodiscard]] Result<void> clear_child_subreaper();
[[nodiscard]] bool is_child_subreaper();
[[nodiscard]] Result<void> set_process_name(std::string const& name);

// -- sockets and pipes
struct Pair {
    Fd first;
    Fd second;
};
[[nodiscard]] Result<Pair> pipe(int flags = 0);
[[nodiscard]] Result<void> set_nonblocking(int fd);
[[nodiscard]] Result<Pair> socket_pair(int type);
[[nodiscard]] Result<Fd> memfd(std::string const& name);
/// A file in memory with this text that can be read from its beginning and never changed: fcntl(2), F_ADD_SEALS.
[[nodiscard]] Result<Fd> sealed_memfd(std::string const& name, std::string_view text);
/// A stream socket at `path` that listens, non-blocking. What a dead server left there is replaced; EADDRINUSE where
/// one answers. `mode` says who may connect; the umask does not count.
[[nodiscard]] Result<Fd> listen_unix(std::string const& path, mode_t mode);
[[nodiscard]] Result<Fd> connect_unix(std::string const& path);
/// The next connection, non-blocking; EAGAIN where none waits.
[[nodiscard]] Result<Fd> accept(int listener);
/// Who called connect(), as the kernel saw it then: unix(7), SO_PEERCRED.
struct Peer {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};
[[nodiscard]] Result<Peer> peer_of(int socket);

/// One datagram with its sender as the kernel knows it (unix(7), SCM_CREDENTIALS) and the descriptors it carried.
struct Datagram {
    std::string text;
    pid_t sender = 0; ///< 0: not told
    uid_t uid = 0;
    std::vector<Fd> fds;
};
/// A datagram socket at `path` that tells who sends (SO_PASSCRED), non-blocking. An old socket there is replaced.
[[nodiscard]] Result<Fd> bind_datagrams(std::string const& path, mode_t mode);
/// EAGAIN when none waits; EMSGSIZE for one longer than `limit`, which is dropped.
[[nodiscard]] Result<Datagram> receive_datagram(int socket, std::size_t limit = 64u << 10);

// -- watching paths: inotify(7)
[[nodiscard]] Result<Fd> inotify_open();
[[nodiscard]] Result<int> inotify_add(int inotify, std::string const& path, std::uint32_t mask);

// -- this process
/// Opens (making it) and locks a file for as long as the descriptor lives: flock(2). EWOULDBLOCK when another holds it.
[[nodiscard]] Result<Fd> lock_file(std::string const& path);
/// Raises the soft limit of descriptors to the hard one; returns what holds now.
[[nodiscard]] Result<std::uint64_t> raise_descriptor_limit();
/// SIG_IGN for the whole process. Children that a plan starts get the default back.
[[nodiscard]] Result<void> ignore_signal(Signal signal);
/// Bytes that nobody can guess: getrandom(2).
[[nodiscard]] Result<void> random_bytes(std::span<std::byte> into);

// -- clocks
[[nodiscard]] Usec now_monotonic();
[[nodiscard]] Usec now_realtime();
[[nodiscard]] inline Stamp now() { return {now_realtime(), now_monotonic()}; }

} // namespace mitori::base::sys
