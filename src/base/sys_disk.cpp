#include "base/sys_disk.hpp"

#include <cstdio>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/detail/calls.hpp"

namespace mitori::base::sys {
using detail::check;
using detail::fd_name;

Result<void> allocate(int file, std::uint64_t offset, std::uint64_t length) {
    for (;;) {
        // It returns the error and leaves errno alone.
        int const error = ::posix_fallocate(file, static_cast<off_t>(offset), static_cast<off_t>(length));
        if (error == 0) return {};
        if (error != EINTR) return make_error(error, "fallocate", fd_name(file));
    }
}

Result<void> sync(int file) {
    return check(detail::retry([&] { return ::fsync(file); }), "fsync", fd_name(file));
}

Result<void> change_mode(int file, mode_t mode) { return check(::fchmod(file, mode), "chmod", fd_name(file)); }

Result<void> rename(std::string const& from, std::string const& to) {
    return check(::rename(from.c_str(), to.c_str()), "rename", to);
}

Result<Room> room_at(std::string const& path) {
    struct statvfs status{};
    TRY(check(::statvfs(path.c_str(), &status), "statvfs", path));
    return Room{.total = status.f_blocks * status.f_frsize, .available = status.f_bavail * status.f_frsize};
}

void make_ready(std::byte* from, std::size_t size) {
    constexpr std::uintptr_t page = 4096;
    auto const begin = reinterpret_cast<std::uintptr_t>(from) / page * page;
    auto const end = reinterpret_cast<std::uintptr_t>(from) + size;
    static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE));
}

} // namespace mitori::base::sys
