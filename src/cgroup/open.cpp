// Which place this is: open_groups, and the Groups of a place without any.
#include <algorithm>
#include <array>
#include <cerrno>
#include <expected>
#include <fmt/format.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cgroup/detail/files.hpp"
#include "cgroup/detail/hierarchy.hpp"
#include "cgroup/detail/tree.hpp"
#include "cgroup/groups.hpp"

namespace mitori::cgroup {
namespace {

using detail::Mount;
using detail::Site;
namespace sys = base::sys;

class None final : public Groups {
public:
    explicit None(std::string reason) : reason_(std::move(reason)) {}

    [[nodiscard]] Place place() const override { return Place::none; }
    [[nodiscard]] std::string reason() const override { return reason_; }
    [[nodiscard]] std::string base() const override { return ""; }
    [[nodiscard]] base::Result<void> make(std::string const& path) override { return refuse(path); }
    [[nodiscard]] base::Result<base::Fd> open(std::string const& path) override { return refuse(path); }
    [[nodiscard]] base::Result<std::vector<pid_t>> pids(std::string const& path) override { return refuse(path); }
    [[nodiscard]] base::Result<bool> populated(std::string const& path) override { return refuse(path); }
    [[nodiscard]] base::Result<std::size_t> kill(std::string const& path, base::Signal,
                                                 std::vector<pid_t> const&) override {
        return refuse(path);
    }
    [[nodiscard]] base::Result<void> remove(std::string const& path) override { return refuse(path); }
    [[nodiscard]] Bounds limit(std::string const&, Limits const& limits) override {
        return {{}, Limited::apply(limits, -1, {}, "").refused()};
    }
    [[nodiscard]] std::optional<std::uint64_t> oom_kills(std::string const&) override { return std::nullopt; }
    [[nodiscard]] OomLimit oom_limit(std::string const&) override { return {}; }
    [[nodiscard]] base::Result<void> watch_oom(std::string const& path) override { return refuse(path); }
    [[nodiscard]] std::vector<std::string> take_oom() override { return {}; }
    [[nodiscard]] Accounting account(std::string const&) override { return {}; }
    [[nodiscard]] std::optional<std::string> path_of(pid_t) override { return std::nullopt; }
    [[nodiscard]] base::Result<void> watch_empty(std::string const& path) override { return refuse(path); }
    void unwatch(std::string const&) override {}
    [[nodiscard]] int events() const override { return -1; }
    [[nodiscard]] std::vector<std::string> take_empty() override { return {}; }

private:
    static std::unexpected<base::Error> refuse(std::string const& path) {
        return base::make_error(ENOTSUP, "control group", path);
    }
    std::string reason_;
};

/// A step towards the place, or the sentence that says why there is none.
template <class T>
using Found = std::expected<T, std::string>;

struct Position {
    std::string directory; ///< our own group's
    std::string path;      ///< as the kernel names it
};

/// Our group, in the first of the v2 mounts that shows it.
Found<Position> find_position(std::vector<Mount> const& mounts, std::string const& proc) {
    auto const text = sys::read_file(proc + "/self/cgroup");
    if (!text) return std::unexpected(text.error().message());
    auto const path = detail::parse_membership(*text);
    if (!path) return std::unexpected("this kernel has no cgroup v2");
    bool mounted = false;
    for (auto const& mount : mounts) {
        if (mount.version != Mount::Version::v2) continue;
        mounted = true;
        auto directory = detail::directory_of(mount, *path);
        if (!directory) continue;
        if (sys::access(*directory + "/cgroup.procs", F_OK).value_or(false))
            return Position{.directory = std::move(*directory), .path = *path};
    }
    return std::unexpected(mounted ? fmt::format("no mounted cgroup v2 shows our own group {}", *path)
                                   : "no cgroup v2 is mounted");
}

std::string joined_path(std::string const& base, std::string const& name) {
    return base == "/" ? "/" + name : base + "/" + name;
}

/// The base group: made where it is to be below our own, else our own.
Found<void> settle(Site& site, Position const& position, std::string const& below) {
    site.directory = position.directory;
    site.base = position.path;
    if (!below.empty()) {
        site.directory += "/" + below;
        site.base = joined_path(position.path, below);
        site.owned = Site::Owned::yes;
        auto const made = sys::make_directories(site.directory);
        if (!made) return std::unexpected("our control group may not be changed: " + made.error().message());
    }
    // Asking costs nothing and tells of read-only mounts too; of a user's own group it is the whole truth.
    for (auto const* file : {"", "/cgroup.procs"})
        if (!sys::access(site.directory + file, W_OK).value_or(false))
            return std::unexpected(
                fmt::format("our control group may not be changed: {}{} is not writable", site.directory, file));
    return {};
}

/// cgroup v2 allows no processes beside groups that have controllers, but in the root (which has no cgroup.type): we go
/// into a group of our own.
void move_out_of_the_way(Site const& site, base::Fd const& directory) {
    bool const is_root = !sys::access(site.directory + "/cgroup.type", F_OK).value_or(true);
    if (is_root) return;
    static_cast<void>(sys::mkdir_at(directory.get(), "init.scope", 0755));
    static_cast<void>(detail::write_control(directory.get(), "init.scope/cgroup.procs", "0"));
}

/// Of the controllers that this group has those that units' settings need.
std::vector<std::string> usable_controllers(base::Fd const& directory) {
    static constexpr auto wanted = std::to_array<std::string_view>({"cpu", "cpuset", "io", "memory", "pids"});
    std::vector<std::string> usable;
    auto const text = sys::read_file_at(directory.get(), "cgroup.controllers");
    for (auto const name : base::split(text ? std::string_view(*text) : ""))
        if (std::ranges::find(wanted, name) != wanted.end()) usable.emplace_back(name);
    return usable;
}

std::string describe(Site const& site) {
    if (site.place == Place::hybrid)
        return fmt::format("cgroup v2 at {} tells whose a process is; the controllers are bound to cgroup v1",
                           site.directory);
    return fmt::format("cgroup v2 at {}, controllers: {}", site.directory,
                       site.controllers.empty() ? "none" : base::join(site.controllers, " "));
}

Found<std::unique_ptr<Groups>> open_tree(OpenOptions const& options) {
    auto const mountinfo = sys::read_file(options.proc + "/self/mountinfo");
    if (!mountinfo) return std::unexpected(mountinfo.error().message());
    auto const mounts = detail::parse_mountinfo(*mountinfo);
    auto const position = find_position(mounts, options.proc);
    if (!position) return std::unexpected(position.error());
    Site site{.proc = options.proc};
    if (auto const settled = settle(site, *position, options.below); !settled) return std::unexpected(settled.error());
    if (std::ranges::find(mounts, Mount::Version::v1, &Mount::version) != mounts.end()) site.place = Place::hybrid;
    auto directory = sys::open(site.directory, O_RDONLY | O_DIRECTORY);
    if (!directory) return std::unexpected(directory.error().message());
    auto watch = detail::EmptyWatch::open();
    if (!watch) return std::unexpected(watch.error().message());
    auto oom_watch = detail::OomWatch::open();
    if (!oom_watch) return std::unexpected(oom_watch.error().message());
    if (auto const joined = watch->join(oom_watch->descriptor()); !joined)
        return std::unexpected(joined.error().message());
    auto const controllers = usable_controllers(*directory);
    if (options.below.empty() && !controllers.empty()) move_out_of_the_way(site, *directory);
    site.controllers = detail::enable(directory->get(), controllers);
    site.reason = describe(site);
    return std::make_unique<detail::Tree>(std::move(site), std::move(*directory), std::move(*watch),
                                          std::move(*oom_watch));
}

} // namespace

std::unique_ptr<Groups> open_groups(OpenOptions const& options) {
    auto tree = open_tree(options);
    if (tree) return std::move(*tree);
    return std::make_unique<None>(tree.error());
}

} // namespace mitori::cgroup
