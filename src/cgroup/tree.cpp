#include "cgroup/detail/tree.hpp"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

#include "base/sys.hpp"
#include "cgroup/detail/files.hpp"
#include "cgroup/detail/hierarchy.hpp"

namespace mitori::cgroup::detail {
namespace sys = base::sys;
namespace {

std::string here(std::string const& path) { return path.empty() ? "." : path; }

/// Does the group of a unit begin here, or is this one for groups only? Controllers are given out in the latter: a
/// group that gives them out may hold no processes itself.
bool is_inner(std::string const& path) { return path.empty() || path.ends_with(".slice"); }

bool is_missing(base::Error const& error) { return error.number == ENOENT || error.number == ENODEV; }

/// Adds up what a file counts in a group and the groups below.
base::Result<void> collect(int group, std::string const& file, std::vector<pid_t>& into) {
    auto const read = read_numbers(group, file, into);
    if (!read) return is_missing(read.error()) ? base::Result<void>{} : read;
    for (auto const& name : TRY(subgroups(group))) {
        auto const below = sys::open_at(group, name, O_RDONLY | O_DIRECTORY);
        if (!below && is_missing(below.error())) continue;
        if (!below) return std::unexpected(below.error());
        TRY(collect(below->get(), file, into));
    }
    return {};
}

/// Removes the groups below this one, deepest first.
base::Result<void> remove_below(int group) {
    for (auto const& name : TRY(subgroups(group))) {
        auto const below = sys::open_at(group, name, O_RDONLY | O_DIRECTORY);
        if (!below && is_missing(below.error())) continue;
        if (!below) return std::unexpected(below.error());
        TRY(remove_below(below->get()));
        auto const removed = sys::remove_directory_at(group, name);
        if (!removed && !is_missing(removed.error())) return removed;
    }
    return {};
}

} // namespace

base::Result<void> Tree::make(std::string const& path) {
    // Linux 6.14 and newer kill who is born (CLONE_INTO_CGROUP) in a group that cgroup.kill was ever written to: the
    // fork compares the kill count of the parent's own group with the new one's. A fresh group starts at nought.
    if (killed_.contains(path)) static_cast<void>(remove(path));
    auto made = make_one(path);
    if (made || made.error().number != ENOENT) return made;
    // A parent that was known has been removed behind our back: make all anew.
    made_.clear();
    return make_one(path);
}

base::Result<void> Tree::make_one(std::string const& path) {
    for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
        std::string const parent = path.substr(0, slash);
        if (made_.contains(parent)) continue;
        auto const made = sys::mkdir_at(directory_.get(), parent, 0755);
        if (!made && made.error().number != EEXIST) return made;
        give_controllers(parent);
        made_.insert(parent);
    }
    if (path.empty()) return {};
    auto made = sys::mkdir_at(directory_.get(), path, 0755);
    if (!made && made.error().number == EEXIST) return {};
    return made;
}

void Tree::give_controllers(std::string const& path) {
    if (site_.controllers.empty() || !is_inner(path)) return;
    auto const group = sys::open_at(directory_.get(), here(path), O_RDONLY | O_DIRECTORY);
    if (!group) return;
    static_cast<void>(enable(group->get(), site_.controllers));
}

base::Result<base::Fd> Tree::open(std::string const& path) {
    return sys::open_at(directory_.get(), here(path), O_RDONLY | O_DIRECTORY);
}

base::Result<std::vector<pid_t>> Tree::numbers(std::string const& path, std::string const& file) {
    std::vector<pid_t> found;
    auto const group = open(path);
    if (!group && is_missing(group.error())) return found;
    if (!group) return std::unexpected(group.error());
    TRY(collect(group->get(), file, found));
    return found;
}

base::Result<std::vector<pid_t>> Tree::pids(std::string const& path) { return numbers(path, "cgroup.procs"); }

base::Result<bool> Tree::populated(std::string const& path) {
    auto const group = open(path);
    if (!group && is_missing(group.error())) return false;
    if (!group) return std::unexpected(group.error());
    if (auto const events = read_keyed(group->get(), "cgroup.events", "populated")) return *events != 0;
    // The root of the hierarchy has no such file.
    return !TRY(pids(path)).empty();
}

base::Result<void> Tree::remove(std::string const& path) {
    watch_.remove(path);
    oom_watch_.remove(path);
    limited_.erase(path);
    auto const goes = [&](std::string const& known) { return path.empty() || below("/" + path, "/" + known); };
    std::erase_if(made_, goes);
    auto const removed = remove_one(path);
    if (!removed && !is_missing(removed.error())) return removed;
    std::erase_if(killed_, goes);
    return {};
}

