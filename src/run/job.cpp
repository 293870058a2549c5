#include "run/job.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys_terminal.hpp"

namespace mitori::run {
namespace {

using base::Result;
using base::Signal;

constexpr base::Usec slack{1000};
/// Never passed on: the two that cannot be taken, what is about ourselves, and faults of our own.
constexpr auto ours = std::to_array<int>(
    {SIGKILL, SIGSTOP, SIGCHLD, SIGTTIN, SIGTTOU, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGABRT, SIGPIPE});

bool is_passed_on(int number) {
    bool const for_libc = number > SIGSYS && number < SIGRTMIN;
    return !for_libc && std::ranges::find(ours, number) == ours.end();
}

} // namespace

bool has_foreground(int terminal) {
    auto const group = base::sys::foreground_group(terminal);
    return group && *group > 0 && *group == ::getpgrp();
}

Result<void> Job::take_signals() {
    for (int number = 1; number <= SIGRTMAX; ++number) {
        Signal const signal{number};
        if (is_passed_on(number) && !ignored_.has(signal))
            watches_.push_back(TRY(loop_.on_signal(signal, [this, signal] { on_signal(signal); })));
    }
    watches_.push_back(TRY(loop_.on_signal(Signal{SIGCHLD}, [this] { on_child(); })));
    return {};
}

Result<void> Job::watch(process::Child child) {
    child_ = std::move(child);
    ended_.pid = child_.pid();
    if (child_.pidfd() >= 0)
        end_ = TRY(loop_.on_ready(child_.pidfd(), loop::Interest::read, loop::Urgency::exit,
                                  [this](loop::Ready) { on_child(); }));
    hand_over();
    if (settings_.timeout)
        timer_ = TRY(loop_.at(base::plus(loop_.now().monotonic, *settings_.timeout), slack, [this] { on_timeout(); }));
    return {};
}

void Job::on_signal(Signal signal) {
    if (!child_) return; // it has not been started yet: the end of the start tells
    if (signal.number == SIGCONT) return go_on();
    if (signal.number == SIGWINCH && resized_) return resized_();
    send(signal);
}

void Job::send(Signal signal) {
    auto sent = child_.signal_group(signal);
    // Before its own setpgid or setsid has been seen there is no such group; afterwards there is.
    if (!sent && sent.error().number == ESRCH) sent = child_.signal(signal);
    if (!sent && sent.error().number != ESRCH)
        base::log(base::Priority::warning, "SIG{} is not passed on: {}", base::signal_name(signal),
                  sent.error().message());
}

/// If the foreground is ours. The command may have taken it itself by now.
void Job::hand_over() {
    if (!terminal_) return;
    bool const taken = base::sys::foreground_group(*terminal_).value_or(0) == child_.pid();
    if (!taken && !has_foreground(*terminal_)) return;
    foreground_.reset();
    if (auto given = process::Foreground::give(*terminal_, child_.pid())) foreground_.emplace(std::move(*given));
}

void Job::go_on() {
    hand_over();
    send(Signal{SIGCONT});
}

void Job::on_child() {
    while (true) {
        auto const change = child_.take_exit(process::Take::ends_and_stops);
        if (!change) break;
        if (change->kind == process::ExitKind::continued) continue;
        if (change->kind == process::ExitKind::stopped) {
            on_stopped(Signal{change->status});
            continue;
        }
        ended_.exit = *change;
        timer_.reset();
        foreground_.reset();
        end_.reset();
        loop_.stop(0);
        break;
    }
    reap();
}

void Job::on_stopped(Signal signal) {
    bool const typed = signal.number == SIGTSTP || signal.number == SIGTTIN || signal.number == SIGTTOU;
    if (!typed || settings_.terminal == Terminal::new_pair || settings_.session == Session::new_one) return;
    foreground_.reset();
    auto const stopped = base::sys::stop_self();
    if (stopped && !*stopped) go_on();
}

void Job::reap() {
    auto ends = scope_.reap();
    if (ends) std::ranges::move(*ends, std::back_inserter(ended_.orphans));
}

void Job::on_timeout() {
    bool const first = ended_.timed_out == TimedOut::no;
    auto const signal = first ? settings_.signal : Signal{SIGKILL};
    ended_.timed_out = signal.number == SIGKILL ? TimedOut::killed : TimedOut::asked;
    send(signal);
    // As timeout(1): one that is stopped could not obey.
    if (signal.number != SIGKILL && signal.number != SIGCONT) send(Signal{SIGCONT});
    timer_.reset();
    if (!first || !settings_.kill_after) return;
    auto timer = loop_.at(base::plus(loop_.now().monotonic, *settings_.kill_after), slack, [this] { on_timeout(); });
    if (timer) timer_ = *std::move(timer);
}

} // namespace mitori::run
