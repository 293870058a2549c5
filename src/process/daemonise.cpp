// daemonise: this very program goes on as a daemon.
//
// The daemon speaks to its caller through a pipe: "pid N\n" first, then "ready\n" or "failed ERRNO OPERATION\nSUBJECT",
// which goes to the end of the pipe. An end without one of these is a daemon that died.
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "process/daemon.hpp"
#include "process/detail/family.hpp"
#include "process/detail/pid_file.hpp"
#include "process/detail/poll.hpp"

namespace mitori::process {

namespace sys = base::sys;

void Readiness::ready() {
    if (pipe_) static_cast<void>(sys::write_all(pipe_.get(), "ready\n"));
    pipe_.reset();
}

void Readiness::failed(base::Error const& why) {
    if (pipe_)
        static_cast<void>(
            sys::write_all(pipe_.get(), fmt::format("failed {} {}\n{}", why.number, why.operation, why.subject)));
    pipe_.reset();
}

namespace {

base::Result<void> take_null_streams() {
    base::Fd const null = TRY(sys::open("/dev/null", O_RDWR));
    for (int number = 0; number < 3; ++number)
        if (::dup2(null.get(), number) < 0) return base::errno_error("dup2", "/dev/null");
    return {};
}

base::Result<void> set_up(DaemoniseOptions const& options, base::Fd const& lock) {
    ::umask(options.umask);
    if (::chdir(options.directory.c_str()) != 0) return base::errno_error("chdir", options.directory);
    if (lock) TRY(detail::write_pid(lock, ::getpid()));
    if (options.streams == DaemoniseOptions::Streams::null) return take_null_streams();
    return {};
}

/// In the process that the caller made: makes the daemon and ends. Returns in the daemon.
void leave_for_daemon() {
    if (::setsid() < 0) ::_exit(1);
    pid_t const pid = ::fork();
    if (pid != 0) ::_exit(pid < 0 ? 1 : 0);
}

base::Result<Daemonised> be_the_daemon(DaemoniseOptions const& options, base::Fd pipe, base::Fd lock) {
    leave_for_daemon();
    static_cast<void>(sys::write_all(pipe.get(), fmt::format("pid {}\n", ::getpid())));
    auto const done = set_up(options, lock);
    Readiness readiness(std::move(pipe), std::move(lock));
    if (!done) {
        readiness.failed(done.error());
        ::_exit(1);
    }
    return Daemonised{.role = Role::daemon, .pid = ::getpid(), .readiness = std::move(readiness)};
}

/// What the daemon has said, to the end of the pipe or to "ready".
base::Result<std::string> listen(base::Fd const& pipe, base::Usec timeout) {
    detail::Deadline const deadline(timeout);
    std::string text;
    while (!text.ends_with("\nready\n")) {
        pollfd watched{.fd = pipe.get(), .events = POLLIN, .revents = 0};
        if (TRY(detail::poll({&watched, 1}, deadline.left())) == 0) {
            if (deadline.passed()) break;
            continue;
        }
        std::byte buffer[512];
        auto const got = TRY(sys::read(pipe.get(), buffer));
        if (got == 0) break;
        text.append(reinterpret_cast<char const*>(buffer), got);
    }
    return text;
}

/// Whoever is in the session that `first` began is what it made: its number is nobody else's until we reap it.
base::Fd open_daemon(pid_t pid, pid_t first) {
    auto pidfd = sys::pidfd_open(pid);
    auto const stat = detail::read_stat(pid);
    return pidfd && stat && stat->session == first ? *std::move(pidfd) : base::Fd();
}

pid_t pid_in(std::string_view text) {
    if (!text.starts_with("pid ")) return 0;
    return base::parse_integer<pid_t>(text.substr(4, text.find('\n') - 4)).value_or(0);
}

base::Error failure_in(std::string_view text, bool in_time) {
    base::Error error{in_time ? ECHILD : ETIMEDOUT, "daemonise", in_time ? "it ended before it was ready" : ""};
    auto const at = text.find("\nfailed ");
    if (at == std::string_view::npos) return error;
    text.remove_prefix(at + 8);
    auto const space = text.find(' ');
    auto const line = text.find('\n');
    error.number = base::parse_integer<int>(text.substr(0, space)).value_or(0);
    error.operation = text.substr(space + 1, line - space - 1);
    error.subject = text.substr(line + 1);
    return error;
}

} // namespace

base::Result<Daemonised> daemonise(DaemoniseOptions const& options) {
    if (TRY(sys::list_directory("/proc/self/task")).size() > 1)
        return base::make_error(EBUSY, "daemonise", "this process has several threads");
    base::Fd lock = options.pid_file.empty() ? base::Fd() : TRY(detail::lock_pid_file(options.pid_file));
    auto pipe = TRY(sys::pipe());
    std::fflush(nullptr);
    auto const begin = sys::now_monotonic();
    pid_t const first = ::fork();
    if (first < 0) return base::errno_error("fork");
    if (first == 0) {
        pipe.first.reset();
        return be_the_daemon(options, std::move(pipe.second), std::move(lock));
    }
    pipe.second.reset();
    auto const heard = listen(pipe.first, options.timeout);
    pid_t const pid = heard ? pid_in(*heard) : 0;
    auto const pidfd = open_daemon(pid, first);
    static_cast<void>(sys::wait_pid(first, WEXITED));
    auto const text = TRY(heard);
    if (text.ends_with("\nready\n")) return Daemonised{.role = Role::caller, .pid = pid, .readiness = {}};

    bool const in_time = options.timeout == base::infinity || sys::now_monotonic() - begin < options.timeout;
    if (!in_time && pidfd) static_cast<void>(sys::pidfd_send_signal(pidfd.get(), {SIGKILL}));
    if (lock) static_cast<void>(sys::unlink(options.pid_file));
    return std::unexpected(failure_in(text, in_time));
}

} // namespace mitori::process
