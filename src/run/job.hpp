// One command that is held, from its start to its end.
//
//     running ──(it ends)──────────────────────────────────────► over
//        └──(--timeout)──► asked, by a signal ──(--kill-after)──► SIGKILL ──► over
//
// It leads a group of its own (or a session: --new-session, --pty), so that signals which come to us, come to us alone:
// each is passed on to its group. Where we hold the foreground of a terminal it is handed over, and ^C, ^Z and ^\ reach
// exactly the command and what it keeps in its group.
//
// Job control: when the command is stopped while it has our terminal, we stop too, so that the shell that started us
// sees a stopped job; SIGCONT, which the shell sends with `fg`, gives the terminal back to the command and continues
// it. Where there is no such shell (our group is an orphaned one), the command is continued at once: nobody could do it
// later. A stop that nobody typed (kill -STOP) stops the command alone.
//
// Signals that we ignore when we are started (nohup) are neither passed on nor do they end us: the command ignores them
// too. Orphans are reaped as they come; their ends are kept for the report.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "loop/loop.hpp"
#include "process/scope.hpp"
#include "process/terminal.hpp"
#include "run/command.hpp"
#include "run/settings.hpp"

namespace mitori::run {

/// Whether our group has the foreground of this terminal. Not where the group is of an outer pid namespace: nothing
/// could be given back to it.
[[nodiscard]] bool has_foreground(int terminal);

enum class TimedOut : std::uint8_t { no, asked, killed };

/// How it went.
struct Ended {
    pid_t pid = 0;
    process::Exit exit;
    TimedOut timed_out = TimedOut::no;
    std::vector<process::OrphanEnd> orphans; ///< that ended before it
};

class Job {
public:
    /// All three outlive it. `terminal` is our controlling one, if the command shares it.
    Job(loop::Loop& loop, process::Scope& scope, Settings const& settings, std::optional<int> terminal,
        base::SignalSet ignored)
        : loop_(loop),
          scope_(scope),
          settings_(settings),
          terminal_(terminal),
          ignored_(ignored) {}

    /// Before the start: from here on every signal waits for the loop.
    [[nodiscard]] base::Result<void> take_signals();
    /// After the start. The loop stops when the command has ended.
    [[nodiscard]] base::Result<void> watch(process::Child child);

    /// Called at SIGWINCH instead of passing it on: who has a terminal of its own gets it from there.
    void on_resized(std::function<void()> handler) { resized_ = std::move(handler); }

    [[nodiscard]] Ended const& ended() const { return ended_; }

private:
    void on_signal(base::Signal signal);
    void on_child();
    void on_stopped(base::Signal signal);
    void hand_over();
    void go_on();
    void send(base::Signal signal);
    void on_timeout();
    void reap();

    loop::Loop& loop_;
    process::Scope& scope_;
    Settings const& settings_;
    std::optional<int> terminal_;
    base::SignalSet ignored_;
    process::Child child_;
    std::optional<process::Foreground> foreground_;
    std::function<void()> resized_;
    std::vector<loop::WatchPtr> watches_;
    loop::WatchPtr timer_;
    loop::WatchPtr end_;
    Ended ended_;
};

} // namespace mitori::run
