#include "cgroup/detail/files.hpp"

#include <cerrno>
#include <dirent.h>
#include <memory>
#include <sys/stat.h>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::cgroup::detail {
namespace sys = base::sys;

base::Result<void> write_control(int group, std::string const& file, std::string_view text) {
    base::Fd const opened = TRY(sys::open_at(group, file, O_WRONLY));
    // In one write: the kernel reads each as a whole command.
    auto const written = sys::write(opened.get(), std::as_bytes(std::span(text)));
    if (!written) return base::make_error(written.error().number, "write", file);
    if (*written != text.size()) return base::make_error(EIO, "write", file);
    return {};
}

base::Result<std::vector<std::string>> subgroups(int group) {
    std::vector<std::string> names;
    struct stat status{};
    // Each sub-directory is a link to its parent, ".." (kernfs counts them, as most file systems do).
    if (::fstat(group, &status) == 0 && status.st_nlink == 2) return names;
    base::Fd opened = TRY(sys::open_at(group, ".", O_RDONLY | O_DIRECTORY));
    std::unique_ptr<DIR, decltype([](DIR* stream) { ::closedir(stream); })> const stream(::fdopendir(opened.get()));
    if (!stream) return base::errno_error("opendir");
    static_cast<void>(opened.release()); // the stream owns it now
    for (;;) {
        errno = 0;
        dirent const* const entry = ::readdir(stream.get());
        if (entry == nullptr) break;
        std::string_view const name = entry->d_name;
        if (entry->d_type == DT_DIR && name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return base::errno_error("readdir");
    return names;
}

base::Result<void> read_numbers(int group, std::string const& file, std::vector<pid_t>& into) {
    std::string const text = TRY(sys::read_file_at(group, file));
    for (auto const line : base::split(text, "\n"))
        if (auto const number = base::parse_integer<pid_t>(line); number && *number > 0) into.push_back(*number);
    return {};
}

std::optional<std::uint64_t> read_value(int group, std::string const& file) {
    auto const text = sys::read_file_at(group, file);
    if (!text) return std::nullopt;
    return base::parse_integer<std::uint64_t>(base::trim(*text));
}

std::optional<std::uint64_t> read_keyed(int group, std::string const& file, std::string_view key) {
    auto const text = sys::read_file_at(group, file);
    if (!text) return std::nullopt;
    for (auto const line : base::split(*text, "\n")) {
        auto const words = base::split(line, " ");
        if (words.size() == 2 && words[0] == key) return base::parse_integer<std::uint64_t>(words[1]);
    }
    return std::nullopt;
}

std::vector<std::string> enable(int group, std::vector<std::string> const& controllers) {
    std::vector<std::string> enabled;
    for (auto const& controller : controllers)
        if (write_control(group, "cgroup.subtree_control", "+" + controller)) enabled.push_back(controller);
    return enabled;
}

} // namespace mitori::cgroup::detail
