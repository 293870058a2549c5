#include "manager/restart.hpp"

#include <csignal>

namespace mitori::manager {
namespace {

bool contains(unit::ExitStatusSet const& set, process::Exit const& exit) {
    if (exit.kind == process::ExitKind::exited)
        return exit.status >= 0 && exit.status < 256 && set.statuses[static_cast<std::size_t>(exit.status)];
    return set.signals.has(base::Signal{exit.status});
}

bool kind_to_daemons(int signal) {
    return signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGPIPE;
}

bool policy_says_again(unit::Restart policy, ServiceResult result) {
    using R = ServiceResult;
    switch (policy) {
    case unit::Restart::no: return false;
    case unit::Restart::always: return true;
    case unit::Restart::on_success: return result == R::success;
    case unit::Restart::on_failure: return result != R::success;
    case unit::Restart::on_abnormal: return result != R::success && result != R::exit_code;
    case unit::Restart::on_watchdog: return result == R::watchdog;
    case unit::Restart::on_abort: return result == R::signal || result == R::core_dump;
    }
    return false;
}

} // namespace

ServiceResult judge(process::Exit const& exit, Kindness kindness, unit::ExitStatusSet const& success) {
    using process::ExitKind;
    // A core dump is never a success, whatever signal it was: SuccessExitStatus= speaks of plain ends by a signal.
    if (exit.kind != ExitKind::dumped && contains(success, exit)) return ServiceResult::success;
    if (exit.kind == ExitKind::exited) return exit.status == 0 ? ServiceResult::success : ServiceResult::exit_code;
    if (exit.kind == ExitKind::killed && kindness == Kindness::daemon && kind_to_daemons(exit.status))
        return ServiceResult::success;
    return exit.kind == ExitKind::dumped ? ServiceResult::core_dump : ServiceResult::signal;
}

Verdict decide_restart(unit::Service const& settings, ServiceResult result, std::optional<process::Exit> const& main,
                       Asked asked) {
    if (asked == Asked::yes || result == ServiceResult::start_limit_hit) return Verdict::stay_down;
    if (main && contains(settings.restart_prevent, *main)) return Verdict::stay_down;
    if (main && contains(settings.restart_force, *main)) return Verdict::start_again;
    if (result == ServiceResult::exec_condition) return Verdict::stay_down;
    return policy_says_again(settings.restart, result) ? Verdict::start_again : Verdict::stay_down;
}

bool StartLimit::allow(base::Usec now, base::Usec interval, std::uint32_t burst) {
    if (interval.count() == 0 || burst == 0) return true;
    if (count_ == 0 || now - begin_ > interval) {
        begin_ = now;
        count_ = 1;
        return true;
    }
    if (count_ >= burst) return false;
    ++count_;
    return true;
}

} // namespace mitori::manager
