// The wall of system calls, its part for who keeps files on a disk: room, moves, safety. As sys.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/types.h>

#include "base/result.hpp"

namespace mitori::base::sys {

/// posix_fallocate(3): the file is at least so long afterwards, and writing there needs no more room.
[[nodiscard]] Result<void> allocate(int file, std::uint64_t offset, std::uint64_t length);
[[nodiscard]] Result<void> sync(int file);
[[nodiscard]] Result<void> change_mode(int file, mode_t mode);
[[nodiscard]] Result<void> rename(std::string const& from, std::string const& to);

/// Of the file system that holds `path`, in bytes: statvfs(3).
struct Room {
    std::uint64_t total = 0;
    std::uint64_t available = 0; ///< to users without privilege
};
[[nodiscard]] Result<Room> room_at(std::string const& path);

/// Makes pages of a mapped file ready to be stored to, all at once, which costs less than a fault for each:
/// madvise(2), MADV_POPULATE_WRITE. Where the kernel cannot (before 5.14), they fault one by one.
void make_ready(std::byte* from, std::size_t size);

} // namespace mitori::base::sys
