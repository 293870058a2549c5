// Control groups as a table of paths and pids. An emptied group that is watched is told by the loop, as the kernel
// would: never from inside the call that emptied it.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/sys.hpp"
#include "cgroup/groups.hpp"
#include "fake/fake_loop.hpp"

namespace mitori::test {

class FakeGroups final : public cgroup::Groups {
public:
    explicit FakeGroups(FakeLoop& loop) : loop_(loop) {}

    // -- what the test does and looks at
    void enter(std::string const& path, pid_t pid) { groups[path].insert(pid); }
    void leave(pid_t pid) {
        for (auto& [path, pids] : groups)
            if (pids.erase(pid) != 0 && pids.empty()) tell_empty(path);
    }
    /// Memory ran out, and the kernel has ended so many.
    void run_out_of_memory(std::string const& path, std::uint64_t victims) {
        kills[path] += victims;
        if (!oom_watched.contains(path)) return;
        oom_.push_back(path);
        loop_.make_readable(descriptor);
    }
    std::map<std::string, std::set<pid_t>> groups;
    std::map<std::string, cgroup::Limits> limited;
    std::vector<std::string> refuses; ///< said of every limit
    std::map<std::string, std::uint64_t> kills;
    std::set<std::string> oom_watched;
    std::function<void(pid_t, base::Signal)> signalled = [](pid_t, base::Signal) {};

    // -- the face
    cgroup::Place place() const override { return cgroup::Place::unified; }
    std::string reason() const override { return "a table"; }
    std::string base() const override { return "/"; }
    base::Result<void> make(std::string const& path) override {
        groups[path];
        return {};
    }
    base::Result<base::Fd> open(std::string const&) override { return base::sys::open("/", O_RDONLY | O_DIRECTORY); }
    base::Result<std::vector<pid_t>> pids(std::string const& path) override {
        std::vector<pid_t> found;
        for (auto const& [name, members] : groups)
            if (name == path || name.starts_with(path + "/")) found.insert(found.end(), members.begin(), members.end());
        return found;
    }
    base::Result<bool> populated(std::string const& path) override { return !pids(path)->empty(); }
    base::Result<std::size_t> kill(std::string const& path, base::Signal signal,
                                   std::vector<pid_t> const& spare) override {
        std::size_t count = 0;
        auto const members = *pids(path);
        for (auto const pid : members)
            if (std::ranges::find(spare, pid) == spare.end()) {
                ++count;
                signalled(pid, signal);
            }
        return count;
    }
    base::Result<void> remove(std::string const& path) override {
        if (*populated(path)) return base::make_error(EBUSY, "remove group", path);
        groups.erase(path);
        return {};
    }
    Bounds limit(std::string const& path, cgroup::Limits const& limits) override {
        limited[path] = limits;
        return {{}, refuses};
    }
    std::optional<std::uint64_t> oom_kills(std::string const& path) override { return kills[path]; }
    OomLimit oom_limit(std::string const& path) override { return {limited[path].memory, "/" + path}; }
    base::Result<void> watch_oom(std::string const& path) override {
        oom_watched.insert(path);
        return {};
    }
    std::vector<std::string> take_oom() override { return std::exchange(oom_, {}); }
    cgroup::Accounting account(std::string const& path) override {
        return {.cpu = std::chrono::milliseconds(7), .memory = 4096, .memory_peak = 8192, .tasks = pids(path)->size()};
    }
    std::optional<std::string> path_of(pid_t pid) override {
        for (auto const& [path, members] : groups)
            if (members.contains(pid)) return path;
        return std::nullopt;
    }
    base::Result<void> watch_empty(std::string const& path) override {
        watched_.insert(path);
        if (!*populated(path)) tell_empty(path);
        return {};
    }
    void unwatch(std::string const& path) override { watched_.erase(path); }
    int events() const override { return descriptor; }
    std::vector<std::string> take_empty() override { return std::exchange(empty_, {}); }

private:
    /// No real descriptor: a number that only the fake loop knows.
    static constexpr int descriptor = 1'000'000;
    void tell_empty(std::string const& path) {
        if (watched_.erase(path) == 0) return;
        empty_.push_back(path);
        loop_.make_readable(descriptor);
    }
    FakeLoop& loop_;
    std::set<std::string> watched_;
    std::vector<std::string> empty_;
    std::vector<std::string> oom_;
};

} // namespace mitori::test
