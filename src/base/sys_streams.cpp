// Pipes, places in files and shared memory, of the wall of system calls.
#include "base/sys_streams.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/detail/calls.hpp"

namespace mitori::base::sys {
using detail::check;
using detail::fd_name;
using detail::retry;

Result<std::size_t> splice_into(int pipe, int file, off_t offset, std::size_t most) {
    auto const moved = retry([&] { return ::splice(pipe, nullptr, file, &offset, most, SPLICE_F_NONBLOCK); });
    if (moved < 0) return errno_error("splice", fd_name(pipe));
    return static_cast<std::size_t>(moved);
}

Result<std::size_t> bytes_waiting(int fd) {
    int count = 0;
    TRY(check(::ioctl(fd, FIONREAD, &count), "FIONREAD", fd_name(fd)));
    return static_cast<std::size_t>(count);
}

Result<std::size_t> read_at(int fd, std::span<char> into, off_t offset) {
    std::size_t done = 0;
    while (done < into.size()) {
        auto const got = retry(
            [&] { return ::pread(fd, into.data() + done, into.size() - done, offset + static_cast<off_t>(done)); });
        if (got < 0) return errno_error("pread", fd_name(fd));
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<void> write_all_at(int fd, std::string_view text, off_t offset) {
    while (!text.empty()) {
        auto const put = retry([&] { return ::pwrite(fd, text.data(), text.size(), offset); });
        if (put < 0) return errno_error("pwrite", fd_name(fd));
        text.remove_prefix(static_cast<std::size_t>(put));
        offset += put;
    }
    return {};
}

Result<void> truncate(int fd, off_t size) {
    return check(retry([&] { return ::ftruncate(fd, size); }), "ftruncate", fd_name(fd));
}

Result<Fd> duplicate(int fd) {
    int const copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return errno_error("dup", fd_name(fd));
    return Fd(copy);
}

Result<void> change_owner(int fd, uid_t user, gid_t group) {
    return check(::fchown(fd, user, group), "fchown", fd_name(fd));
}

Result<void> set_pipe_size(int pipe, std::size_t size) {
    return check(::fcntl(pipe, F_SETPIPE_SZ, static_cast<int>(size)), "F_SETPIPE_SZ", fd_name(pipe));
}

Result<void> replace_symlink(std::string const& target, std::string const& path) {
    auto const beside = path + ".new";
    ::unlink(beside.c_str());
    TRY(check(::symlink(target.c_str(), beside.c_str()), "symlink", path));
    return check(::rename(beside.c_str(), path.c_str()), "rename", path);
}

Result<Fd> reopen(int fd, int flags) {
    auto const path = "/proc/self/fd/" + std::to_string(fd);
    int const opened = ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY);
    if (opened < 0) return errno_error("open", path);
    return Fd(opened);
}

Result<Mapping> Mapping::of(int file, std::size_t size) {
    void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) return errno_error("mmap", fd_name(file));
    Mapping mapping;
    mapping.data_ = static_cast<std::byte*>(at);
    mapping.size_ = size;
    return mapping;
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

Mapping::~Mapping() {
    if (data_ != nullptr) ::munmap(data_, size_);
}

} // namespace mitori::base::sys
