// What inotify(7) says of watched files, for those who watch many by one descriptor.
#pragma once

#include <set>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::cgroup::detail {

struct Changed {
    std::set<int> watches;   ///< something happened to these
    bool everything = false; ///< the kernel's queue has run over: any may have changed
    [[nodiscard]] bool any() const { return everything || !watches.empty(); }
};
/// Takes everything that is there, without waiting.
[[nodiscard]] Changed take_changes(base::Fd const& inotify);

/// epoll_ctl(2): readable.
[[nodiscard]] base::Result<void> join_epoll(base::Fd const& epoll, int member);

} // namespace mitori::cgroup::detail
