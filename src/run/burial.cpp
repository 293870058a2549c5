#include "run/burial.hpp"

#include <csignal>
#include <fmt/format.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "procfs/snapshot.hpp"
#include "procfs/start_time.hpp"

namespace mitori::run {
namespace {

using status::Cause;
using status::Death;
using status::DeathKind;

constexpr std::uint64_t block = 512; // getrusage(2), ru_inblock

DeathKind kind_of(process::ExitKind kind) {
    if (kind == process::ExitKind::killed) return DeathKind::killed;
    return kind == process::ExitKind::dumped ? DeathKind::dumped : DeathKind::exited;
}

void take_exit(Death& death, process::Exit const& exit) {
    death.kind = kind_of(exit.kind);
    death.status = exit.status;
    death.ended = exit.at;
    death.cpu_user = exit.usage.user;
    death.cpu_system = exit.usage.system;
    death.peak_memory = exit.usage.peak_memory;
    death.read_bytes = exit.usage.blocks_in * block;
    death.written_bytes = exit.usage.blocks_out * block;
    death.minor_faults = exit.usage.minor_faults;
    death.major_faults = exit.usage.major_faults;
    death.sources = death.sources | status::Source::wait;
}

/// We sent it, and why.
void blame_us(Death& death, std::string why) {
    death.cause = Cause::manager;
    death.request = std::move(why);
    death.sender.pid = ::getpid();
    death.sender_command = "mitori";
    death.sender_user = ::geteuid();
}

constexpr std::string_view who_sent =
    "wait(2) does not tell who sent the signal; the kernel's tracepoints would (mitori record --host)";

void judge_command(Death& death, Settings const& settings, TimedOut timed_out) {
    bool const exited = death.kind == DeathKind::exited;
    auto const last = timed_out == TimedOut::killed ? SIGKILL : settings.signal.number;
    // A signal that is taken as a wish ends in an exit.
    if (timed_out != TimedOut::no && (exited || death.status == last))
        blame_us(death, fmt::format("mitori run, when its --timeout of {} was over",
                                    base::show_span(settings.timeout.value_or(base::Usec(0)))));
    if (exited) death.cause = Cause::itself;
    if (death.cause == Cause::unknown) death.unknown = who_sent;
}

Death death_of(Descendant const& one) {
    Death death;
    death.who.pid = one.pid;
    death.comm = one.name;
    take_exit(death, *one.end);
    if (death.kind == DeathKind::exited)
        death.cause = Cause::itself;
    else if (one.ended_by_us)
        blame_us(death, "mitori run, when the command was over");
    else
        death.unknown = who_sent;
    return death;
}

} // namespace

Death describe_living(pid_t pid) {
    Death death;
    death.who.pid = pid;
    auto procfs = procfs::Procfs::open();
    auto const row = procfs ? procfs->process(pid) : std::nullopt;
    if (!row) return death; // it has ended already
    death.who.start_ticks = row->start_ticks;
    death.comm = row->comm;
    death.group = row->group;
    death.session = row->session;
    death.started = procfs::started_at(row->start_ticks);
    death.user = procfs->owner(pid);
    death.executable = base::sys::read_link(fmt::format("/proc/{}/exe", pid)).value_or("");
    death.parent.pid = row->parent;
    if (auto const parent = procfs->process(row->parent)) {
        death.parent.start_ticks = parent->start_ticks;
        death.parent_command = parent->comm;
    }
    return death;
}

std::vector<Death> deaths_of(Settings const& settings, Report const& report, Death const& command) {
    std::vector<Death> deaths;
    for (auto const& one : report.descendants)
        if (one.end) deaths.push_back(death_of(one));
    auto death = command;
    if (death.comm.empty()) death.comm = settings.command.front().substr(settings.command.front().rfind('/') + 1);
    // As we started it: one that ends at once tells no other any more.
    death.command_line = base::printable(base::join(settings.command, " "));
    take_exit(death, report.ended.exit);
    judge_command(death, settings, report.ended.timed_out);
    deaths.push_back(std::move(death));
    return deaths;
}

} // namespace mitori::run
