#include "procfs/group_limits.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/octal.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::procfs {
namespace sys = base::sys;
namespace {

/// A file with one number; nothing for "max", and for v1's huge number that means the same.
std::optional<std::uint64_t> read_number(std::string const& path) {
    constexpr std::uint64_t as_good_as_none = std::uint64_t{1} << 62U;
    auto const text = sys::read_file(path);
    auto const number = text ? base::parse_integer<std::uint64_t>(base::trim(*text)) : std::nullopt;
    return number && *number < as_good_as_none ? number : std::nullopt;
}

/// One file that limits, and the one that says how much is used.
struct LimitFile {
    std::string_view name;
    std::string_view used;
};
constexpr auto unified_files = std::to_array<LimitFile>({
    {"memory.max", "memory.current"},
    {"memory.high", "memory.current"},
    {"memory.swap.max", "memory.swap.current"},
    {"pids.max", "pids.current"},
});

void add_limit(std::vector<GroupLimit>& found, std::string const& directory, std::string_view group, LimitFile file) {
    auto const most = read_number(directory + "/" + std::string(file.name));
    if (!most) return;
    auto const used = read_number(directory + "/" + std::string(file.used));
    found.push_back({std::string(group.empty() ? "/" : group), std::string(file.name), *most, used.value_or(0), 0});
}

/// "50000 100000" of cpu.max; "max 100000" limits nothing.
void add_cpu(std::vector<GroupLimit>& found, std::string const& directory, std::string_view group) {
    auto const text = sys::read_file(directory + "/cpu.max");
    if (!text) return;
    auto const words = base::split(*text);
    if (words.size() < 2) return;
    auto const quota = base::parse_integer<std::uint64_t>(words[0]);
    auto const period = base::parse_integer<std::uint64_t>(words[1]);
    if (quota && period) found.push_back({std::string(group), "cpu.max", *quota, 0, *period});
}

/// Calls for the group and each above it, up to what is mounted: with its folder and its path.
void climb(std::string const& point, std::string const& root, std::string_view path,
           std::function<void(std::string const&, std::string_view)> const& visit) {
    if (path.find("/..") != path.npos) return; // outside of our cgroup namespace
    if (root != "/" && path.starts_with(root)) path.remove_prefix(root.size());
    for (;;) {
        while (path.ends_with('/'))
            path.remove_suffix(1);
        visit(point + std::string(path), path);
        if (path.empty()) return;
        path = path.substr(0, path.rfind('/'));
    }
}

bool has_word(std::string_view list, std::string_view word) {
    auto const words = base::split(list, ",");
    return std::ranges::find(words, word) != words.end();
}

} // namespace

std::optional<std::string_view> find_group(std::string_view cgroup_text, std::string_view controller) {
    for (auto const line : base::split(cgroup_text, "\n")) {
        auto const first = line.find(':');
        auto const second = first == line.npos ? line.npos : line.find(':', first + 1);
        if (second == line.npos) continue;
        auto const controllers = line.substr(first + 1, second - first - 1);
        if (controller.empty() ? controllers.empty() : has_word(controllers, controller))
            return line.substr(second + 1);
    }
    return std::nullopt;
}

GroupLimit const* binding(std::vector<GroupLimit> const& limits, Bound what) {
    auto const is_meant = [what](GroupLimit const& limit) {
        switch (what) {
        case Bound::memory: return limit.name == "memory.max" || limit.name == "memory.limit_in_bytes";
        case Bound::tasks: return limit.name == "pids.max";
        case Bound::processors: return limit.period != 0;
        }
        return false;
    };
    GroupLimit const* least = nullptr;
    for (auto const& limit : limits) {
        if (!is_meant(limit)) continue;
        bool const is_less = least == nullptr || (what == Bound::processors ? limit.share() < least->share()
                                                                            : limit.left() < least->left());
        if (is_less) least = &limit;
    }
    return least;
}

std::optional<MemoryLimit> tightest(std::vector<GroupLimit> const& limits) {
    auto const* const least = binding(limits, Bound::memory);
    return least != nullptr ? std::optional(MemoryLimit{least->most, least->used, least->group}) : std::nullopt;
}

GroupLimits::Mounts const& GroupLimits::mounts() {
    if (mounts_) return *mounts_;
    mounts_.emplace();
    auto const text = sys::read_file(mountinfo_);
    if (!text) return *mounts_;
    for (auto const line : base::split(*text, "\n")) {
        // Root and mount point are the fourth and fifth field; behind the dash: type, source, options. proc(5).
        auto const fields = base::split(line, " ");
        auto const dash = std::ranges::find(fields, "-");
        if (dash - fields.begin() < 6 || fields.end() - dash < 4) continue;
        Mount const mount{base::read_octal_escapes(fields[4]), base::read_octal_escapes(fields[3])};
        if (dash[1] == "cgroup2") mounts_->unified = mount;
        if (dash[1] != "cgroup") continue;
        if (has_word(dash[3], "memory")) mounts_->memory = mount;
        if (has_word(dash[3], "pids")) mounts_->pids = mount;
        if (has_word(dash[3], "cpu")) mounts_->cpu = mount;
    }
    return *mounts_;
}

std::optional<MemoryLimit> const& GroupLimits::memory(std::string const& unified, std::string const& v1) {
    bool const old = !v1.empty() && mounts().memory.has_value();
    auto const [place, is_new] = memory_.try_emplace((old ? "1" : "2") + (old ? v1 : unified));
    auto const& mount = old ? mounts().memory : mounts().unified;
    if (!is_new || !mount) return place->second;
    std::vector<GroupLimit> found;
    climb(mount->point, mount->root, old ? v1 : unified, [&](auto const& directory, auto group) {
        if (old)
            add_limit(found, directory, group, {"memory.limit_in_bytes", "memory.usage_in_bytes"});
        else
            add_limit(found, directory, group, unified_files[0]);
    });
    return place->second = tightest(found);
}

std::vector<GroupLimit> GroupLimits::all(std::string_view cgroup_text) {
    std::vector<GroupLimit> found;
    if (auto const path = find_group(cgroup_text, ""); path && mounts().unified)
        climb(mounts().unified->point, mounts().unified->root, *path, [&](auto const& directory, auto group) {
            for (auto const& file : unified_files)
                add_limit(found, directory, group, file);
            add_cpu(found, directory, group);
        });
    auto const add_v1 = [&](std::string_view controller, std::optional<Mount> const& mount, LimitFile file) {
        auto const path = find_group(cgroup_text, controller);
        if (!path || !mount) return;
        climb(mount->point, mount->root, *path,
              [&](auto const& directory, auto group) { add_limit(found, directory, group, file); });
    };
    add_v1("memory", mounts().memory, {"memory.limit_in_bytes", "memory.usage_in_bytes"});
    add_v1("pids", mounts().pids, {"pids.max", "pids.current"});
    if (auto const path = find_group(cgroup_text, "cpu"); path && mounts().cpu)
        climb(mounts().cpu->point, mounts().cpu->root, *path, [&](auto const& directory, auto group) {
            auto const quota = read_number(directory + "/cpu.cfs_quota_us"); // -1: none
            auto const period = read_number(directory + "/cpu.cfs_period_us");
            if (quota && period) found.push_back({std::string(group), "cpu.cfs_quota_us", *quota, 0, *period});
        });
    return found;
}

} // namespace mitori::procfs
