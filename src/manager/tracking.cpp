#include "manager/tracking.hpp"

#include <algorithm>
#include <csignal>
#include <thread>
#include <unistd.h>

#include "base/sys.hpp"

namespace mitori::manager {
namespace {

class ByGroups final : public Tracking {
public:
    explicit ByGroups(cgroup::Groups& groups) : groups_(groups) {}

    std::vector<pid_t> processes(Marks const& marks) override {
        return groups_.pids(marks.group).value_or(std::vector<pid_t>{});
    }
    bool populated(Marks const& marks) override { return groups_.populated(marks.group).value_or(false); }
    bool owns(Marks const& marks, pid_t pid) override {
        auto const path = groups_.path_of(pid);
        return path && (*path == marks.group || path->starts_with(marks.group + "/"));
    }
    bool signal(Marks const& marks, base::Signal signal, std::vector<pid_t> const& spare) override {
        bool const any = std::ranges::any_of(processes(marks),
                                             [&](pid_t pid) { return std::ranges::find(spare, pid) == spare.end(); });
        if (any) static_cast<void>(groups_.kill(marks.group, signal, spare));
        return any;
    }

private:
    cgroup::Groups& groups_;
};

class ByMarks final : public Tracking {
public:
    explicit ByMarks(procfs::Procfs& procfs) : procfs_(procfs) {}

    std::vector<pid_t> processes(Marks const& marks) override {
        std::vector<pid_t> ours;
        if (marks.invocation.empty()) return ours;
        auto const all = procfs_.processes();
        for (auto const& process : all)
            if (process.state != 'Z' && process.pid != ::getpid() && marked(marks, process))
                ours.push_back(process.pid);
        add_descendants(all, ours);
        return ours;
    }
    bool populated(Marks const& marks) override { return !processes(marks).empty(); }
    bool owns(Marks const& marks, pid_t pid) override {
        auto const process = procfs_.process(pid);
        if (process && marked(marks, *process)) return true;
        auto const pids = processes(marks);
        return std::ranges::find(pids, pid) != pids.end();
    }
    bool signal(Marks const& marks, base::Signal signal, std::vector<pid_t> const& spare) override {
        bool any = false;
        // A process that forks while it is being killed leaves a child that the next look finds; a bound keeps a fork
        // bomb from holding the manager here, its next time-out tries again.
        int const rounds = signal.number == SIGKILL ? 16 : 1;
        for (int round = 0; round < rounds; ++round) {
            bool found = false;
            for (auto const pid : processes(marks)) {
                if (std::ranges::find(spare, pid) != spare.end()) continue;
                auto const pidfd = base::sys::pidfd_open(pid);
                if (!pidfd || !owns(marks, pid)) continue;
                found |= base::sys::pidfd_send_signal(pidfd->get(), signal).has_value();
            }
            any |= found;
            if (!found) break;
        }
        return any;
    }

private:
    [[nodiscard]] bool marked(Marks const& marks, procfs::Process const& process) {
        if (std::ranges::find(marks.leaders, process.pid) != marks.leaders.end()) return true;
        if (std::ranges::find(marks.sessions, process.session) != marks.sessions.end()) return true;
        return invocation_of(process) == marks.invocation;
    }
    /// In the middle of its execve(2) a process shows no environment for a moment. For an orphan of ours that moment is
    /// waited for, or a daemon would not be seen that forks, lets its parent end and executes something; who has none
    /// at all costs a look these few milliseconds.
    [[nodiscard]] std::optional<std::string> invocation_of(procfs::Process const& process) {
        constexpr int looks = 8;
        auto found = procfs_.environment(process.pid, "INVOCATION_ID");
        bool const orphan = process.parent == ::getpid() && process.state != 'Z';
        for (int look = 1; !found && orphan && look < looks && !procfs_.environment(process.pid, "PATH"); ++look) {
            std::this_thread::sleep_for(std::chrono::microseconds(500));
            found = procfs_.environment(process.pid, "INVOCATION_ID");
        }
        return found;
    }
    // Whoever hangs below a process of ours is ours, whatever it has done to its environment and session.
    static void add_descendants(std::vector<procfs::Process> const& all, std::vector<pid_t>& ours) {
        for (std::size_t i = 0; i < ours.size(); ++i)
            for (auto const& process : all)
                if (process.parent == ours[i] && process.state != 'Z' &&
                    std::ranges::find(ours, process.pid) == ours.end())
                    ours.push_back(process.pid);
    }
    procfs::Procfs& procfs_;
};

} // namespace

std::unique_ptr<Tracking> track_by_groups(cgroup::Groups& groups) { return std::make_unique<ByGroups>(groups); }
std::unique_ptr<Tracking> track_by_marks(procfs::Procfs& procfs) { return std::make_unique<ByMarks>(procfs); }

std::string group_path(std::string const& unit, std::string const& slice) {
    std::string path;
    // "a-b-c.slice" lies in "a-b.slice", which lies in "a.slice": systemd.slice(5). "-.slice" is the base itself.
    if (slice != "-.slice")
        for (auto dash = slice.find('-'); dash != std::string::npos; dash = slice.find('-', dash + 1))
            path += slice.substr(0, dash) + ".slice/";
    if (!slice.empty() && slice != "-.slice") path += slice + "/";
    // Names that the kernel or the file system keeps for itself get systemd's underscore in front.
    bool const reserved = unit.starts_with('_') || unit.starts_with('.') || unit.starts_with("cgroup.");
    return path + (reserved ? "_" : "") + unit;
}

} // namespace mitori::manager
