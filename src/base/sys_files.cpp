// Files and their contents, of the wall of system calls.
#include <array>
#include <cstdlib>
#include <unistd.h>

#include "base/detail/calls.hpp"
#include "base/sys.hpp"

namespace mitori::base::sys {
using detail::check;
using detail::fd_name;
using detail::retry;

Result<Fd> open(std::string const& path, int flags, mode_t mode) { return open_at(AT_FDCWD, path, flags, mode); }

Result<Fd> open_at(int directory, std::string const& path, int flags, mode_t mode) {
    int const fd = retry([&] { return ::openat(directory, path.c_str(), flags | O_CLOEXEC, mode); });
    if (fd < 0) return errno_error("open", path);
    return Fd(fd);
}

Result<std::size_t> read(int fd, std::span<std::byte> into) {
    ssize_t const count = retry([&] { return ::read(fd, into.data(), into.size()); });
    if (count < 0) return errno_error("read", fd_name(fd));
    return static_cast<std::size_t>(count);
}

Result<std::size_t> write(int fd, std::span<std::byte const> from) {
    ssize_t const count = retry([&] { return ::write(fd, from.data(), from.size()); });
    if (count < 0) return errno_error("write", fd_name(fd));
    return static_cast<std::size_t>(count);
}

Result<void> write_all(int fd, std::string_view text) {
    auto rest = std::as_bytes(std::span(text));
    while (!rest.empty())
        rest = rest.subspan(TRY(write(fd, rest)));
    return {};
}

Result<std::string> read_file(std::string const& path, std::size_t limit) {
    return read_file_at(AT_FDCWD, path, limit);
}

Result<std::string> read_file_at(int directory, std::string const& path, std::size_t limit) {
    Fd const file = TRY(open_at(directory, path, O_RDONLY | O_NOCTTY));
    std::string text;
    // Sizes told by stat are not to be trusted: files of /proc and /sys say 0.
    std::array<std::byte, 4096> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read
    for (;;) {
        ssize_t const count = retry([&] { return ::read(file.get(), buffer.data(), buffer.size()); });
        if (count < 0) return errno_error("read", path);
        if (count == 0) return text;
        if (static_cast<std::size_t>(count) > limit - text.size()) return make_error(EFBIG, "read", path);
        text.append(reinterpret_cast<char const*>(buffer.data()), static_cast<std::size_t>(count));
    }
}

namespace {

Result<void> fill_and_rename(Fd file, std::string const& beside, std::string const& path, std::string_view text,
                             mode_t mode) {
    if (auto const written = write_all(file.get(), text); !written)
        return make_error(written.error().number, "write", path);
    TRY(check(::fchmod(file.get(), mode), "chmod", beside));
    file.reset();
    return check(::rename(beside.c_str(), path.c_str()), "rename", path);
}

} // namespace

Result<void> write_file(std::string const& path, std::string_view text, mode_t mode) {
    std::string beside = path + ".XXXXXX";
    Fd file(::mkostemp(beside.data(), O_CLOEXEC));
    if (!file) return errno_error("open", path);
    auto written = fill_and_rename(std::move(file), beside, path, text, mode);
    if (!written) ::unlink(beside.c_str());
    return written;
}

Result<struct stat> stat(std::string const& path) {
    struct stat status{};
    TRY(check(::stat(path.c_str(), &status), "stat", path));
    return status;
}

Result<struct stat> lstat(std::string const& path) {
    struct stat status{};
    TRY(check(::lstat(path.c_str(), &status), "stat", path));
    return status;
}

Result<std::string> read_link(std::string const& path) {
    std::string target(256, '\0');
    for (;;) {
        ssize_t const length = ::readlink(path.c_str(), target.data(), target.size());
        if (length < 0) return errno_error("readlink", path);
        // A full buffer may have cut the target short.
        if (static_cast<std::size_t>(length) < target.size()) {
            target.resize(static_cast<std::size_t>(length));
            return target;
        }
        target.resize(target.size() * 2);
    }
}

Result<void> unlink(std::string const& path) { return check(::unlink(path.c_str()), "unlink", path); }

Result<bool> access(std::string const& path, int mode) {
    if (::access(path.c_str(), mode) == 0) return true;
    if (errno == EACCES || errno == ENOENT || errno == ENOTDIR || errno == EROFS) return false;
    return errno_error("access", path);
}

} // namespace mitori::base::sys
