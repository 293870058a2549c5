#include "cgroup/limits.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <thread>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cgroup/detail/files.hpp"
#include "cgroup/detail/hierarchy.hpp"

namespace mitori::cgroup {
namespace {

using base::Result;

constexpr std::uint64_t default_period = 100'000; ///< microseconds, the kernel's own

struct Setting {
    std::string file;
    std::string text;
};

/// One limit as both versions of the interface want it: Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst,
/// scheduler/sched-bwc.rst, cgroup-v1/pids.rst. What v1 does not have has no v1 settings.
struct Wish {
    std::string_view controller;
    std::string_view what; ///< for people
    Setting v2;
    std::vector<Setting> v1;
};

std::string amount(std::uint64_t value, std::string_view none) {
    return value == unlimited ? std::string(none) : std::to_string(value);
}

void wish_for_memory(Limits const& limits, std::vector<Wish>& wishes) {
    auto const add = [&](std::optional<std::uint64_t> const& value, std::string_view what, std::string v2,
                         std::optional<std::string> const& v1) {
        if (!value) return;
        wishes.push_back({"memory", what, {std::move(v2), amount(*value, "max")}, {}});
        if (v1) wishes.back().v1.push_back({*v1, amount(*value, "-1")});
    };
    add(limits.memory_min, "memory.min", "memory.min", std::nullopt);
    add(limits.memory_low, "memory.low", "memory.low", std::nullopt);
    add(limits.memory_high, "memory.high", "memory.high", std::nullopt);
    add(limits.memory, "memory", "memory.max", "memory.limit_in_bytes");
    add(limits.swap, "swap", "memory.swap.max", std::nullopt);
    if (limits.end_together)
        wishes.push_back({"memory", "ending all together when memory runs out", {"memory.oom.group", "1"}, {}});
}

/// v1's shares, 2 to 262144 around 1024, for v2's weights, 1 to 10000 around 100: systemd's own translation.
std::uint64_t shares_of(std::uint64_t weight) { return std::clamp<std::uint64_t>(weight * 1024 / 100, 2, 262'144); }

void wish_for_cpu(Limits const& limits, std::vector<Wish>& wishes) {
    if (limits.millicpus) {
        auto const period = limits.cpu_period.value_or(default_period);
        bool const lifted = *limits.millicpus == unlimited;
        // The kernel takes no quota under a millisecond.
        auto const quota = lifted ? unlimited : std::max<std::uint64_t>(*limits.millicpus * period / 1000, 1000);
        wishes.push_back({"cpu",
                          "cpu",
                          {"cpu.max", fmt::format("{} {}", amount(quota, "max"), period)},
                          {{"cpu.cfs_period_us", std::to_string(period)}, {"cpu.cfs_quota_us", amount(quota, "-1")}}});
    }
    if (!limits.cpu_weight) return;
    if (*limits.cpu_weight == 0)
        wishes.push_back({"cpu", "cpu idle", {"cpu.idle", "1"}, {{"cpu.shares", "2"}}});
    else
        wishes.push_back({"cpu",
                          "cpu weight",
                          {"cpu.weight", std::to_string(*limits.cpu_weight)},
                          {{"cpu.shares", std::to_string(shares_of(*limits.cpu_weight))}}});
}

std::vector<Wish> wishes_of(Limits const& limits) {
    std::vector<Wish> wishes;
    wish_for_memory(limits, wishes);
    wish_for_cpu(limits, wishes);
    if (limits.tasks) {
        auto const text = amount(*limits.tasks, "max");
        wishes.push_back({"pids", "pids", {"pids.max", text}, {{"pids.max", text}}});
    }
    return wishes;
}

bool has_file(int group, std::string const& file) {
    return group >= 0 && base::sys::open_at(group, file, O_WRONLY | O_CLOEXEC).has_value();
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

/// The group of ours in a controller's hierarchy; one that is there already is ours, too.
Result<int> Limited::group_of(std::string_view controller, std::string const& name, std::string const& proc) {
    for (auto const& group : groups_)
        if (group.controller == controller) return group.directory.get();
    auto const path = TRY(own_v1_directory(controller, proc)) + "/" + name;
    auto const made = base::sys::mkdir(path, 0755);
    if (!made && made.error().number != EEXIST) return std::unexpected(made.error());
    auto directory = TRY(base::sys::open(path, O_RDONLY | O_DIRECTORY));
    groups_.push_back({std::string(controller), path, std::move(directory)});
    return groups_.back().directory.get();
}

Limited Limited::apply(Limits const& limits, int group, std::string const& name, std::string const& proc) {
    Limited limited;
    auto const in_v1 = [&](Wish const& wish) -> Result<void> {
        if (wish.v1.empty()) return base::make_error(ENOTSUP, "cgroup v1 has no such limit");
        auto const directory = TRY(limited.group_of(wish.controller, name, proc));
        for (auto const& setting : wish.v1)
            TRY(detail::write_control(directory, setting.file, setting.text));
        return {};
    };
    for (auto const& wish : wishes_of(limits)) {
        auto const done =
            has_file(group, wish.v2.file) ? detail::write_control(group, wish.v2.file, wish.v2.text) : in_v1(wish);
        if (!done)
            limited.refused_.push_back(
                fmt::format("{}: no control group here that limits it: {}", wish.what, done.error().message()));
    }
    return limited;
}

Limited::~Limited() {
    // That its last process has ended is told of v2 a moment before every other hierarchy has counted it.
    constexpr int tries = 50;
    for (auto const& group : groups_)
        for (int n = 0; n < tries; ++n) {
            auto const removed = base::sys::remove_directory(group.path);
            if (removed || removed.error().number != EBUSY) break;
            std::this_thread::yield();
        }
}

std::vector<int> Limited::joins() const {
    std::vector<int> directories;
    for (auto const& group : groups_)
        directories.push_back(group.directory.get());
    return directories;
}

int Limited::memory_group() const {
    auto const found = std::ranges::find(groups_, "memory", &Group::controller);
    return found == groups_.end() ? -1 : found->directory.get();
}

std::optional<std::uint64_t> Limited::counted(std::string const& file) const {
    int const group = memory_group();
    return group < 0 ? std::nullopt : detail::read_value(group, file);
}

std::optional<std::uint64_t> Limited::memory_limit() const {
    constexpr std::uint64_t boundless = std::uint64_t{1} << 62U; // v1 has no word for it, only a number near 2^63
    auto const bytes = counted("memory.limit_in_bytes");
    return bytes && *bytes < boundless ? bytes : std::nullopt;
}

std::optional<std::uint64_t> Limited::oom_kills() const {
    int const group = memory_group();
    return group < 0 ? std::nullopt : detail::read_keyed(group, "memory.oom_control", "oom_kill");
}

} // namespace mitori::cgroup
