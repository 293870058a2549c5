// What `mitori run` was asked for. A value; made by parse_arguments (arguments.hpp), read by everything else here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/signal.hpp"
#include "base/time.hpp"
#include "cgroup/limits.hpp"
#include "process/daemon.hpp"
#include "unit/settings/exec.hpp"

namespace mitori::run {

/// What becomes of those that the command leaves behind when it ends.
enum class Descendants : std::uint8_t { end, keep };
enum class Terminal : std::uint8_t { as_is, new_pair };
enum class Session : std::uint8_t { as_is, new_one };
enum class Network : std::uint8_t { as_is, none };
enum class Privileges : std::uint8_t { as_is, no_new };
enum class TimeoutStatus : std::uint8_t { of_timeout, of_command };

/// Where a standard stream of the command leads; nothing said: where ours does.
struct StreamFile {
    enum class How : std::uint8_t { read, truncate, append };
    std::string path;
    How how = How::read;
};

/// Of `mitori daemonize` only.
struct DaemonSettings {
    std::string pid_file; ///< empty: none
    process::Ready ready = process::Ready::when_executed;
    int ready_number = 3; ///< for when_written
};

struct Settings {
    std::vector<std::string> command; ///< at least the program
    /// Limits, scheduling, identity, folders: in the words of systemd.exec(5), read by the same rows as unit files.
    unit::Exec attributes;
    std::optional<base::Usec> timeout;
    std::optional<base::Usec> kill_after; ///< from the signal at the timeout to SIGKILL
    base::Signal signal{SIGTERM};
    TimeoutStatus timeout_status = TimeoutStatus::of_timeout;
    Descendants descendants = Descendants::end;
    Terminal terminal = Terminal::as_is;
    Session session = Session::as_is;
    Network network = Network::as_is;
    Privileges privileges = Privileges::as_is;
    std::optional<mode_t> umask;        ///< nothing: ours
    std::string cwd;                    ///< empty: ours
    std::string root;                   ///< empty: ours
    unit::EnvironmentSetting inherited; ///< of our own environment
    unit::EnvironmentSetting variables; ///< what --env-file and --env say; stronger than those of --user
    std::vector<std::string> unset;     ///< strongest of all
    std::optional<StreamFile> in;
    std::optional<StreamFile> out;
    std::optional<StreamFile> err;
    cgroup::Limits limits;
    std::optional<std::string> report; ///< a path, or "-": standard output
    DaemonSettings daemon;
};

} // namespace mitori::run
