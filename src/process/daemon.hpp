// Daemons: programs that outlive who started them, in a session of their own, with nothing of ours in their hands
// (daemon(7), the traditional way). Two ways to one:
//
//     start_daemon(command)   starts a program as a daemon
//     daemonise()             makes this very program one, from here on
//
// Both return only when the daemon is ready, or with the reason why it will never be. Both write a pid file where one
// is asked for, and lock it (flock(2)): the lock is the daemon's as long as it lives, whatever way it ends, so a second
// one is refused (EWOULDBLOCK) and a file without a lock is a dead one's. A daemon that closes every descriptor it
// finds gives the lock up, too.
#pragma once

#include <expected>
#include <string>
#include <sys/types.h>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "process/command.hpp"

namespace mitori::process {

/// When a daemon counts as ready.
enum class Ready {
    when_executed, ///< its program has been found and executed
    when_notified, ///< it sent READY=1 to $NOTIFY_SOCKET: sd_notify(3). STATUS=, ERRNO=, MAINPID= are understood
    when_written,  ///< it wrote a line to the descriptor `ready_number`; what it wrote instead, without its end, is why
                   ///< it failed
};

struct DaemonOptions {
    Ready ready = Ready::when_executed;
    int ready_number = 3;                          ///< for when_written, in the daemon
    base::Usec timeout = std::chrono::seconds(90); ///< until it is ready; it is ended then
    std::string pid_file{};                        ///< none: no file and no lock
};

/// A MAINPID= that the daemon tells goes into the pid file; pid and pidfd are those of what was started.
struct Daemon {
    pid_t pid = 0;
    base::Fd pidfd;     ///< to signal it and to see its end; it is not ours to wait for. Empty without pidfds
    std::string status; ///< its last STATUS=
};

/// Starts the command as a daemon: Command::detach, and where the command says nothing else, / as its directory, umask
/// 0, /dev/null as its three streams. An error after the start has Stage::none: ETIMEDOUT, ECHILD when it ended before
/// it was ready, or its own ERRNO=; the subject has its own words. It has then been ended (SIGTERM, two seconds later
/// SIGKILL) and the pid file is gone. Thread-safe.
[[nodiscard]] std::expected<Daemon, SpawnError> start_daemon(Command command, DaemonOptions const& options = {});

/// What a daemon says to the one who waits for it: once. Dropped without a word, it says that the daemon failed.
class Readiness {
public:
    Readiness() = default;
    Readiness(base::Fd pipe, base::Fd lock) : pipe_(std::move(pipe)), lock_(std::move(lock)) {}
    /// The caller of daemonise() returns with our pid.
    void ready();
    /// It returns with this error.
    void failed(base::Error const& why);

private:
    base::Fd pipe_;
    base::Fd lock_; ///< of the pid file; stays open until this is destroyed: keep it as long as the daemon runs
};

/// Where a return from daemonise() is.
enum class Role { caller, daemon };

struct Daemonised {
    Role role = Role::caller;
    pid_t pid = 0; ///< of the daemon, in both
    Readiness readiness;
};

struct DaemoniseOptions {
    base::Usec timeout = std::chrono::seconds(90);
    std::string pid_file{};
    std::string directory = "/";
    mode_t umask = 0;
    enum class Streams { null, stay } streams = Streams::null;
};

/// fork, setsid, fork; returns in both processes, as fork(2) does. In the daemon at once: it sets itself up and says so
/// by `readiness`. In the caller when it did, or with its error; the caller then usually ends.
///
/// Only one thread survives a fork, with whatever locks the others held: EBUSY in a process that has several. Buffers
/// of <cstdio> are flushed before. Fork handlers run; at-exit handlers do not.
[[nodiscard]] base::Result<Daemonised> daemonise(DaemoniseOptions const& options = {});

} // namespace mitori::process
