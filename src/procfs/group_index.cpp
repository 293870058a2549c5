#include "procfs/group_index.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "base/octal.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::procfs {
namespace sys = base::sys;
namespace {

/// A look into a group costs about as much as two looks at a process.
constexpr std::size_t processes_for_a_group = 2;
constexpr std::size_t most_hierarchies = 32;

/// "4:memory:/a" -> "memory"; "" for "0::/a".
std::optional<std::string_view> controllers_of(std::string_view line) {
    auto const first = line.find(':');
    auto const second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) return std::nullopt;
    return line.substr(first + 1, second - first - 1);
}

/// Whether these options of a mount ("rw,memory") name all controllers of the hierarchy.
bool has_all(std::string_view options, std::string_view controllers) {
    auto const words = base::split(options, ",");
    auto const wanted = base::split(controllers, ",");
    return std::ranges::all_of(wanted, [&](auto one) { return std::ranges::find(words, one) != words.end(); });
}

/// The mount point of a hierarchy that is mounted from its root; empty where there is none.
std::string point_of(std::string_view controllers, std::string_view mountinfo) {
    for (auto const line : base::split(mountinfo, "\n")) {
        // Root and mount point are the fourth and fifth field; behind the dash: type, source, options. proc(5).
        auto const fields = base::split(line, " ");
        auto const dash = std::ranges::find(fields, "-");
        if (dash - fields.begin() < 6 || fields.end() - dash < 4 || fields[3] != "/") continue;
        bool const is_it =
            controllers.empty() ? dash[1] == "cgroup2" : dash[1] == "cgroup" && has_all(dash[3], controllers);
        if (is_it) return base::read_octal_escapes(fields[4]);
    }
    return {};
}

/// Nothing of a group that has been removed meanwhile.
std::vector<std::string> folders_in(std::string const& path) {
    std::vector<std::string> names;
    auto const told = sys::stat(path);
    if (!told || told->st_nlink == 2) return names; // kernfs counts folders there: it has none
    std::error_code error;
    for (auto at = std::filesystem::directory_iterator(path, error); !error && at != end(at); at.increment(error))
        if (at->is_directory(error)) names.push_back(at->path().filename().string());
    return names;
}

} // namespace

std::optional<std::vector<GroupIndex::Hierarchy>> GroupIndex::find_hierarchies(std::string_view memberships,
                                                                               std::string_view mountinfo) {
    std::vector<Hierarchy> all;
    for (auto const line : base::split(memberships, "\n")) {
        auto const controllers = controllers_of(line);
        if (!controllers || line.find("/..") != line.npos) return std::nullopt;
        auto const words = base::split(*controllers, ",");
        Hierarchy one{.point = point_of(*controllers, mountinfo),
                      .is_unified = controllers->empty(),
                      .is_memory = std::ranges::find(words, "memory") != words.end()};
        if (one.point.empty()) return std::nullopt;
        all.push_back(std::move(one));
    }
    return all.empty() || all.size() > most_hierarchies ? std::nullopt : std::optional(std::move(all));
}

std::optional<GroupIndex> GroupIndex::read(std::span<pid_t const> pids, std::string_view memberships,
                                           std::string_view mountinfo) {
    auto const hierarchies = find_hierarchies(memberships, mountinfo);
    if (!hierarchies) return std::nullopt;
    GroupIndex index;
    index.known_.assign(pids.begin(), pids.end());
    index.places_.resize(pids.size());
    index.paths_.emplace_back("/");
    std::uint32_t bit = 1;
    for (auto const& hierarchy : *hierarchies) {
        index.has_memory_ = index.has_memory_ || hierarchy.is_memory;
        // Most of v1's have no groups at all: everybody is in the root, and nothing needs to be read to know it.
        if (folders_in(hierarchy.point).empty()) continue;
        if (!index.walk(hierarchy, bit)) return std::nullopt;
        index.all_ |= bit;
        index.has_unified_ = index.has_unified_ || hierarchy.is_unified;
        bit <<= 1U;
    }
    return index;
}

bool GroupIndex::walk(Hierarchy const& hierarchy, std::uint32_t bit) {
    std::vector<std::string> next{""};
    while (!next.empty()) {
        auto const path = std::move(next.back());
        next.pop_back();
        if (paths_.size() * processes_for_a_group > known_.size()) return false;
        if (!take_group(hierarchy, path, bit)) return false;
        for (auto const& name : folders_in(hierarchy.point + path))
            next.push_back(path + "/" + name);
    }
    return true;
}

bool GroupIndex::take_group(Hierarchy const& hierarchy, std::string const& path, std::uint32_t bit) {
    auto const text = sys::read_file(hierarchy.point + path + "/cgroup.procs");
    if (!text) return text.error().number == ENOENT || text.error().number == ENODEV; // gone
    auto const number = static_cast<std::uint32_t>(paths_.size());
    paths_.push_back(path.empty() ? "/" : path);
    for (char const *at = text->data(), *const end = at + text->size(); at < end; ++at) {
        pid_t pid = 0;
        at = std::from_chars(at, end, pid).ptr;
        if (pid > 0) take_process(hierarchy, pid, number, bit); // 0: of an outer pid namespace
    }
    return true;
}

void GroupIndex::take_process(Hierarchy const& hierarchy, pid_t pid, std::uint32_t path, std::uint32_t bit) {
    auto const found = std::ranges::lower_bound(known_, pid);
    if (found == known_.end() || *found != pid) return; // begun since
    auto& place = places_[static_cast<std::size_t>(found - known_.begin())];
    place.twice = place.twice || (place.seen & bit) != 0;
    if (hierarchy.is_unified) place.unified = path;
    if (hierarchy.is_memory) place.memory = path;
    bool const is_longer = place.seen == 0 || paths_[path].size() > paths_[place.longest].size();
    if (is_longer) place.longest = path;
    place.seen |= bit;
}

bool GroupIndex::fill(Row& row) const {
    auto const found = std::ranges::lower_bound(known_, row.pid);
    if (found == known_.end() || *found != row.pid) return false;
    auto const& place = places_[static_cast<std::size_t>(found - known_.begin())];
    if (place.seen != all_ || place.twice) return false;
    auto const& unified = paths_[place.unified];
    row.cgroup = has_unified_ && unified.size() > 1 ? unified : paths_[place.longest];
    if (has_memory_) row.memory_cgroup = paths_[place.memory];
    return true;
}

} // namespace mitori::procfs
