#include "bin/program_path.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/sys_streams.hpp"

namespace mitori::bin {
namespace {

std::string within(std::string const& folder, std::string_view path) {
    if (path.starts_with('/')) return std::string(path);
    return path.empty() ? folder : folder + '/' + std::string(path);
}

bool executable(std::string const& path) {
    auto const info = base::sys::stat(path);
    return info && S_ISREG(info->st_mode) && base::sys::access(path, X_OK).value_or(false);
}

/// Whether the kernel knows what to do with it, so that no shell is asked to read it.
bool known_to_the_kernel(std::string const& path) {
    auto const file = base::sys::open(path, O_RDONLY);
    if (!file) return false;
    std::array<char, 4> bytes{};
    auto const size = base::sys::read_at(file->get(), bytes, 0);
    if (!size) return false;
    std::string_view const head(bytes.data(), *size);
    return head.starts_with("#!") || head == "\177ELF";
}

} // namespace

std::string program_path(std::string_view word, std::string_view path, std::string const& folder) {
    std::string found;
    if (word.contains('/')) {
        found = within(folder, word);
        if (!executable(found)) return {};
    }
    while (found.empty()) {
        auto const colon = path.find(':');
        auto candidate = within(within(folder, path.substr(0, colon)), word);
        if (executable(candidate)) found = std::move(candidate);
        if (found.empty() && colon == std::string_view::npos) return {};
        path.remove_prefix(std::min(colon + 1, path.size()));
    }
    return known_to_the_kernel(found) ? found : "";
}

} // namespace mitori::bin
