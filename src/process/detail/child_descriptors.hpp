// Part of the child's side (child.cpp): gives descriptors their final numbers and has the others closed.
#pragma once

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "process/detail/child_walk.hpp"
#include "process/detail/raw.hpp"

namespace mitori::process::detail {

/// Out of the way of the numbers up to `highest`: a copy above, where it is not above already. The old one is closed or
/// overwritten by what follows.
static inline long lift(int& fd, int highest) {
    if (fd < 0 || fd > highest) return 0;
    long const result = raw::call(SYS_fcntl, fd, F_DUPFD_CLOEXEC, highest + 1);
    if (!raw::failed(result)) fd = static_cast<int>(result);
    return raw::failed(result) ? result : 0;
}

static inline long lift_all(Walk const& walk, int highest) {
    for (int slot = 0; slot < walk.slot_count; ++slot)
        if (long const result = lift(walk.slots[slot], highest); raw::failed(result)) return result;
    return lift(walk.args->report_fd, highest);
}

static inline void mark_close_on_exec(int fd) { raw::call(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC); }

/// Without /proc: every number that there can be. A descriptor above a limit that was lowered since is missed, as it is
/// by every program that does this.
static inline void mark_up_to_limit(int first) {
    std::uint64_t limit[2] = {};
    raw::call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, raw::word(limit));
    int const end = limit[0] > (1U << 20) ? 1 << 20 : static_cast<int>(limit[0]);
    for (int fd = first; fd < end; ++fd)
        mark_close_on_exec(fd);
}

static inline int number_from(char const* digits) {
    int number = 0;
    for (; *digits >= '0' && *digits <= '9'; ++digits)
        number = number * 10 + (*digits - '0');
    return *digits == '\0' ? number : -1;
}

/// For kernels before 5.11, whose close_range is missing or knows no CLOSE_RANGE_CLOEXEC.
static inline void mark_listed(int first) {
    long const directory =
        raw::call(SYS_openat, AT_FDCWD, raw::word("/proc/self/fd"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (raw::failed(directory)) return mark_up_to_limit(first);
    alignas(8) char buffer[1024];
    for (;;) {
        long const size = raw::call(SYS_getdents64, directory, raw::word(buffer), sizeof buffer);
        if (size <= 0) break;
        for (long at = 0; at < size;) {
            auto const* entry = reinterpret_cast<dirent64 const*>(buffer + at);
            int const fd = number_from(entry->d_name);
            if (fd >= first) mark_close_on_exec(fd);
            at += entry->d_reclen;
        }
    }
    raw::call(SYS_close, directory);
}

static inline void close_from(Walk const& walk, int first) {
    constexpr long close_on_exec = 1U << 2; // CLOSE_RANGE_CLOEXEC
    long result = -ENOSYS;
    if (!walk.args->no_close_range) result = raw::call(SYS_close_range, first, 0xffff'ffffL, close_on_exec);
    if (raw::failed(result)) mark_listed(first);
}

/// Slots are lifted above the highest number first, so that none is overwritten before it was copied; then each gets
/// its number, and the numbers between them are closed.
static inline long apply(Walk& walk, Place const& step) {
    if (long const result = lift_all(walk, step.highest); raw::failed(result)) return result;
    std::uint32_t const* const slots = numbers_at(walk, step.slots);
    std::uint32_t const* const numbers = numbers_at(walk, step.numbers);
    int next = 0;
    for (std::uint32_t n = 0; n < step.slots.count; ++n) {
        int const number = static_cast<int>(numbers[n]);
        for (; next < number; ++next)
            raw::call(SYS_close, next);
        long const result = raw::call(SYS_dup3, walk.slots[slots[n]], number, 0);
        if (raw::failed(result)) return result;
        next = number + 1;
    }
    close_from(walk, step.highest + 1);
    return 0;
}

} // namespace mitori::process::detail
