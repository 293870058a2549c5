#include "cli/detail/kill_targets.hpp"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

#include "base/sys.hpp"

namespace mitori::cli::detail {

namespace {

enum class Sent { yes, gone, refused };

/// The signal to the process of this row, or to nobody.
Sent send_to(procfs::Scanner& scanner, procfs::Row const& row, base::Signal signal) {
    auto const descriptor = base::sys::pidfd_open(row.pid);
    if (!descriptor) return Sent::gone;
    auto const now = scanner.one(row.pid);
    if (!now || !now->same_process(row)) return Sent::gone;
    auto const sent = base::sys::pidfd_send_signal(descriptor->get(), signal);
    if (sent) return Sent::yes;
    return sent.error().number == EPERM ? Sent::refused : Sent::gone;
}

} // namespace

std::vector<procfs::Row> Killer::targets() {
    auto const rows = scanner_.all(parts_);
    std::vector<procfs::Row> found;
    for (auto const index : choose_(rows))
        if (auto const& row = rows[index]; row.pid != ::getpid() && !row.is_kernel_thread()) found.push_back(row);
    return found;
}

bool Killer::round(base::Signal signal, std::map<pid_t, std::uint64_t>& had, KillOutcome& outcome) {
    bool any = false;
    for (auto const& row : targets()) {
        auto const known = had.find(row.pid);
        if (row.is_zombie() || (known != had.end() && known->second == row.start_ticks)) continue;
        any = true;
        had[row.pid] = row.start_ticks;
        auto const sent = send_to(scanner_, row, signal);
        if (sent == Sent::yes) outcome.hit.push_back(row);
        if (sent == Sent::refused) outcome.refused.push_back(row);
    }
    return any;
}

void Killer::rounds(base::Signal signal, KillOutcome& outcome) {
    constexpr int most = 100;
    std::map<pid_t, std::uint64_t> had;
    for (int i = 0; i < most && round(signal, had, outcome); ++i) {}
}

KillOutcome Killer::send(base::Signal signal) {
    KillOutcome outcome;
    if (signal.number != SIGKILL) {
        rounds(signal, outcome);
        return outcome;
    }
    KillOutcome stopped;
    rounds({SIGSTOP}, stopped);
    outcome.refused = std::move(stopped.refused);
    // Those that were stopped, whoever their parent is by now.
    for (auto const& row : stopped.hit)
        if (send_to(scanner_, row, signal) == Sent::yes) outcome.hit.push_back(row);
    return outcome;
}

} // namespace mitori::cli::detail
