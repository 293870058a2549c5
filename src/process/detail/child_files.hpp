// Part of the child's side (child.cpp): the steps that touch files.
#pragma once

#include <cerrno>
#include <cstddef>
#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "process/detail/child_walk.hpp"
#include "process/detail/raw.hpp"

namespace mitori::process::detail {

static inline long open_at(int directory, char const* path, int flags, unsigned mode = 0) {
    return raw::call(SYS_openat, directory, raw::word(path), flags | O_CLOEXEC, mode);
}

static inline long write_to(int directory, char const* path, char const* text) {
    long length = 0;
    while (text[length] != '\0')
        ++length;
    long const fd = open_at(directory, path, O_WRONLY);
    if (raw::failed(fd)) return fd;
    long const result = raw::call(SYS_write, fd, raw::word(text), length);
    raw::call(SYS_close, fd);
    return raw::failed(result) ? result : 0;
}

/// "0" stands for the writing process, cgroups(7).
static inline long enter_cgroup(int directory) { return write_to(directory, "cgroup.procs", "0"); }

static inline long apply(Walk& walk, JoinCgroup const& step) { return enter_cgroup(walk.slots[step.slot]); }

static inline long apply(Walk& walk, SetOomScore const& step) {
    long const result = write_to(AT_FDCWD, "/proc/self/oom_score_adj", text_at(walk, step.value));
    bool const denied = result == -EACCES || result == -EPERM;
    return denied && step.denied == Denied::is_ignored ? 0 : result;
}

static inline long apply(Walk& walk, ChangeRoot const& step) {
    long const result = raw::call(SYS_chroot, raw::word(text_at(walk, step.path)));
    if (raw::failed(result)) return result;
    return raw::call(SYS_chdir, raw::word("/"));
}

static inline long apply(Walk& walk, ChangeDirectory const& step) {
    long const result = raw::call(SYS_chdir, raw::word(text_at(walk, step.path)));
    return result == -ENOENT && step.ignore_missing != 0 ? 0 : result;
}

// -- descriptors that steps open

static inline bool is_socket(char const* path) {
    struct stat status;
    long const result = raw::call(SYS_newfstatat, AT_FDCWD, raw::word(path), raw::word(&status), 0);
    return !raw::failed(result) && (status.st_mode & S_IFMT) == S_IFSOCK;
}

/// A socket in a file's place is connected to, as systemd.exec(5) has it: one way only, if it was to be opened so.
static inline long connect_to(char const* path, int flags) {
    sockaddr_un address;
    address.sun_family = AF_UNIX;
    unsigned length = 0;
    do {
        if (length == sizeof address.sun_path) return -ENAMETOOLONG;
        address.sun_path[length] = path[length];
    } while (path[length++] != '\0');
    long const fd = raw::call(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (raw::failed(fd)) return fd;
    long const result = raw::call(SYS_connect, fd, raw::word(&address), offsetof(sockaddr_un, sun_path) + length);
    if (raw::failed(result)) return result;
    int const access = flags & O_ACCMODE;
    if (access != O_RDWR) raw::call(SYS_shutdown, fd, access == O_RDONLY ? SHUT_WR : SHUT_RD);
    return fd;
}

/// O_NOCTTY: a terminal becomes the controlling one by its own step only. ENXIO is what open(2) says of a socket, and
/// of some more.
static inline long apply(Walk& walk, OpenFile const& step) {
    char const* const path = text_at(walk, step.path);
    long fd = open_at(AT_FDCWD, path, step.flags | O_NOCTTY, step.mode);
    if (fd == -ENXIO && is_socket(path)) fd = connect_to(path, step.flags);
    if (raw::failed(fd)) return fd;
    walk.slots[step.slot] = static_cast<int>(fd);
    return 0;
}

static inline long apply(Walk& walk, ConnectUnix const& step) {
    long const fd = raw::call(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (raw::failed(fd)) return fd;
    walk.slots[step.slot] = static_cast<int>(fd);
    return raw::call(SYS_connect, fd, raw::word(&step.address), step.length);
}

static inline long apply(Walk& walk, Truncate const& step) {
    return raw::call(SYS_ftruncate, walk.slots[step.slot], 0);
}

static inline long apply(Walk& walk, ControllingTerminal const& step) {
    return raw::call(SYS_ioctl, walk.slots[step.slot], TIOCSCTTY, step.steal == PlanBuilder::Steal::yes ? 1 : 0);
}

/// All signals are blocked here, so that the kernel does not stop us with SIGTTOU (tcsetpgrp(3)).
static inline long apply(Walk& walk, TakeForeground const& step) {
    int const group = static_cast<int>(raw::call(SYS_getpgid, 0));
    return raw::call(SYS_ioctl, walk.slots[step.slot], TIOCSPGRP, raw::word(&group));
}

// -- managed directories

static inline bool is_dot(char const* name) {
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/// Bounds the stack: a level takes about 1.2 KiB of it and one descriptor.
static constexpr int deepest = 128;

static inline long own_tree(int directory, MakeDirectory const& step, int depth);

static inline long own_entry(int directory, dirent64 const& entry, MakeDirectory const& step, int depth) {
    long result = raw::call(SYS_fchownat, directory, raw::word(entry.d_name), step.uid, step.gid, AT_SYMLINK_NOFOLLOW);
    if (raw::failed(result) || (entry.d_type != DT_DIR && entry.d_type != DT_UNKNOWN)) return result;
    long const inner = open_at(directory, entry.d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (inner == -ENOTDIR || inner == -ELOOP) return 0;
    if (raw::failed(inner)) return inner;
    result = depth < deepest ? own_tree(static_cast<int>(inner), step, depth + 1) : -ELOOP;
    raw::call(SYS_close, inner);
    return result;
}

/// Everything below `directory` gets the owner; no symbolic link is followed.
static inline long own_tree(int directory, MakeDirectory const& step, int depth) {
    alignas(8) char buffer[1024];
    for (;;) {
        long const size = raw::call(SYS_getdents64, directory, raw::word(buffer), sizeof buffer);
        if (size <= 0) return size;
        for (long at = 0; at < size;) {
            auto const* entry = reinterpret_cast<dirent64 const*>(buffer + at);
            at += entry->d_reclen;
            if (is_dot(entry->d_name)) continue;
            if (long const result = own_entry(directory, *entry, step, depth); raw::failed(result)) return result;
        }
    }
}

/// mkdir of each parent. The path lies in our own copy of the block, so it may be cut and mended on the way.
static inline long make_parents(char* path) {
    for (char* at = path + 1; *at != '\0'; ++at) {
        if (*at != '/') continue;
        *at = '\0';
        long const result = raw::call(SYS_mkdirat, AT_FDCWD, raw::word(path), 0755);
        *at = '/';
        if (raw::failed(result) && result != -EEXIST) return result;
    }
    return 0;
}

static inline long settle_directory(int directory, MakeDirectory const& step) {
    constexpr std::uint32_t keep = ManagedDirectory::owner_stays;
    struct stat now; // the kernel's own layout on both architectures
    long result = raw::call(SYS_fstat, directory, raw::word(&now));
    if (raw::failed(result)) return result;
    if ((step.uid != keep && now.st_uid != step.uid) || (step.gid != keep && now.st_gid != step.gid)) {
        // The top last: when we are interrupted its owner still does not match, and the next start does it all again.
        result = own_tree(directory, step, 0);
        if (raw::failed(result)) return result;
        result = raw::call(SYS_fchown, directory, step.uid, step.gid);
        if (raw::failed(result)) return result;
    }
    return (now.st_mode & 07777) != step.mode ? raw::call(SYS_fchmod, directory, step.mode) : 0;
}

static inline long apply(Walk& walk, MakeDirectory const& step) {
    char* const path = text_at(walk, step.path);
    long result = make_parents(path);
    if (raw::failed(result)) return result;
    result = raw::call(SYS_mkdirat, AT_FDCWD, raw::word(path), step.mode);
    if (raw::failed(result) && result != -EEXIST) return result;
    bool const stays = result == -EEXIST && step.existing == ManagedDirectory::Existing::stays;
    long const directory = open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (raw::failed(directory)) return stays && directory == -EACCES ? 0 : directory;
    result = stays ? 0 : settle_directory(static_cast<int>(directory), step);
    raw::call(SYS_close, directory);
    return result;
}

static inline bool same_text(char const* text, char const* bytes, long length) {
    for (long n = 0; n < length; ++n)
        if (text[n] != bytes[n]) return false; // a NUL of `text` too: a link's target holds none
    return text[length] == '\0';
}

static inline long apply(Walk& walk, MakeLink const& step) {
    char* const path = text_at(walk, step.path);
    char const* const target = text_at(walk, step.target);
    long result = make_parents(path);
    if (raw::failed(result)) return result;
    result = raw::call(SYS_symlinkat, raw::word(target), AT_FDCWD, raw::word(path));
    if (result != -EEXIST) return result;
    char now[1024];
    long const length = raw::call(SYS_readlinkat, AT_FDCWD, raw::word(path), raw::word(now), sizeof now);
    bool const same = length > 0 && length < static_cast<long>(sizeof now) && same_text(target, now, length);
    return same ? 0 : -EEXIST;
}

} // namespace mitori::process::detail
