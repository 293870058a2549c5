#include "manager/deaths.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <fmt/format.h>

namespace mitori::manager {
namespace {

using status::Cause;
using status::Death;
using status::DeathKind;

constexpr std::uint64_t block = 512; // getrusage(2), ru_inblock

/// Signals that a process earns by what it does. They can be sent, too.
bool is_fault(int signal) {
    constexpr std::array faults{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGABRT};
    return std::ranges::find(faults, signal) != faults.end();
}

std::string why_unknown(int signal) {
    constexpr std::string_view who = "the kernel's tracepoints would (mitori record --host, or a manager with CAP_BPF)";
    if (is_fault(signal))
        return fmt::format("wait(2) does not tell whether the process did this itself or somebody sent the signal; {}",
                           who);
    return fmt::format("wait(2) does not tell who sent the signal; {}", who);
}

DeathKind kind_of(process::ExitKind kind) {
    using process::ExitKind;
    return kind == ExitKind::killed   ? DeathKind::killed
           : kind == ExitKind::dumped ? DeathKind::dumped
                                      : DeathKind::exited;
}

void blame(Death& death, Sending const& sending) {
    death.request = sending.why;
    death.sender = sending.by.who;
    if (sending.by.who.pid == 0) return;
    death.sender_command = sending.by.command;
    death.sender_user = sending.by.user;
    death.sender_parent = sending.by.parent_command;
}

} // namespace

void take_exit(Death& death, process::Exit const& exit) {
    death.kind = kind_of(exit.kind);
    death.status = exit.status;
    death.ended = exit.at;
    // The kernel's own count is finer than the ticks in /proc; but it holds the children's, and then it is far above.
    static constexpr base::Usec tick = std::chrono::milliseconds(20);
    auto const own = [](std::optional<base::Usec>& known, base::Usec waited) {
        if (!known || (waited >= *known && waited - *known < tick)) known = waited;
    };
    own(death.cpu_user, exit.usage.user);
    own(death.cpu_system, exit.usage.system);
    death.peak_memory = exit.usage.peak_memory;
    death.read_bytes = exit.usage.blocks_in * block;
    death.written_bytes = exit.usage.blocks_out * block;
    death.sources = death.sources | status::Source::wait;
}

void judge(Death& death, std::span<Sending const> sent) {
    if (death.kind == DeathKind::exited) {
        death.cause = Cause::itself;
        // That it was asked to end says why a daemon exited with 0.
        if (!sent.empty()) blame(death, sent.back());
        return;
    }
    auto const signal = base::Signal{death.status};
    auto const found = std::ranges::find(sent, signal, &Sending::signal);
    if (found == sent.end()) {
        death.unknown = why_unknown(death.status);
        return;
    }
    death.cause = Cause::manager;
    blame(death, *found);
}

std::string asked_by(std::string const& what, status::Requester const& by) {
    if (by.who.pid == 0) return what;
    return fmt::format("{} by pid {} ({})", what, by.who.pid, by.command);
}

} // namespace mitori::manager
