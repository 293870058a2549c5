#include "process/detail/family.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::process::detail {

namespace sys = base::sys;

std::optional<Stat> read_stat(pid_t pid) {
    auto const text = sys::read_file(fmt::format("/proc/{}/stat", pid));
    if (!text) return std::nullopt;
    auto const end = text->rfind(')'); // the name before it may hold anything
    if (end == std::string::npos) return std::nullopt;
    auto const fields = base::split(std::string_view(*text).substr(end + 1));
    if (fields.size() < 20) return std::nullopt;
    auto const number = [&](std::size_t n) { return base::parse_integer<pid_t>(fields[n]).value_or(0); };
    return Stat{.pid = pid,
                .parent = number(1),
                .group = number(2),
                .session = number(3),
                .state = fields[0].front(),
                .threads = number(17),
                .start = base::parse_integer<std::uint64_t>(fields[19]).value_or(0)};
}

Family::Family() : by_scan_(::access("/proc/thread-self/children", R_OK) != 0) {
    if (!by_scan_) return;
    for (auto const& name : sys::list_directory("/proc").value_or(std::vector<std::string>{}))
        if (auto const pid = base::parse_integer<pid_t>(name))
            if (auto const stat = read_stat(*pid)) scanned_.emplace(stat->parent, *pid);
}

std::vector<pid_t> Family::children_of(pid_t pid) const {
    std::vector<pid_t> children;
    if (by_scan_) {
        auto const [first, last] = scanned_.equal_range(pid);
        for (auto child = first; child != last; ++child)
            children.push_back(child->second);
        return children;
    }
    auto const tasks = fmt::format("/proc/{}/task", pid);
    for (auto const& thread : sys::list_directory(tasks).value_or(std::vector<std::string>{})) {
        auto const text = sys::read_file(fmt::format("{}/{}/children", tasks, thread), std::size_t{64} << 20);
        if (!text) continue;
        for (auto const word : base::split(*text))
            if (auto const child = base::parse_integer<pid_t>(word)) children.push_back(*child);
    }
    return children;
}

} // namespace mitori::process::detail
