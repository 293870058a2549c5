#include "init/report.hpp"

#include <cerrno>

#include "init/text.hpp"
#include "init/words.hpp"

namespace mitori::init {

namespace {

// tini's levels; what is below info goes to stdout, and is tini's own choice.
enum Level : int { fatal, warn, info, debug, trace };
constexpr std::string_view level_words[] = {"FATAL", "WARN ", "INFO ", "DEBUG", "TRACE"};
constexpr int to_stdout = 1;
constexpr int to_stderr = 2;

Text& tini(Text& line, Level level, long pid) { return line << "[" << level_words[level] << " tini (" << pid << ")] "; }
Text& dumb(Text& line) { return line << "[dumb-init] "; }
Text& catatonit(Text& line, std::string_view level, long pid) {
    return line << level << " (catatonit:" << pid << "): ";
}
Text& ours(Text& line, long pid) { return line << "mitori-init[" << pid << "]: "; }

void end(Text& line, int fd) {
    line << '\n';
    line.write_to(fd);
}

/// "(errno=25 Inappropriate ioctl for device)"
void say_errno(Text& line, long result) {
    line << "(errno=" << -result << ' ';
    say_error(line, -result);
    line << ')';
}

void say_end(Text& line, End const& how) {
    if (how.signal.number == 0) {
        line << "exited with status " << how.status;
        return;
    }
    line << "was ended by signal " << how.signal.number << " (";
    say_signal(line, how.signal);
    line << ')';
}

} // namespace

void Report::subreaper() const {
    if (!is(Style::tini) || !says(trace)) return;
    Text line;
    tini(line, trace, pid_) << "Registered as child subreaper";
    end(line, to_stdout);
}

void Report::not_a_reaper() const {
    if (!is(Style::tini) || !says(warn)) return;
    Text line;
    tini(line, warn, pid_) << "Tini is not running as PID 1 and isn't registered as a child subreaper.\n"
                              "Orphans do not come to us, so they are not reaped here.\n"
                              "Use the -s option, set the environment variable TINI_SUBREAPER, or run us as PID 1.";
    end(line, to_stderr);
}

void Report::detached(long result) const {
    if (!is(Style::dumb_init) || !says(1)) return;
    Text line;
    if (result < 0) {
        dumb(line) << "Unable to detach from controlling tty ";
        say_errno(line, result);
        line << '.';
    } else if (result == 0) {
        dumb(line) << "Detached from controlling tty, ignoring the first SIGHUP and SIGCONT we receive.";
    } else {
        dumb(line) << "Detached from controlling tty, but was not session leader.";
    }
    end(line, to_stderr);
}

void Report::cannot_start(std::string_view what, long result) const {
    Text line;
    switch (settings_.style) {
    case Style::tini: tini(line, fatal, pid_) << what << " failed: "; break;
    case Style::dumb_init: dumb(line) << "Unable to " << what << ". Exiting: "; break;
    case Style::catatonit: catatonit(line, "ERROR", pid_) << "failed to " << what << ": "; break;
    case Style::mitori: line << "mitori-init: " << what << ": "; break;
    }
    say_error(line, -result);
    end(line, to_stderr);
}

void Report::no_foreground(long pid, long result) const {
    bool const no_terminal = result == -ENOTTY || result == -ENXIO;
    Text line;
    if (is(Style::tini) && !no_terminal) {
        tini(line, fatal, pid) << "tcsetpgrp failed: ";
        say_error(line, -result);
        end(line, to_stderr);
    } else if (is(Style::catatonit) && says(1)) {
        catatonit(line, "DEBUG", pid) << "setting foreground process failed: "
                                      << (no_terminal ? "no tty present: " : "");
        say_error(line, -result);
        end(line, to_stderr);
    } else if (is(Style::mitori) && !no_terminal) {
        ours(line, pid_) << "the terminal cannot be given to the command: ";
        say_error(line, -result);
        end(line, to_stderr);
    }
}

void Report::session(long attached) const {
    if (!is(Style::dumb_init) || !says(1)) return;
    Text line;
    if (attached < 0) {
        dumb(line) << "Unable to attach to controlling tty ";
        say_errno(line, attached);
        line << ".\n";
    }
    dumb(line) << "setsid complete.";
    end(line, to_stderr);
}

void Report::cannot_execute(long pid, char const* program, long result) const {
    Text line;
    switch (settings_.style) {
    case Style::tini: tini(line, fatal, pid) << "exec " << program << " failed: "; break;
    case Style::dumb_init: dumb(line) << program << ": "; break;
    case Style::catatonit: catatonit(line, "ERROR", pid) << "failed to exec pid1: "; break;
    case Style::mitori: line << "mitori-init: " << program << ": "; break;
    }
    say_error(line, -result);
    end(line, to_stderr);
}

void Report::started(char const* program, long child) const {
    Text line;
    if (is(Style::tini) && says(info)) {
        tini(line, info, pid_) << "Spawned child process '" << program << "' with pid '" << child << "'";
        return end(line, to_stdout);
    }
    if (is(Style::tini) || !says(1)) return;
    switch (settings_.style) {
    case Style::dumb_init: dumb(line) << "Child spawned with PID " << child << "."; break;
    case Style::catatonit: catatonit(line, "DEBUG", pid_) << "pid1 (" << child << ") spawned: " << program; break;
    default: ours(line, pid_) << program << " is process " << child;
    }
    end(line, to_stderr);
}

void Report::received(int signal) const {
    Text line;
    if (is(Style::tini) && says(debug)) {
        tini(line, debug, pid_);
        if (signal == SIGCHLD)
            line << "Received SIGCHLD";
        else {
            line << "Passing signal: '";
            say_signal(line, {signal});
            line << "'";
        }
        end(line, to_stdout);
    } else if (is(Style::dumb_init) && says(1)) {
        dumb(line) << "Received signal " << signal << ".";
        end(line, to_stderr);
    }
}

void Report::forwarded(int signal, int as) const {
    Text line;
    if (is(Style::dumb_init) && says(1)) {
        if (settings_.rewrites.named.has({signal}) || as != signal)
            dumb(line) << "Translating signal " << signal << " to " << as << ".\n";
        if (as != 0)
            dumb(line) << "Forwarded signal " << as << " to children.";
        else
            dumb(line) << "Not forwarding signal " << as << " to children (ignored).";
        end(line, to_stderr);
    } else if (is(Style::mitori) && says(2)) {
        ours(line, pid_) << "signal " << signal << (as == 0 ? ": not forwarded" : ": forwarded");
        if (as != 0 && as != signal) line << " as " << as;
        end(line, to_stderr);
    }
}

void Report::dropped(int signal) const {
    Text line;
    if (is(Style::catatonit) && says(1)) {
        catatonit(line, "DEBUG", pid_) << "not forwarding signal " << signal << ", which is the terminal's to us";
        end(line, to_stderr);
    } else if (is(Style::dumb_init) && says(1)) {
        dumb(line) << "Ignoring tty hand-off signal " << signal << ".";
        end(line, to_stderr);
    }
}

void Report::suspending() const {
    Text line;
    if (is(Style::dumb_init) && says(1)) {
        dumb(line) << "Suspending self due to TTY signal.";
        end(line, to_stderr);
    } else if (is(Style::mitori) && says(2)) {
        ours(line, pid_) << "the command has stopped, so do we";
        end(line, to_stderr);
    }
}

namespace {

void tini_reaped(Settings const& settings, long ours_pid, long pid, End const& how, Whose whose) {
    if (settings.verbosity >= debug) {
        Text line;
        tini(line, debug, ours_pid) << "Reaped child with pid: '" << pid << "'";
        end(line, to_stdout);
    }
    Text line;
    if (whose == Whose::orphan) {
        if (!settings.warns_of_orphans || settings.verbosity < warn) return;
        tini(line, warn, ours_pid) << "Reaped zombie process with pid=" << pid;
        return end(line, to_stderr);
    }
    if (settings.verbosity < info) return;
    tini(line, info, ours_pid) << "Main child exited ";
    if (how.signal.number == 0)
        line << "normally (with status '" << how.status << "')";
    else {
        line << "with signal (with signal '";
        say_signal(line, how.signal);
        line << "')";
    }
    end(line, to_stdout);
}

} // namespace

void Report::reaped(long pid, End const& how, Whose whose) const {
    if (is(Style::tini)) return tini_reaped(settings_, pid_, pid, how, whose);
    bool const is_command = whose == Whose::command;
    Text line;
    if (is(Style::dumb_init)) {
        if (!says(1)) return;
        dumb(line) << "A child with PID " << pid;
        if (how.signal.number == 0)
            line << " exited with exit status " << how.status << ".";
        else
            line << " was terminated by signal " << how.signal.number << ".";
    } else if (is(Style::catatonit)) {
        if (!says(1) || is_command) return;
        catatonit(line, "DEBUG", pid_) << "child process " << pid;
        if (how.signal.number == 0)
            line << " exited with code " << how.status;
        else
            line << " exited due to signal " << how.signal.number;
    } else {
        if (!says(is_command ? 1 : 3) && (is_command || !settings_.warns_of_orphans)) return;
        ours(line, pid_) << (is_command ? "process " : "orphan ") << pid << ' ';
        say_end(line, how);
    }
    end(line, to_stderr);
}

void Report::none_left() const {
    Text line;
    if (is(Style::tini) && says(trace)) {
        tini(line, trace, pid_) << "No child to wait";
        end(line, to_stdout);
    } else if (is(Style::catatonit) && says(1)) {
        catatonit(line, "DEBUG", pid_) << "got ECHILD: no children left to monitor";
        end(line, to_stderr);
    }
}

void Report::ending(int status) const {
    Text line;
    if (is(Style::tini) && says(trace)) {
        tini(line, trace, pid_) << "Exiting: child has exited";
        end(line, to_stdout);
    } else if (is(Style::dumb_init) && says(1)) {
        dumb(line) << "Child exited with status " << status << ". Goodbye.";
        end(line, to_stderr);
    }
}

} // namespace mitori::init