base::Result<void> Tree::remove_one(std::string const& path) {
    if (!path.empty()) {
        // Mostly there is nothing below, and one call does it.
        auto removed = sys::remove_directory_at(directory_.get(), path);
        if (removed || (removed.error().number != EBUSY && removed.error().number != ENOTEMPTY)) return removed;
    }
    base::Fd const group = TRY(open(path));
    TRY(remove_below(group.get()));
    if (!path.empty()) return sys::remove_directory_at(directory_.get(), path);
    return site_.owned == Site::Owned::yes ? sys::remove_directory(site_.directory) : base::Result<void>{};
}

// A group in v1 is called after the whole path of the one in v2: groups of several managers lie side by side there.
Groups::Bounds Tree::limit(std::string const& path, Limits const& limits) {
    auto const group = open(path);
    std::string name = site_.base + "/" + path;
    name.erase(0, name.find_first_not_of('/'));
    std::ranges::replace(name, '/', '-');
    limited_.erase(path);
    auto limited = Limited::apply(limits, group ? group->get() : -1, name, site_.proc);
    Bounds bounds{limited.joins(), limited.refused()};
    if (!bounds.joins.empty()) limited_.emplace(path, std::move(limited));
    return bounds;
}

std::optional<std::uint64_t> Tree::oom_kills(std::string const& path) {
    auto const group = open(path);
    if (auto const kills = group ? read_keyed(group->get(), "memory.events", "oom_kill") : std::nullopt) return kills;
    auto const limited = limited_.find(path);
    return limited == limited_.end() ? std::nullopt : limited->second.oom_kills();
}

Groups::OomLimit Tree::oom_limit(std::string const& path) {
    auto const named = [&](std::string const& group) {
        return (site_.base == "/" ? "" : site_.base) + (group.empty() && site_.base != "/" ? "" : "/" + group);
    };
    if (auto const limited = limited_.find(path); limited != limited_.end())
        if (auto const bytes = limited->second.memory_limit()) return {bytes, named(path)};
    for (std::string at = path;; at.erase(at.find('/') == at.npos ? 0 : at.rfind('/'))) {
        auto const group = open(at);
        // Where the kernel counts how often a group's own limit was the reason, that decides.
        auto const bytes = group ? read_value(group->get(), "memory.max") : std::nullopt;
        auto const hits = group ? read_keyed(group->get(), "memory.events.local", "oom") : std::nullopt;
        if (bytes && hits.value_or(1) != 0) return {bytes, named(at)};
        if (at.empty()) return {};
    }
}

base::Result<void> Tree::watch_oom(std::string const& path) {
    if (auto const limited = limited_.find(path); limited != limited_.end() && limited->second.memory_group() >= 0)
        return oom_watch_.add_v1(limited->second.memory_group(), path);
    // Asked for at each start of each unit: where it cannot be there, nobody looks.
    if (std::ranges::find(site_.controllers, "memory") == site_.controllers.end())
        return base::make_error(ENOTSUP, "watch the memory of", path);
    return oom_watch_.add(site_.directory + "/" + path, path);
}

Accounting Tree::account(std::string const& path) {
    Accounting account;
    auto const group = open(path);
    if (!group) return account;
    if (auto const cpu = read_keyed(group->get(), "cpu.stat", "usage_usec"))
        account.cpu = base::Usec(static_cast<base::Usec::rep>(*cpu));
    account.memory = read_value(group->get(), "memory.current");
    account.memory_peak = read_value(group->get(), "memory.peak");
    if (auto const limited = limited_.find(path); limited != limited_.end() && !account.memory) {
        account.memory = limited->second.memory();
        account.memory_peak = limited->second.memory_peak();
    }
    account.tasks = read_value(group->get(), "pids.current");
    if (account.tasks) return account;
    // Without the pids controller the threads can still be counted.
    if (auto const threads = numbers(path, "cgroup.threads")) account.tasks = threads->size();
    return account;
}

std::optional<std::string> Tree::path_of(pid_t pid) {
    auto const text = sys::read_file(site_.proc + "/" + std::to_string(pid) + "/cgroup");
    if (!text) return std::nullopt;
    auto const membership = parse_membership(*text);
    return membership ? below(site_.base, *membership) : std::nullopt;
}

base::Result<void> Tree::watch_empty(std::string const& path) {
    return watch_.add(path.empty() ? site_.directory : site_.directory + "/" + path, path);
}

} // namespace mitori::cgroup::detail
