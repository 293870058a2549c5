#include "cgroup/detail/empty_watch.hpp"

#include <cerrno>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <utility>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cgroup/detail/inotify.hpp"

namespace mitori::cgroup::detail {
namespace sys = base::sys;

std::optional<bool> read_populated(std::string const& events_file) {
    auto const text = sys::read_file(events_file);
    if (!text) return std::nullopt;
    for (auto const line : base::split(*text, "\n"))
        if (line.starts_with("populated ")) return line.ends_with(" 1");
    return std::nullopt;
}

base::Result<EmptyWatch> EmptyWatch::open() {
    base::Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!changes) return base::errno_error("inotify_init");
    base::Fd already(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!already) return base::errno_error("eventfd");
    base::Fd both(::epoll_create1(EPOLL_CLOEXEC));
    if (!both) return base::errno_error("epoll_create");
    TRY(join_epoll(both, changes.get()));
    TRY(join_epoll(both, already.get()));
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

base::Result<void> EmptyWatch::join(int descriptor) { return join_epoll(both_, descriptor); }

void EmptyWatch::remove(std::string const& path) {
    found_empty_.erase(path);
    auto const found = numbers_.extract(path);
    if (!found) return;
    watched_.erase(found.mapped());
    // EINVAL when the kernel has taken it away already, with the file.
    ::inotify_rm_watch(changes_.get(), found.mapped());
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
    for (auto changed = take_changes(changes_); changed.any(); changed = take_changes(changes_)) {
        if (changed.everything)
            for (auto const& [number, watched] : watched_)
                changed.watches.insert(number);
        for (int const watch : changed.watches)
            look(watch, empty);
    }
    return empty;
}

} // namespace mitori::cgroup::detail
