#include "process/exit.hpp"

#include <cerrno>
#include <chrono>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/signal.hpp"
#include "base/sys.hpp"
#include "process/detail/exit.hpp"
#include "process/stage.hpp"

namespace mitori::process {

namespace {

base::Usec duration(timeval const& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

ExitKind kind_of(int code) {
    switch (code) {
    case CLD_KILLED: return ExitKind::killed;
    case CLD_DUMPED: return ExitKind::dumped;
    case CLD_STOPPED:
    case CLD_TRAPPED: return ExitKind::stopped;
    case CLD_CONTINUED: return ExitKind::continued;
    default: return ExitKind::exited;
    }
}

Usage usage_of(rusage const& usage) {
    auto const count = [](long value) { return static_cast<std::uint64_t>(value); };
    return {.user = duration(usage.ru_utime),
            .system = duration(usage.ru_stime),
            .peak_memory = count(usage.ru_maxrss) * 1024, // getrusage(2): kilobytes
            .blocks_in = count(usage.ru_inblock),
            .blocks_out = count(usage.ru_oublock),
            .minor_faults = count(usage.ru_minflt),
            .major_faults = count(usage.ru_majflt)};
}

} // namespace

Exit detail::exit_of(siginfo_t const& info, rusage const& usage) {
    return {.kind = kind_of(info.si_code), .status = info.si_status, .usage = usage_of(usage), .at = base::sys::now()};
}

std::string Exit::message() const {
    auto const how = base::word(kind);
    if (kind != ExitKind::exited) return fmt::format("{}, signal={}", how, base::signal_name({status}));
    auto const name = exit_status_name(status);
    return fmt::format("{}, status={}{}{}", how, status, name.empty() ? "" : "/", name);
}

base::Result<Exit> take_exit(int pidfd, Take what) {
    int const stops = what == Take::ends_and_stops ? WSTOPPED | WCONTINUED : 0;
    rusage usage{};
    // __WALL: a child that was killed before its exec has no exit signal (detail/clone.cpp).
    auto const info = TRY(base::sys::wait_pidfd(pidfd, WEXITED | WNOHANG | __WALL | stops, &usage));
    if (info.si_pid == 0) return base::make_error(EAGAIN, "waitid", "the process lives");
    return detail::exit_of(info, usage);
}

} // namespace mitori::process
