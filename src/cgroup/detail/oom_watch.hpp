#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::cgroup::detail {

/// Learns when memory has run out in a group. v2: the kernel changes memory.events, inotify(7) tells, and the kill has
/// been counted by then. v1: it tells an eventfd(2) just before it looks for a victim (cgroup-v1/memory.rst, "OOM
/// Control"), so that the count follows a moment later.
class OomWatch {
public:
    [[nodiscard]] static base::Result<OomWatch> open();

    /// `directory` is the absolute path of the v2 group, `path` what it is called in take().
    [[nodiscard]] base::Result<void> add(std::string const& directory, std::string const& path);
    /// `group` is the directory of the v1 group.
    [[nodiscard]] base::Result<void> add_v1(int group, std::string const& path);
    void remove(std::string const& path);
    [[nodiscard]] int descriptor() const { return both_.get(); }
    [[nodiscard]] std::vector<std::string> take();

private:
    OomWatch(base::Fd both, base::Fd changes) : both_(std::move(both)), changes_(std::move(changes)) {}

    base::Fd both_;    ///< epoll over what follows
    base::Fd changes_; ///< inotify
    std::map<int, std::string> watched_;
    std::map<std::string, int> numbers_;
    std::map<std::string, base::Fd> counters_; ///< eventfds
};

} // namespace mitori::cgroup::detail
