#include "cgroup/detail/inotify.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <sys/epoll.h>
#include <sys/inotify.h>

#include "base/sys.hpp"

namespace mitori::cgroup::detail {

Changed take_changes(base::Fd const& inotify) {
    Changed changed;
    alignas(inotify_event) std::array<std::byte, 4096> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init)
    for (;;) {
        auto const count = base::sys::read(inotify.get(), buffer);
        if (!count || *count == 0) return changed;
        for (std::size_t at = 0; at + sizeof(inotify_event) <= *count;) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            at += sizeof event + event.len;
            if ((event.mask & IN_Q_OVERFLOW) != 0)
                changed.everything = true;
            else
                changed.watches.insert(event.wd);
        }
    }
}

base::Result<void> join_epoll(base::Fd const& epoll, int member) {
    epoll_event event{.events = EPOLLIN, .data = {}};
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, member, &event) != 0) return base::errno_error("epoll_ctl");
    return {};
}

} // namespace mitori::cgroup::detail
