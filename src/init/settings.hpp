// What the arguments and the environment of a small init come to, in whichever dialect they were given.
#pragma once

#include <cstdint>

#include "base/signal.hpp"

namespace mitori::init {

/// The program whose name we were called by: it decides on options, defaults, messages and exit statuses.
enum class Style : std::uint8_t { mitori, tini, dumb_init, catatonit };

/// Where the command lives, which is what decides whom ^C and ^Z of the terminal reach.
enum class Home : std::uint8_t {
    ours,        ///< our process group: the terminal speaks to the command and to us
    own_group,   ///< a group of its own, in the foreground
    own_session, ///< a session of its own, with the terminal where it can be had
};

enum class Target : std::uint8_t { command, group };

enum class Quarry : std::uint8_t {
    command, ///< start it, end as it does
    nothing, ///< start nothing; reap until SIGTERM or SIGINT
};

inline constexpr int most_signals = 64;

/// Exit statuses, 0 to 255.
struct StatusSet {
    std::uint64_t bits[4] = {};
    [[nodiscard]] bool has(int status) const { return ((bits[status / 64] >> (status % 64)) & 1U) != 0; }
    void add(int status) { bits[status / 64] |= std::uint64_t{1} << (status % 64); }
};

/// What becomes of each signal that comes: 0 means that it is not forwarded.
struct Rewrites {
    std::uint8_t to[most_signals + 1] = {};
    base::SignalSet named; ///< those that an option spoke of
    Rewrites() {
        for (int signal = 1; signal <= most_signals; ++signal)
            to[signal] = static_cast<std::uint8_t>(signal);
    }
};

struct Settings {
    Style style = Style::mitori;
    Quarry quarry = Quarry::command;
    Home home = Home::own_group;
    Target target = Target::command;
    /// How much we say: 0 is errors only; each style counts on from there as its own does.
    int verbosity = 0;
    bool subreaper = false;        ///< orphans come to us although we are not process 1
    bool warns_of_orphans = false; ///< a line for each process reaped that is not the command
    bool ends_group = false;       ///< what is left of the command's group gets SIGTERM when the command has ended
    bool leaves_folder = false;    ///< our working directory becomes /, so that we keep no mount busy
    bool closes_files = false;     ///< we let go of all inherited descriptors but the first three
    bool hands_listen_pid = false; ///< LISTEN_PID that names us is made to name the command
    bool asks_for_tty = false;     ///< the terminal is /dev/tty where there is one, not only standard input
    base::Signal parent_death;     ///< what the kernel sends us when our parent ends; 0: nothing
    StatusSet forgiven;            ///< exit statuses that we turn into 0
    Rewrites rewrites;
    base::SignalSet untouched; ///< keep their disposition, as where there is no handler
    base::SignalSet ignored;   ///< are ignored
    base::SignalSet refused;   ///< are taken, and not forwarded
    base::SignalSet suspend;   ///< stop us too, once they are forwarded
    /// In the argument vector, null-terminated; the slot before it is ours to write to.
    char** command = nullptr;
};

} // namespace mitori::init
