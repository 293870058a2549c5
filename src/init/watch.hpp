// The life of the init, once the command runs: one blocking wait for whatever child ends, and signal handlers that
// forward by themselves.
//
// A loop that waits for signals makes three calls for each orphan (the signal, the child, no more children); this makes
// one, as the barest loop does. There is no moment between looking and sleeping in which a signal could be lost, since
// nothing is looked at: the handler does all that the signal asks for. What it sends goes through the command's pidfd,
// so that a signal that comes between the command's end and ours hits nobody who got its number.
#pragma once

#include "init/command.hpp"
#include "init/report.hpp"
#include "init/settings.hpp"
#include "init/terminal.hpp"

namespace mitori::init {

/// Not more than one at a time: the handlers find it by a global pointer.
class Watch {
public:
    Watch(Settings const& settings, Report const& report, Terminal const& terminal, long our_pid);
    ~Watch();
    Watch(Watch const&) = delete;
    Watch& operator=(Watch const&) = delete;

    /// The first SIGHUP and SIGCONT are the kernel's own, for the terminal that we gave up: not forwarded.
    void expect_hang_up();
    /// There is a terminal, and the command is in a group of its own: its turns there are ours to arrange.
    void shares_terminal() { shares_terminal_ = true; }

    /// Installs the handlers and unblocks all signals. Back when the command has ended: our exit status.
    int run(Child const& child);
    /// Without a command: reaps until SIGTERM or SIGINT. All signals stay blocked.
    int pause();

private:
    static void on_signal(int signal, siginfo_t* info, void* context);
    void take(int signal, siginfo_t const& info);
    void forward(int signal, Target target) const;
    void send(int signal, Target target) const;
    void hand_terminal() const;
    void on_stopped(int signal);
    int on_ended(End const& end);
    void reap_rest() const;

    Settings const& settings_;
    Report const& report_;
    Terminal const& terminal_;
    long our_pid_;
    Child child_;
    bool shares_terminal_ = false;
    base::SignalSet passed_over_once_;
};

} // namespace mitori::init
