// Part of the child's side (child.cpp): a network of its own.
#pragma once

#include <cerrno>
#include <fcntl.h>
#include <linux/sched.h>

#include "process/detail/child_files.hpp"
#include "process/detail/child_walk.hpp"
#include "process/detail/raw.hpp"

namespace mitori::process::detail {

/// "ID ID 1": this one is who it is outside, and there is nobody else. The digits are written from the end.
static inline long map_itself(char const* path, long id) {
    constexpr int most = 10; // digits of 32 bits
    char line[2 * most + 4];
    int at = sizeof line;
    line[--at] = '\0';
    line[--at] = '1';
    for (int copy = 0; copy < 2; ++copy) {
        line[--at] = ' ';
        long rest = id;
        do {
            line[--at] = static_cast<char>('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
    }
    return write_to(AT_FDCWD, path, line + at);
}

/// Who may not make a network may make a user namespace, and within that a network: what `unshare --user
/// --map-current-user --net` does. Without a privilege nobody but itself can be in it, and no group be left:
/// user_namespaces(7).
static inline long make_network_in_user_namespace() {
    long const uid = raw::call(SYS_geteuid);
    long const gid = raw::call(SYS_getegid);
    long result = raw::call(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNET);
    if (!raw::failed(result)) result = write_to(AT_FDCWD, "/proc/self/setgroups", "deny");
    if (!raw::failed(result)) result = map_itself("/proc/self/gid_map", gid);
    if (!raw::failed(result)) result = map_itself("/proc/self/uid_map", uid);
    return result;
}

static inline long apply(Walk&, NewNetwork const&) {
    long const result = raw::call(SYS_unshare, CLONE_NEWNET);
    return result == -EPERM ? make_network_in_user_namespace() : result;
}

} // namespace mitori::process::detail
