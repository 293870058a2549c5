#include "cgroup/detail/oom_watch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include "base/sys.hpp"
#include "cgroup/detail/files.hpp"
#include "cgroup/detail/inotify.hpp"

namespace mitori::cgroup::detail {

base::Result<OomWatch> OomWatch::open() {
    base::Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!changes) return base::errno_error("inotify_init");
    base::Fd both(::epoll_create1(EPOLL_CLOEXEC));
    if (!both) return base::errno_error("epoll_create");
    TRY(join_epoll(both, changes.get()));
    return OomWatch(std::move(both), std::move(changes));
}

base::Result<void> OomWatch::add(std::string const& directory, std::string const& path) {
    std::string const file = directory + "/memory.events";
    int const watch = ::inotify_add_watch(changes_.get(), file.c_str(), IN_MODIFY);
    if (watch < 0) return base::errno_error("inotify_add_watch", file);
    if (auto const old = numbers_.find(path); old != numbers_.end() && old->second != watch) remove(path);
    watched_[watch] = path;
    numbers_[path] = watch;
    return {};
}

base::Result<void> OomWatch::add_v1(int group, std::string const& path) {
    base::Fd counter(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!counter) return base::errno_error("eventfd");
    auto const control = TRY(base::sys::open_at(group, "memory.oom_control", O_RDONLY | O_CLOEXEC));
    TRY(write_control(group, "cgroup.event_control", fmt::format("{} {}", counter.get(), control.get())));
    TRY(join_epoll(both_, counter.get()));
    counters_.insert_or_assign(path, std::move(counter));
    return {};
}

void OomWatch::remove(std::string const& path) {
    counters_.erase(path);
    auto const found = numbers_.extract(path);
    if (!found) return;
    watched_.erase(found.mapped());
    ::inotify_rm_watch(changes_.get(), found.mapped());
}

std::vector<std::string> OomWatch::take() {
    std::vector<std::string> paths;
    for (auto changed = take_changes(changes_); changed.any(); changed = take_changes(changes_))
        for (auto const& [number, path] : watched_)
            if (changed.everything || changed.watches.contains(number)) paths.push_back(path);
    for (auto const& [path, counter] : counters_)
        if (eventfd_t count = 0; ::eventfd_read(counter.get(), &count) == 0) paths.push_back(path);
    return paths;
}

} // namespace mitori::cgroup::detail
