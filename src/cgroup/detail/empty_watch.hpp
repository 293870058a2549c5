#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::cgroup::detail {

/// Learns when groups become empty: the kernel changes their cgroup.events (cgroups(7)), inotify(7) tells. One inotify
/// descriptor for all groups; beside it an event counter for those that were empty when they were asked for.
class EmptyWatch {
public:
    [[nodiscard]] static base::Result<EmptyWatch> open();

    /// `directory` is the absolute path of the group, `path` what it is called in take().
    [[nodiscard]] base::Result<void> add(std::string const& directory, std::string const& path);
    void remove(std::string const& path);
    /// descriptor() is ready when this one is, too.
    [[nodiscard]] base::Result<void> join(int descriptor);
    [[nodiscard]] int descriptor() const { return both_.get(); }
    [[nodiscard]] std::vector<std::string> take();

private:
    struct Watched {
        std::string path;
        std::string events_file;
    };
    EmptyWatch(base::Fd both, base::Fd changes, base::Fd already)
        : both_(std::move(both)),
          changes_(std::move(changes)),
          already_(std::move(already)) {}
    void look(int watch, std::vector<std::string>& empty);

    base::Fd both_;    ///< epoll over the two that follow
    base::Fd changes_; ///< inotify
    base::Fd already_; ///< eventfd
    std::map<int, Watched> watched_;
    std::map<std::string, int> numbers_;
    std::set<std::string> found_empty_;
};

/// "populated" of a cgroup.events file; nothing when the group is gone.
[[nodiscard]] std::optional<bool> read_populated(std::string const& events_file);

} // namespace mitori::cgroup::detail
