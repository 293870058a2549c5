// What the init says, in the words of each style and at its levels. Safe in signal handlers: nothing is kept.
#pragma once

#include <cstdint>
#include <string_view>

#include "init/settings.hpp"

namespace mitori::init {

/// How a process ended: an exit status, or the signal that ended it.
struct End {
    int status = 0;
    base::Signal signal; ///< number 0: it exited
    /// As a shell tells it: the status, or 128+n.
    [[nodiscard]] int code() const { return signal.number != 0 ? 128 + signal.number : status; }
};

/// Whose end it is: the command's, or that of a process that was orphaned.
enum class Whose : std::uint8_t { command, orphan };

class Report {
public:
    /// `pid` is ours, as messages name it.
    Report(Settings const& settings, long pid) : settings_(settings), pid_(pid) {}

    // -- before the command
    void subreaper() const;
    void not_a_reaper() const;
    /// The terminal was given up: 0 where we lead the session, 1 where we do not, or -errno.
    void detached(long result) const;
    /// Neither exists nor could be made; the command is not started.
    void cannot_start(std::string_view what, long result) const;
    // -- by the command's process, before it has become the command; `pid` is its own
    void no_foreground(long pid, long result) const;
    void session(long attached) const;
    void cannot_execute(long pid, char const* program, long result) const;
    // -- while it runs
    void started(char const* program, long child) const;
    void received(int signal) const;
    void forwarded(int signal, int as) const;
    void dropped(int signal) const;
    void suspending() const;
    void reaped(long pid, End const& end, Whose whose) const;
    void none_left() const;
    void ending(int status) const;

private:
    [[nodiscard]] bool says(int level) const { return settings_.verbosity >= level; }
    [[nodiscard]] bool is(Style style) const { return settings_.style == style; }
    Settings const& settings_;
    long pid_;
};

} // namespace mitori::init
