#include "init/run.hpp"

#include <sys/prctl.h>

#include "base/raw.hpp"
#include "init/arguments.hpp"
#include "init/command.hpp"
#include "init/detail/machine.hpp"
#include "init/report.hpp"
#include "init/terminal.hpp"
#include "init/text.hpp"
#include "init/watch.hpp"

namespace mitori::init {

namespace raw = base::raw;

namespace {

/// Before Linux 5.9 one by one, as far as there usually are any.
void close_range(long from, long to) {
    constexpr long usual = 1024;
    if (!raw::failed(raw::call(SYS_close_range, from, to, 0))) return;
    for (long fd = from; fd <= to && fd < usual; ++fd)
        raw::call(SYS_close, fd);
}

/// What we keep of the inherited descriptors beyond the standard ones: nothing that holds somebody's pipe open.
void close_files(int keep, int keep_too) {
    int const low = keep < keep_too ? keep : keep_too;
    int const high = keep < keep_too ? keep_too : keep;
    long from = 3;
    for (int const kept : {low, high}) {
        if (kept < 3) continue;
        if (kept > from) close_range(from, kept - 1);
        from = kept + 1;
    }
    close_range(from, ~0U);
}

std::uint64_t block_all() {
    std::uint64_t const all = ~std::uint64_t{0};
    std::uint64_t before = 0;
    raw::call(SYS_rt_sigprocmask, SIG_SETMASK, raw::word(&all), raw::word(&before), raw::mask_bytes);
    return before;
}

void become_reaper(Settings const& settings, Report const& report, long pid) {
    if (settings.parent_death.number != 0) raw::call(SYS_prctl, PR_SET_PDEATHSIG, settings.parent_death.number);
    if (settings.subreaper) {
        raw::call(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1);
        report.subreaper();
        return;
    }
    if (pid == 1) return;
    int is_reaper = 0;
    raw::call(SYS_prctl, PR_GET_CHILD_SUBREAPER, raw::word(&is_reaper));
    if (is_reaper == 0) report.not_a_reaper();
}

/// The terminal is our session's, and would stay so: the command's new session can have it only when we let go.
void leave_terminal(Report const& report, Watch& watch, long pid) {
    long const result = Terminal::detach();
    if (raw::failed(result)) {
        report.detached(result);
        return;
    }
    bool const leads = raw::call(SYS_getsid, 0) == pid;
    if (leads) watch.expect_hang_up();
    report.detached(leads ? 0 : 1);
}

/// Whether the command's group may have the terminal: a job in the background may not take it from whoever is in front.
bool takes_terminal(Settings const& settings, Terminal const& terminal, long pid) {
    if (settings.home != Home::own_group) return false;
    long const foreground = terminal.foreground();
    // Without a terminal the attempt says why, where somebody asked for so many words.
    return pid == 1 || raw::failed(foreground) || foreground == raw::call(SYS_getpgid, 0);
}

int run_command(Settings const& settings, Report const& report, Inheritance& inheritance) {
    long const pid = inheritance.our_pid;
    Terminal terminal;
    Watch watch(settings, report, terminal, pid);
    if (settings.home == Home::own_group) terminal.open(settings);
    if (settings.home == Home::own_session) leave_terminal(report, watch, pid);
    inheritance.takes_terminal = takes_terminal(settings, terminal, pid);
    inheritance.ignores_children = detail::is_ignored(SIGCHLD);
    if (inheritance.ignores_children) detail::set_disposition(SIGCHLD, detail::Disposition::by_default);

    char const* const program = settings.command[0];
    Child const child = start_command(settings, inheritance, terminal, report);
    if (raw::failed(child.pid)) {
        report.cannot_start("fork", child.pid);
        return settings.style == Style::mitori ? 125 : 1;
    }
    report.started(program, child.pid);
    if (settings.home == Home::own_group && !raw::failed(terminal.foreground())) watch.shares_terminal();
    if (settings.closes_files) close_files(child.pidfd, terminal.fd());
    if (settings.leaves_folder) raw::call(SYS_chdir, raw::word("/"));
    return watch.run(child);
}

int pause(Settings const& settings, Report const& report, long pid) {
    Terminal const terminal;
    Watch watch(settings, report, terminal, pid);
    if (settings.closes_files) close_files(-1, -1);
    if (settings.leaves_folder) raw::call(SYS_chdir, raw::word("/"));
    return watch.pause();
}

} // namespace

int run(int argc, char** argv, char** environment) {
    long const pid = raw::call(SYS_getpid);
    Settings settings;
    {
        Text said;
        Arguments const arguments{argc, argv, environment, static_cast<int>(pid)};
        std::optional<Ending> const ending = read_arguments(arguments, settings, said);
        said.write_to(ending ? ending->fd : 2);
        if (ending) return ending->status;
    }
    Inheritance inheritance{.environment = environment, .mask = block_all(), .our_pid = pid};
    Report const report(settings, pid);
    become_reaper(settings, report, pid);
    if (settings.quarry == Quarry::nothing) return pause(settings, report, pid);
    return run_command(settings, report, inheritance);
}

} // namespace mitori::init
