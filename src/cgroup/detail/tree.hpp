#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cgroup/detail/empty_watch.hpp"
#include "cgroup/detail/oom_watch.hpp"
#include "cgroup/groups.hpp"

namespace mitori::cgroup::detail {

/// What open_groups found out about a writable v2 hierarchy.
struct Site {
    Place place = Place::unified;
    std::string reason;
    std::string directory; ///< of the base group, absolute
    std::string base;      ///< the same as the kernel names it in /proc/<pid>/cgroup
    std::string proc;
    /// The base was made by us and is ours to remove.
    enum class Owned { no, yes } owned = Owned::no;
    std::vector<std::string> controllers; ///< those that groups below the base have
};

/// Groups in a v2 hierarchy, through one directory descriptor.
class Tree final : public Groups {
public:
    Tree(Site site, base::Fd directory, EmptyWatch watch, OomWatch oom_watch)
        : site_(std::move(site)),
          directory_(std::move(directory)),
          watch_(std::move(watch)),
          oom_watch_(std::move(oom_watch)) {}

    [[nodiscard]] Place place() const override { return site_.place; }
    [[nodiscard]] std::string reason() const override { return site_.reason; }
    [[nodiscard]] std::string base() const override { return site_.base; }

    [[nodiscard]] base::Result<void> make(std::string const& path) override;
    [[nodiscard]] base::Result<base::Fd> open(std::string const& path) override;
    [[nodiscard]] base::Result<std::vector<pid_t>> pids(std::string const& path) override;
    [[nodiscard]] base::Result<bool> populated(std::string const& path) override;
    [[nodiscard]] base::Result<std::size_t> kill(std::string const& path, base::Signal signal,
                                                 std::vector<pid_t> const& spare) override;
    [[nodiscard]] base::Result<void> remove(std::string const& path) override;
    [[nodiscard]] Bounds limit(std::string const& path, Limits const& limits) override;
    [[nodiscard]] std::optional<std::uint64_t> oom_kills(std::string const& path) override;
    [[nodiscard]] OomLimit oom_limit(std::string const& path) override;
    [[nodiscard]] base::Result<void> watch_oom(std::string const& path) override;
    [[nodiscard]] std::vector<std::string> take_oom() override { return oom_watch_.take(); }
    [[nodiscard]] Accounting account(std::string const& path) override;
    [[nodiscard]] std::optional<std::string> path_of(pid_t pid) override;

    [[nodiscard]] base::Result<void> watch_empty(std::string const& path) override;
    void unwatch(std::string const& path) override { watch_.remove(path); }
    [[nodiscard]] int events() const override { return watch_.descriptor(); }
    [[nodiscard]] std::vector<std::string> take_empty() override { return watch_.take(); }

private:
    [[nodiscard]] base::Result<void> make_one(std::string const& path);
    void give_controllers(std::string const& path);
    [[nodiscard]] base::Result<void> remove_one(std::string const& path);
    [[nodiscard]] base::Result<std::vector<pid_t>> numbers(std::string const& path, std::string const& file);
    [[nodiscard]] base::Result<std::size_t> signal_all(std::string const& path, base::Signal signal,
                                                       std::set<pid_t> const& spare);
    [[nodiscard]] base::Result<bool> signal_member(std::string const& path, pid_t pid, base::Signal signal);
    [[nodiscard]] base::Result<std::size_t> kill_whole(std::string const& path);
    [[nodiscard]] base::Result<std::size_t> kill_frozen(std::string const& path, std::set<pid_t> const& spare);

    Site site_;
    base::Fd directory_;
    EmptyWatch watch_;
    OomWatch oom_watch_;
    std::map<std::string, Limited> limited_; ///< of groups that have one in v1
    std::set<std::string> made_;             ///< inner groups that are known to exist
    std::set<std::string> killed_; ///< groups that cgroup.kill was written to and that were not made anew since
};

} // namespace mitori::cgroup::detail
