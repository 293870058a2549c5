#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "manager/detail/condition_tests.hpp"

namespace mitori::manager {

namespace {

bool is_kind(std::string const& path, Scene& scene, mode_t kind) {
    auto const found = base::sys::stat(scene.at(path));
    return found && (found->st_mode & S_IFMT) == kind;
}

/// Whether the block device, or all that it is made of, is encrypted by dm-crypt.
bool is_encrypted(std::string const& device, Scene& scene, int depth = 0) {
    if (scene.line(device + "/dm/uuid").starts_with("CRYPT-")) return true;
    auto const parts = base::sys::list_directory(scene.at(device + "/slaves"));
    if (!parts || parts->empty() || depth > 8) return false;
    return std::ranges::all_of(*parts, [&](std::string const& part) {
        return is_encrypted(fmt::format("{}/slaves/{}", device, part), scene, depth + 1);
    });
}

/// The nanoseconds that systemd-update-done(8) has noted in a stamp file, for file systems that keep only seconds.
std::optional<std::uint64_t> noted_nanoseconds(std::string const& text) {
    for (auto const line : base::split(text, "\n"))
        if (line.starts_with("TIMESTAMP_NSEC=")) return base::parse_integer<std::uint64_t>(base::trim(line.substr(15)));
    return std::nullopt;
}

std::uint64_t nanoseconds(timespec const& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

bool newer_than_stamp(timespec const& usr, timespec const& stamp, std::string const& stamp_text) {
    if (usr.tv_sec != stamp.tv_sec || usr.tv_nsec == 0 || stamp.tv_nsec > 0)
        return nanoseconds(usr) > nanoseconds(stamp);
    auto const noted = noted_nanoseconds(stamp_text);
    return !noted || nanoseconds(usr) > *noted;
}

} // namespace

Held path_exists(std::string const& path, Scene& scene) { return scene.exists(path); }

Held path_exists_glob(std::string const& pattern, Scene& scene) {
    glob_t found{};
    int const result = ::glob(scene.at(pattern).c_str(), GLOB_NOSORT | GLOB_BRACE, nullptr, &found);
    ::globfree(&found);
    if (result == GLOB_NOSPACE || result == GLOB_ABORTED) return std::nullopt;
    return result == 0;
}

Held path_is_directory(std::string const& path, Scene& scene) { return is_kind(path, scene, S_IFDIR); }

Held path_is_symbolic_link(std::string const& path, Scene& scene) {
    auto const found = base::sys::lstat(scene.at(path));
    return found && S_ISLNK(found->st_mode);
}

Held path_is_mount_point(std::string const& path, Scene& scene) {
    struct statx found{};
    if (::statx(AT_FDCWD, scene.at(path).c_str(), 0, STATX_BASIC_STATS, &found) != 0) return false;
    if ((found.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0)
        return (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    // Before Linux 5.8: another file system than the parent's. A bind mount within one goes unseen.
    auto const self = base::sys::stat(scene.at(path));
    auto const parent = base::sys::stat(scene.at(path) + "/..");
    return self && parent && (self->st_dev != parent->st_dev || self->st_ino == parent->st_ino);
}

Held path_is_read_write(std::string const& path, Scene& scene) {
    struct statvfs system{};
    if (::statvfs(scene.at(path).c_str(), &system) != 0) return errno != ENOENT;
    return (system.f_flag & ST_RDONLY) == 0;
}

Held path_is_encrypted(std::string const& path, Scene& scene) {
    auto const found = base::sys::stat(scene.at(path));
    if (!found) return false;
    return is_encrypted(fmt::format("/sys/dev/block/{}:{}", major(found->st_dev), minor(found->st_dev)), scene);
}

Held directory_not_empty(std::string const& path, Scene& scene) {
    auto const names = base::sys::list_directory(scene.at(path));
    // What cannot be listed may hold something; what is none holds nothing. Hidden files and backups do not count.
    if (!names) return names.error().number != ENOENT && names.error().number != ENOTDIR;
    return std::ranges::any_of(*names,
                               [](std::string const& name) { return name.front() != '.' && name.back() != '~'; });
}

Held file_not_empty(std::string const& path, Scene& scene) {
    auto const found = base::sys::stat(scene.at(path));
    return found && S_ISREG(found->st_mode) && found->st_size > 0;
}

Held file_is_executable(std::string const& path, Scene& scene) {
    auto const found = base::sys::stat(scene.at(path));
    return found && S_ISREG(found->st_mode) && (found->st_mode & 0111U) != 0;
}

Held needs_update(std::string const& path, Scene& scene) {
    for (auto const& word : scene.command_line())
        if (word.starts_with("systemd.condition-needs-update="))
            if (auto const said = base::parse_boolean(word.substr(word.find('=') + 1))) return said;
    if (path_is_read_write(path, scene) == Held(false)) return false;
    auto const stamp = base::sys::lstat(scene.at(path) + "/.updated");
    if (!stamp) return true;
    auto const usr = base::sys::lstat(scene.at("/usr/"));
    if (!usr) return true;
    return newer_than_stamp(usr->st_mtim, stamp->st_mtim, scene.text(path + "/.updated"));
}

} // namespace mitori::manager
