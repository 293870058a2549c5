#include "init/watch.hpp"

#include <cerrno>
#include <sys/wait.h>

#include "base/raw.hpp"
#include "init/detail/machine.hpp"

namespace mitori::init {

namespace raw = base::raw;

namespace {

Watch* watching = nullptr; ///< the handlers' way to it

constexpr long to_whole_group = 1L << 2; // PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9

long send_by_pidfd(int pidfd, int signal, long flags) {
    return raw::call(SYS_pidfd_send_signal, pidfd, signal, 0, flags);
}

long set_mask(std::uint64_t blocked) {
    return raw::call(SYS_rt_sigprocmask, SIG_SETMASK, raw::word(&blocked), 0, raw::mask_bytes);
}

long wait_any(siginfo_t& info, int options) {
    info.si_pid = 0;
    return raw::call(SYS_waitid, P_ALL, 0, raw::word(&info), options, 0);
}

End end_of(siginfo_t const& info) {
    if (info.si_code == CLD_EXITED) return {.status = info.si_status};
    return {.signal = {info.si_status}};
}

/// A fault of our own code, not a signal that somebody sent.
bool is_own_fault(int signal, siginfo_t const& info) {
    bool const may_be =
        signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGTRAP;
    return may_be && info.si_code > 0;
}

} // namespace

Watch::Watch(Settings const& settings, Report const& report, Terminal const& terminal, long our_pid)
    : settings_(settings),
      report_(report),
      terminal_(terminal),
      our_pid_(our_pid) {
    watching = this;
}

Watch::~Watch() { watching = nullptr; }

void Watch::expect_hang_up() {
    passed_over_once_.add({SIGHUP});
    passed_over_once_.add({SIGCONT});
}

void Watch::on_signal(int signal, siginfo_t* info, void*) {
    if (is_own_fault(signal, *info)) {
        // The instruction is tried again, and its fault ends us.
        detail::set_disposition(signal, detail::Disposition::by_default);
        return;
    }
    // What our own words raise where nobody reads them is no message for the command.
    bool const own_words = signal == SIGPIPE && info->si_code == SI_USER && info->si_pid == watching->our_pid_;
    if (!own_words) watching->take(signal, *info);
}

void Watch::take(int signal, siginfo_t const& info) {
    report_.received(signal);
    if (passed_over_once_.has({signal})) {
        passed_over_once_.bits &= ~(std::uint64_t{1} << (signal - 1));
        report_.dropped(signal);
        return;
    }
    if (settings_.refused.has({signal})) {
        report_.dropped(signal);
        return;
    }
    bool const by_shell = signal == SIGCONT && shares_terminal_;
    if (by_shell) hand_terminal();
    // What the terminal sends to our group the command has got already, where it is in it. dumb-init sends it again.
    bool const has_it = settings_.style == Style::mitori && settings_.home == Home::ours && info.si_code == SI_KERNEL;
    // The terminal had stopped all of the command's group.
    if (!has_it) forward(signal, by_shell ? Target::group : settings_.target);
    if (!settings_.suspend.has({signal})) return;
    report_.suspending();
    raw::call(SYS_kill, our_pid_, SIGSTOP);
}

void Watch::forward(int signal, Target target) const {
    int const as = settings_.rewrites.to[signal];
    if (as != 0) send(as, target);
    report_.forwarded(signal, as);
}

void Watch::send(int signal, Target target) const {
    bool const group = target == Target::group;
    if (child_.pidfd >= 0) {
        long const result = send_by_pidfd(child_.pidfd, signal, group ? to_whole_group : 0);
        // Old kernels do not know the call or the flag, old containers' filters forbid what they do not know.
        if (!raw::failed(result) || result == -ESRCH) return;
    }
    raw::call(SYS_kill, group ? -child_.pid : child_.pid, signal);
}

/// Where the shell has put our job in the foreground again, the terminal is the command's.
void Watch::hand_terminal() const {
    if (terminal_.foreground() == raw::call(SYS_getpgid, 0)) terminal_.set_foreground(child_.pid);
}

/// The terminal has stopped the command, which is in a group of its own: our shell sees that its job has stopped only
/// if we stop as well. Who stopped it by hand (SIGSTOP, or from elsewhere) will continue it by hand, and would not know
/// of us.
void Watch::on_stopped(int signal) {
    if (!shares_terminal_ || our_pid_ == 1) return;
    bool const in_front = terminal_.foreground() == child_.pid;
    // ^Z is for who is in front; these two are for who is not, and uses the terminal all the same.
    if (in_front ? signal != SIGTSTP : signal != SIGTTIN && signal != SIGTTOU) return;
    report_.suspending();
    // Not SIGSTOP: where nobody could continue us, because our group is orphaned, the kernel passes over this one.
    detail::set_disposition(SIGTSTP, detail::Disposition::by_default);
    raw::call(SYS_kill, 0, SIGTSTP);
    detail::set_handler(SIGTSTP, on_signal);
}

/// Orphans that ended before us are still ours.
void Watch::reap_rest() const {
    siginfo_t info;
    for (;;) {
        long const result = wait_any(info, WEXITED | WNOHANG);
        if (result == -ECHILD) report_.none_left();
        if (raw::failed(result) || info.si_pid == 0) return;
        report_.reaped(info.si_pid, end_of(info), Whose::orphan);
    }
}

int Watch::on_ended(End const& end) {
    set_mask(~std::uint64_t{0});
    reap_rest();
    int status = end.code();
    // A group may outlive the command whose number it bears. In our own there was only the command to be told:
    // dumb-init says that it does, and there is nobody.
    if (settings_.ends_group && settings_.home != Home::ours)
        forward(SIGTERM, Target::group);
    else if (settings_.ends_group)
        report_.forwarded(SIGTERM, settings_.rewrites.to[SIGTERM]);
    if (settings_.forgiven.has(status)) status = 0;
    // The terminal would be left to a group that is no more, and stop whoever reads from it next.
    if (shares_terminal_ && our_pid_ != 1 && terminal_.foreground() == child_.pid)
        terminal_.set_foreground(raw::call(SYS_getpgid, 0));
    report_.ending(status);
    return status;
}

int Watch::run(Child const& child) {
    child_ = child;
    for (int signal = 1; signal <= raw::most_signals; ++signal) {
        if (signal == SIGKILL || signal == SIGSTOP || signal == SIGCHLD || settings_.untouched.has({signal})) continue;
        if (settings_.ignored.has({signal}))
            detail::set_disposition(signal, detail::Disposition::ignored);
        else
            detail::set_handler(signal, on_signal);
    }
    set_mask(0);
    for (;;) {
        siginfo_t info;
        long const result = wait_any(info, WEXITED | WSTOPPED);
        if (result == -EINTR) continue;
        if (raw::failed(result)) {
            report_.cannot_start("wait", result);
            return 125;
        }
        if (info.si_code == CLD_STOPPED || info.si_code == CLD_TRAPPED) {
            if (info.si_pid == child_.pid) on_stopped(info.si_status);
            continue;
        }
        bool const is_command = info.si_pid == child_.pid;
        if (settings_.verbosity > 0) report_.received(SIGCHLD);
        report_.reaped(info.si_pid, end_of(info), is_command ? Whose::command : Whose::orphan);
        if (is_command) return on_ended(end_of(info));
    }
}

int Watch::pause() {
    for (;;) {
        reap_rest();
        std::uint64_t const awaited = ~settings_.untouched.bits;
        long const signal = raw::call(SYS_rt_sigtimedwait, raw::word(&awaited), 0, 0, raw::mask_bytes);
        if (signal == SIGTERM || signal == SIGINT) return 0;
    }
}

} // namespace mitori::init
