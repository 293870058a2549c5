#include "cgroup/limits.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cgroup/detail/files.hpp"
#include "cgroup/detail/hierarchy.hpp"

namespace mitori::cgroup {
namespace {

using base::Result;

constexpr std::uint64_t period = 100'000; ///< microseconds, the kernel's own default

/// One limit as both versions of the interface want it: Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst,
/// scheduler/sched-bwc.rst, cgroup-v1/pids.rst.
struct Wish {
    std::string_view controller;
    std::string_view v2_file;
    std::string v2_text;
    std::string_view v1_file;
    std::string v1_text;
};

std::vector<Wish> wishes_of(Limits const& limits) {
    std::vector<Wish> wishes;
    auto const add = [&](std::string_view controller, std::string_view v2, std::string v2_text, std::string_view v1,
                         std::string v1_text) {
        wishes.push_back({controller, v2, std::move(v2_text), v1, std::move(v1_text)});
    };
    if (limits.memory) {
        auto const bytes = std::to_string(*limits.memory);
        add("memory", "memory.max", bytes, "memory.limit_in_bytes", bytes);
    }
    if (limits.millicpus) {
        auto const quota = *limits.millicpus * period / 1000;
        add("cpu", "cpu.max", fmt::format("{} {}", quota, period), "cpu.cfs_quota_us", std::to_string(quota));
    }
    if (limits.tasks) {
        auto const tasks = std::to_string(*limits.tasks);
        add("pids", "pids.max", tasks, "pids.max", tasks);
    }
    return wishes;
}

bool has_file(int group, std::string_view file) {
    return group >= 0 && base::sys::open_at(group, std::string(file), O_WRONLY | O_CLOEXEC).has_value();
}

/// The path of our own group in the v1 hierarchy of a controller, from "4:memory:/path" lines.
std::optional<std::string> membership(std::string_view text, std::string_view controller) {
    for (auto const line : base::split(text, "\n")) {
        auto const first = line.find(':');
        auto const second = line.find(':', first + 1);
        if (first == line.npos || second == line.npos) continue;
        auto const names = base::split(line.substr(first + 1, second - first - 1), ",");
        if (std::ranges::find(names, controller) != names.end()) return std::string(line.substr(second + 1));
    }
    return std::nullopt;
}

Result<std::string> own_v1_directory(std::string_view controller, std::string const& proc) {
    auto const mounts = TRY(base::sys::read_file(proc + "/self/mountinfo"));
    auto const path = membership(TRY(base::sys::read_file(proc + "/self/cgroup")), controller);
    for (auto const& mount : detail::parse_mountinfo(mounts)) {
        auto const options = base::split(mount.options, ",");
        bool const carries =
            mount.version == detail::Mount::Version::v1 && std::ranges::find(options, controller) != options.end();
        if (!carries || !path) continue;
        if (auto directory = detail::directory_of(mount, *path)) return *directory;
    }
    return base::make_error(ENOENT, "no hierarchy has this controller");
}

} // namespace

Limited Limited::apply(Limits const& limits, int group, std::string const& name, std::string const& proc) {
    Limited limited;
    auto const in_v1 = [&](Wish const& wish) -> Result<void> {
        auto const path = TRY(own_v1_directory(wish.controller, proc)) + "/" + name;
        TRY(base::sys::mkdir(path, 0755));
        limited.groups_.push_back({std::string(wish.controller), path, base::Fd()});
        auto directory = TRY(base::sys::open(path, O_RDONLY | O_DIRECTORY));
        TRY(detail::write_control(directory.get(), std::string(wish.v1_file), wish.v1_text));
        limited.groups_.back().directory = std::move(directory);
        return {};
    };
    for (auto const& wish : wishes_of(limits)) {
        auto const done = has_file(group, wish.v2_file)
                              ? detail::write_control(group, std::string(wish.v2_file), wish.v2_text)
                              : in_v1(wish);
        if (!done)
            limited.refused_.push_back(
                fmt::format("{}: no control group here that limits it: {}", wish.controller, done.error().message()));
    }
    return limited;
}

Limited::~Limited() {
    for (auto const& group : groups_)
        static_cast<void>(base::sys::remove_directory(group.path));
}

std::vector<int> Limited::joins() const {
    std::vector<int> directories;
    for (auto const& group : groups_)
        if (group.directory) directories.push_back(group.directory.get());
    return directories;
}

std::optional<std::uint64_t> Limited::memory_peak() const {
    for (auto const& group : groups_)
        if (group.controller == "memory" && group.directory)
            return detail::read_value(group.directory.get(), "memory.max_usage_in_bytes");
    return std::nullopt;
}

} // namespace mitori::cgroup
