// Directories, of the wall of system calls.
#include <dirent.h>
#include <memory>
#include <unistd.h>

#include "base/detail/calls.hpp"
#include "base/sys.hpp"

namespace mitori::base::sys {
using detail::check;

Result<void> mkdir(std::string const& path, mode_t mode) { return mkdir_at(AT_FDCWD, path, mode); }

Result<void> mkdir_at(int directory, std::string const& name, mode_t mode) {
    return check(::mkdirat(directory, name.c_str(), mode), "mkdir", name);
}

namespace {

/// An existing directory is fine, anything else of that name is not.
Result<void> make_or_find(std::string const& path, mode_t mode) {
    auto made = mkdir(path, mode);
    if (made || made.error().number != EEXIST) return made;
    if (!S_ISDIR(TRY(stat(path)).st_mode)) return make_error(ENOTDIR, "mkdir", path);
    return {};
}

} // namespace

Result<void> make_directories(std::string const& path, mode_t mode) {
    constexpr mode_t parents = 0755;
    for (auto slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1))
        TRY(make_or_find(path.substr(0, slash), slash + 1 == path.size() ? mode : parents));
    return make_or_find(path, mode);
}

Result<void> remove_directory(std::string const& path) { return remove_directory_at(AT_FDCWD, path); }

Result<void> remove_directory_at(int directory, std::string const& name) {
    return check(::unlinkat(directory, name.c_str(), AT_REMOVEDIR), "rmdir", name);
}

Result<std::vector<std::string>> list_directory(std::string const& path) { return list_directory_at(AT_FDCWD, path); }

Result<std::vector<std::string>> list_directory_at(int directory, std::string const& name) {
    Fd opened = TRY(open_at(directory, name, O_RDONLY | O_DIRECTORY));
    std::unique_ptr<DIR, decltype([](DIR* stream) { ::closedir(stream); })> const stream(::fdopendir(opened.get()));
    if (!stream) return errno_error("opendir", name);
    static_cast<void>(opened.release()); // the stream owns it now
    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        dirent const* const entry = ::readdir(stream.get());
        if (entry == nullptr) break;
        std::string_view const found = entry->d_name;
        if (found != "." && found != "..") names.emplace_back(found);
    }
    if (errno != 0) return errno_error("readdir", name);
    return names;
}

namespace {

Result<void> remove_entry(int parent, std::string const& name, dev_t device);

/// Empties a directory that is held open.
Result<void> empty_directory(Fd const& directory, dev_t device) {
    for (auto const& name : TRY(list_directory_at(directory.get())))
        TRY(remove_entry(directory.get(), name, device));
    return {};
}

/// Removes one name, whatever it is. A directory is entered through a descriptor that follows no link, so nobody can
/// put a link in its place in between.
Result<void> remove_entry(int parent, std::string const& name, dev_t device) {
    if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return {};
    // unlink(2): Linux says EISDIR for a directory, POSIX EPERM.
    if (errno != EISDIR && errno != EPERM) return errno_error("unlink", name);
    int const reason = errno;
    auto opened = open_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened && (opened.error().number == ENOTDIR || opened.error().number == ELOOP))
        return make_error(reason, "unlink", name); // no directory: the first answer was the true one
    Fd const directory = TRY(std::move(opened));
    struct stat status{};
    TRY(check(::fstat(directory.get(), &status), "stat", name));
    if (status.st_dev != device) return make_error(EXDEV, "remove", name);
    TRY(empty_directory(directory, device));
    return remove_directory_at(parent, name);
}

} // namespace

Result<void> remove_tree(std::string const& path) {
    auto const status = lstat(path);
    if (!status) return status.error().number == ENOENT ? Result<void>{} : std::unexpected(status.error());
    return remove_entry(AT_FDCWD, path, status->st_dev);
}

} // namespace mitori::base::sys
