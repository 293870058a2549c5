#include "procfs/descriptors.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>

#include "base/text.hpp"

namespace mitori::procfs {
namespace {

constexpr int octal = 8;

/// "key:\tvalue" of /proc/PID/fdinfo/N.
std::string_view info(std::string_view text, std::string_view key) {
    for (auto const line : base::split(text, "\n"))
        if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ':')
            return base::trim(line.substr(key.size() + 1));
    return {};
}

std::string access_of(std::string_view text) {
    auto const flags = base::parse_integer<unsigned>(info(text, "flags"), octal).value_or(0);
    switch (flags & O_ACCMODE) {
    case O_WRONLY: return "w";
    case O_RDWR: return "rw";
    default: return "r";
    }
}

/// "pipe:[123]" -> 123
std::uint64_t inode_of(std::string_view target) {
    auto const open = target.find(":[");
    if (open == target.npos || !target.ends_with(']')) return 0;
    return base::parse_integer<std::uint64_t>(target.substr(open + 2, target.size() - open - 3)).value_or(0);
}

/// What the kernel's own kinds of descriptors tell of themselves.
struct Kind {
    std::string_view target; ///< as the link says
    std::string_view name;
    std::string_view key; ///< in fdinfo; empty: nothing
    std::string_view word;
};
constexpr auto kinds = std::to_array<Kind>({
    {"anon_inode:[eventfd]", "eventfd", "eventfd-count", "count"},
    {"anon_inode:[timerfd]", "timerfd", "it_value", "expires in"},
    {"anon_inode:[signalfd]", "signalfd", "sigmask", "mask"},
    {"anon_inode:[eventpoll]", "epoll", "", ""},
    {"anon_inode:inotify", "inotify", "", ""},
    {"anon_inode:[fanotify]", "fanotify", "", ""},
    {"anon_inode:[pidfd]", "pidfd", "Pid", "pid"},
    {"anon_inode:[io_uring]", "io_uring", "", ""},
    {"anon_inode:[userfaultfd]", "userfaultfd", "", ""},
    {"anon_inode:bpf-map", "bpf-map", "map_id", "id"},
    {"anon_inode:bpf-prog", "bpf-prog", "prog_id", "id"},
    {"anon_inode:[perf_event]", "perf", "", ""},
});

void describe_kernels(Descriptor& one, std::string_view text) {
    auto const* const kind = std::ranges::find(kinds, one.target, &Kind::target);
    if (kind == kinds.end()) {
        one.kind = one.target.starts_with("anon_inode:") ? one.target.substr(11) : "other";
        return;
    }
    one.kind = kind->name;
    auto const value = kind->key.empty() ? std::string_view() : info(text, kind->key);
    if (!value.empty()) one.detail = fmt::format("{} {}", kind->word, value);
    if (one.kind == "epoll" || one.kind == "inotify") {
        auto const mark = one.kind == "epoll" ? "tfd:" : "inotify wd:";
        auto const lines = base::split(text, "\n");
        one.detail = fmt::format("watches {}",
                                 std::ranges::count_if(lines, [mark](auto line) { return line.starts_with(mark); }));
    }
}

void describe_path(Descriptor& one) {
    constexpr std::string_view deleted = " (deleted)";
    if (one.target.starts_with("/memfd:"))
        one.kind = "memfd";
    else if (one.target.ends_with(deleted))
        one.kind = "deleted file";
    else if (one.target.starts_with("/dev/"))
        one.kind = "device";
    else
        one.kind = "file";
}

Descriptor describe(Scanner& scanner, pid_t pid, int number, std::string target, Sockets const& sockets) {
    Descriptor one{.number = number, .target = std::move(target)};
    auto const text = std::string(scanner.read(pid, fmt::format("fdinfo/{}", number)).value_or(""));
    one.access = access_of(text);
    one.position = base::parse_integer<std::uint64_t>(info(text, "pos")).value_or(0);
    if (one.target.starts_with('/')) {
        describe_path(one);
    } else if (one.target.starts_with("pipe:")) {
        one.kind = "pipe";
        one.inode = inode_of(one.target);
    } else if (one.target.starts_with("socket:")) {
        one.kind = "socket";
        one.inode = inode_of(one.target);
        if (auto const found = sockets.find(one.inode); found != sockets.end()) one.detail = found->second.text();
    } else if (one.target.starts_with("pidfd:")) {
        one.kind = "pidfd"; // Linux 6.9: a file system of their own
        one.detail = fmt::format("pid {}", info(text, "Pid"));
    } else {
        describe_kernels(one, text);
    }
    return one;
}

/// The inode of the socket at the other end of a connection within this machine, 0 where there is none.
std::uint64_t other_end(Sockets const& sockets, std::uint64_t inode) {
    auto const own = sockets.find(inode);
    if (own == sockets.end()) return 0;
    if (own->second.peer_inode != 0 || own->second.peer.empty()) return own->second.peer_inode;
    for (auto const& [number, socket] : sockets)
        if (number != inode && socket.protocol == own->second.protocol && socket.local == own->second.peer &&
            socket.peer == own->second.local)
            return number;
    return 0;
}

} // namespace

std::vector<Descriptor> read_descriptors(Scanner& scanner, pid_t pid) {
    std::vector<int> numbers;
    for (auto const& name : scanner.names(pid, "fd"))
        if (auto const number = base::parse_integer<int>(name)) numbers.push_back(*number);
    std::ranges::sort(numbers);
    auto const sockets = read_sockets(scanner, pid);
    std::vector<Descriptor> all;
    for (int const number : numbers)
        if (auto target = scanner.link(pid, fmt::format("fd/{}", number)))
            all.push_back(describe(scanner, pid, number, std::move(*target), sockets));
    return all;
}

void find_holders(Scanner& scanner, pid_t pid, std::vector<Descriptor>& descriptors) {
    auto const sockets = read_sockets(scanner, pid);
    std::multimap<std::string, Descriptor*> wanted; // what the link of the other end says
    for (auto& one : descriptors) {
        if (one.kind == "pipe") wanted.emplace(one.target, &one);
        if (auto const end = one.kind == "socket" ? other_end(sockets, one.inode) : 0; end != 0)
            wanted.emplace(fmt::format("socket:[{}]", end), &one);
    }
    if (wanted.empty()) return;
    for (auto const& row : scanner.all()) {
        for (auto const& name : scanner.names(row.pid, "fd")) {
            auto const target = scanner.link(row.pid, "fd/" + name);
            auto const number = base::parse_integer<int>(name);
            if (!target || !number || !wanted.contains(*target)) continue;
            auto const access = access_of(scanner.read(row.pid, "fdinfo/" + name).value_or(""));
            auto const [first, last] = wanted.equal_range(*target);
            for (auto at = first; at != last; ++at) {
                auto& one = *at->second;
                // Both ends of a pipe have one name: the other one is what is open the other way round.
                if (one.kind == "pipe" && one.access == access && access != "rw") continue;
                if (row.pid == pid && *number == one.number) continue;
                one.others.push_back({row.pid, *number, row.comm});
            }
        }
    }
}

} // namespace mitori::procfs
