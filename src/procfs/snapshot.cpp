#include "procfs/snapshot.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "procfs/detail/parse.hpp"

namespace mitori::procfs {
namespace sys = base::sys;
namespace {

detail::Units const& units() {
    static detail::Units const units{.ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)),
                                     .page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))};
    return units;
}

/// What a process may hang on its environment is bounded by the kernel; this only bounds a file that is none of /proc.
constexpr std::size_t longest = 16U << 20U;

} // namespace

base::Result<Procfs> Procfs::open(std::string const& path) {
    return Procfs(TRY(sys::open(path, O_RDONLY | O_DIRECTORY)));
}

/// The file's text in the buffer, valid until the next read; nothing when the process is gone or keeps it to itself.
std::optional<std::string_view> Procfs::read(pid_t pid, std::string_view name) {
    std::string path = std::to_string(pid);
    path += '/';
    path += name;
    auto const file = sys::open_at(directory_.get(), path, O_RDONLY);
    if (!file) return std::nullopt;
    if (buffer_.empty()) buffer_.resize(4096);
    for (std::size_t length = 0; buffer_.size() <= longest;) {
        auto const free_part = std::as_writable_bytes(std::span(buffer_)).subspan(length);
        auto const count = sys::read(file->get(), free_part);
        if (!count) return std::nullopt;
        if (*count == 0) return std::string_view(buffer_).substr(0, length);
        length += *count;
        if (length == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    }
    return std::nullopt;
}

std::vector<pid_t> Procfs::pids() {
    std::vector<pid_t> pids;
    auto const names = sys::list_directory_at(directory_.get());
    if (!names) return pids;
    for (auto const& name : *names)
        if (auto const pid = base::parse_integer<pid_t>(name); pid && *pid > 0) pids.push_back(*pid);
    std::ranges::sort(pids);
    return pids;
}

std::vector<Process> Procfs::processes() {
    std::vector<Process> all;
    for (pid_t const pid : pids())
        if (auto found = process(pid)) all.push_back(std::move(*found));
    return all;
}

std::optional<Process> Procfs::process(pid_t pid) {
    auto const text = read(pid, "stat");
    return text ? detail::parse_stat(*text, units()) : std::nullopt;
}

std::string Procfs::command_line(pid_t pid) {
    if (auto const text = read(pid, "cmdline")) {
        auto line = detail::parse_command_line(*text);
        if (!line.empty()) return line;
    }
    auto const found = process(pid);
    return found ? "[" + base::printable(found->comm) + "]" : "";
}

std::optional<std::string> Procfs::environment(pid_t pid, std::string const& name) {
    auto const text = read(pid, "environ");
    auto const value = text ? detail::find_variable(*text, name) : std::nullopt;
    return value ? std::optional(std::string(*value)) : std::nullopt;
}

std::optional<std::uint64_t> Procfs::proportional_memory(pid_t pid) {
    constexpr std::uint64_t kib = 1024;
    auto const text = read(pid, "smaps_rollup");
    auto const share = text ? detail::find_field(*text, "Pss") : std::nullopt;
    return share ? std::optional(*share * kib) : std::nullopt;
}

std::optional<uid_t> Procfs::owner(pid_t pid) {
    // Not the owner of the directory: that is root for a process that may not be dumped.
    constexpr std::size_t effective = 1;
    auto const text = read(pid, "status");
    auto const uid = text ? detail::find_field(*text, "Uid", effective) : std::nullopt;
    return uid ? std::optional(static_cast<uid_t>(*uid)) : std::nullopt;
}

std::vector<pid_t> Procfs::children(pid_t pid) {
    std::vector<pid_t> found;
    auto const threads = sys::list_directory_at(directory_.get(), std::to_string(pid) + "/task");
    if (!threads) return found;
    for (auto const& thread : *threads) {
        auto const text = read(pid, "task/" + thread + "/children");
        // Gone, or a kernel without these lists (CONFIG_PROC_CHILDREN).
        if (!text) return children_by_scan(pid);
        std::ranges::copy(detail::parse_pids(*text), std::back_inserter(found));
    }
    std::ranges::sort(found);
    return found;
}

std::vector<pid_t> Procfs::children_by_scan(pid_t pid) {
    std::vector<pid_t> found;
    for (auto const& process : processes())
        if (process.parent == pid) found.push_back(process.pid);
    return found;
}

} // namespace mitori::procfs
