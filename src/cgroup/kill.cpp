// Signals for all processes of a group.
#include <cerrno>
#include <unistd.h>

#include "base/sys.hpp"
#include "cgroup/detail/files.hpp"
#include "cgroup/detail/hierarchy.hpp"
#include "cgroup/detail/tree.hpp"

namespace mitori::cgroup::detail {
namespace sys = base::sys;
namespace {

/// Holds all processes of a group still while it lives: none can fork away from the one who signals them. Frozen
/// processes of v2 can be killed.
class Frozen {
public:
    explicit Frozen(int group) : group_(group) { static_cast<void>(write_control(group_, "cgroup.freeze", "1")); }
    Frozen(Frozen const&) = delete;
    Frozen& operator=(Frozen const&) = delete;
    ~Frozen() { static_cast<void>(write_control(group_, "cgroup.freeze", "0")); }

private:
    int group_;
};

} // namespace

base::Result<std::size_t> Tree::kill(std::string const& path, base::Signal signal, std::vector<pid_t> const& spare) {
    std::set<pid_t> spared(spare.begin(), spare.end());
    spared.insert(::getpid());
    auto const ours = path_of(::getpid());
    bool const we_are_inside = ours && below("/" + path, "/" + *ours);
    // What would kill or freeze the group whole would do it to us.
    if (signal.number != SIGKILL || we_are_inside) return signal_all(path, signal, spared);
    if (!spare.empty()) return kill_frozen(path, spared);
    auto killed = kill_whole(path);
    bool const has_file = killed || killed.error().number != ENOENT;
    return has_file ? killed : kill_frozen(path, spared);
}

/// cgroup.kill, Linux 5.14; ENOENT where there is none, or no such group.
base::Result<std::size_t> Tree::kill_whole(std::string const& path) {
    base::Fd const group = TRY(open(path));
    std::size_t const count = TRY(pids(path)).size();
    TRY(write_control(group.get(), "cgroup.kill", "1"));
    if (!path.empty()) killed_.insert(path);
    return count;
}

base::Result<std::size_t> Tree::kill_frozen(std::string const& path, std::set<pid_t> const& spare) {
    auto const group = open(path);
    if (!group) return group.error().number == ENOENT ? base::Result<std::size_t>(0) : std::unexpected(group.error());
    Frozen const frozen(group->get());
    return signal_all(path, {SIGKILL}, spare);
}

base::Result<std::size_t> Tree::signal_all(std::string const& path, base::Signal signal, std::set<pid_t> const& spare) {
    std::set<pid_t> seen = spare;
    std::size_t count = 0;
    // Again for as long as there are new ones: who was signalled may have had a child in the meantime. Who forks faster
    // than this is for SIGKILL, which has no such limit.
    constexpr int most_rounds = 100;
    for (int round = 0; round < most_rounds; ++round) {
        std::size_t fresh = 0;
        for (pid_t const pid : TRY(pids(path))) {
            if (!seen.insert(pid).second) continue;
            ++fresh;
            if (TRY(signal_member(path, pid, signal))) ++count;
        }
        if (fresh == 0) break;
    }
    return count;
}

/// Whether it was there to be signalled. The pidfd is opened first and the membership looked at then: a pid that went
/// to another process in between is found out.
base::Result<bool> Tree::signal_member(std::string const& path, pid_t pid, base::Signal signal) {
    auto const pidfd = sys::pidfd_open(pid);
    if (!pidfd) return pidfd.error().number == ESRCH ? base::Result<bool>(false) : std::unexpected(pidfd.error());
    auto const where = path_of(pid);
    if (!where || !below("/" + path, "/" + *where)) return false;
    auto const sent = sys::pidfd_send_signal(pidfd->get(), signal);
    if (sent) return true;
    return sent.error().number == ESRCH ? base::Result<bool>(false) : std::unexpected(sent.error());
}

} // namespace mitori::cgroup::detail
