#include "cgroup/detail/empty_watch.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <utility>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::cgroup::detail {
namespace sys = base::sys;

std::optional<bool> read_populated(std::string const& events_file) {
    auto const text = sys::read_file(events_file);
    if (!text) return std::nullopt;
    for (auto const line : base::split(*text, "\n"))
        if (line.starts_with("populated ")) return line.ends_with(" 1");
    return std::nullopt;
}

namespace {

base::Result<void> join_epoll(base::Fd const& epoll, base::Fd const& member) {
    epoll_event event{.events = EPOLLIN, .data = {}};
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, member.get(), &event) != 0) return base::errno_error("epoll_ctl");
    return {};
}

} // namespace

base::Result<EmptyWatch> EmptyWatch::open() {
    base::Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!changes) return base::errno_error("inotify_init");
    base::Fd already(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!already) return base::errno_error("eventfd");
    base::Fd both(::epoll_create1(EPOLL_CLOEXEC));
    if (!both) return base::errno_error("epoll_create");
    TRY(join_epoll(both, changes));
    TRY(join_epoll(both, already));
    return EmptyWatch(std::move(both), std::move(changes), std::move(already));
}

base::Result<void> EmptyWatch::add(std::string const& directory, std::string const& path) {
    std::string events_file = directory + "/cgroup.events";
    int const watch = ::inotify_add_watch(changes_.get(), events_file.c_str(), IN_MODIFY);
    if (watch < 0) return base::errno_error("inotify_add_watch", events_file);
    // A group that was removed and made again has a new number.
    if (auto const old = numbers_.find(path); old != numbers_.end() && old->second != watch) remove(path);
    watched_[watch] = {.path = path, .events_file = std::move(events_file)};
    numbers_[path] = watch;
    // After the watch stands, so that no change is missed in between.
    if (read_populated(watched_[watch].events_file).value_or(false)) return {};
    remove(path);
    found_empty_.insert(path);
    if (::eventfd_write(already_.get(), 1) != 0) return base::errno_error("eventfd_write");
    return {};
}

void EmptyWatch::remove(std::string const& path) {
    found_empty_.erase(path);
    auto const found = numbers_.extract(path);
    if (!found) return;
    watched_.erase(found.mapped());
    // EINVAL when the kernel has taken it away already, with the file.
    ::inotify_rm_watch(changes_.get(), found.mapped());
}

/// The watches that something happened to; all of them when the kernel's queue has run over.
std::set<int> EmptyWatch::changed() {
    std::set<int> numbers;
    alignas(inotify_event) std::array<std::byte, 4096> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init)
    for (;;) {
        auto const count = sys::read(changes_.get(), buffer);
        if (!count || *count == 0) return numbers;
        for (std::size_t at = 0; at + sizeof(inotify_event) <= *count;) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            at += sizeof event + event.len;
            if ((event.mask & IN_Q_OVERFLOW) != 0)
                for (auto const& [number, watched] : watched_)
                    numbers.insert(number);
            else
                numbers.insert(event.wd);
        }
    }
}

void EmptyWatch::look(int watch, std::vector<std::string>& empty) {
    auto const found = watched_.find(watch);
    // A number that is not ours any more: its event was under way when the watch was dropped.
    if (found == watched_.end()) return;
    if (read_populated(found->second.events_file).value_or(false)) return;
    empty.push_back(found->second.path);
    remove(empty.back());
}

std::vector<std::string> EmptyWatch::take() {
    eventfd_t ignored = 0;
    ::eventfd_read(already_.get(), &ignored);
    auto const found = std::exchange(found_empty_, {});
    std::vector<std::string> empty(found.begin(), found.end());
    // Until there is no more: each watch that is dropped leaves a last event, which must not wake the caller again.
    for (auto numbers = changed(); !numbers.empty(); numbers = changed())
        for (int const watch : numbers)
            look(watch, empty);
    return empty;
}

} // namespace mitori::cgroup::detail
