// start_daemon: the parent's side of a program that becomes a daemon.
#include "process/daemon.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "process/detail/pid_file.hpp"
#include "process/detail/poll.hpp"

namespace mitori::process {

namespace sys = base::sys;
using namespace std::chrono_literals;

namespace {

/// A folder for one socket, that a daemon of any user can reach and nobody else can look into.
class SocketFolder {
public:
    SocketFolder() = default;
    static base::Result<SocketFolder> make() {
        SocketFolder folder;
        char const* const runtime = std::getenv("XDG_RUNTIME_DIR");
        std::string path = std::string(runtime != nullptr && *runtime == '/' ? runtime : "/tmp") + "/mitori-XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) return base::errno_error("mkdtemp", path);
        folder.path_ = path;
        std::error_code error;
        std::filesystem::permissions(path, std::filesystem::perms(0711), error);
        if (error) return base::make_error(error.value(), "chmod", path);
        return folder;
    }
    SocketFolder(SocketFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    SocketFolder& operator=(SocketFolder&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    ~SocketFolder() {
        if (path_.empty()) return;
        static_cast<void>(sys::unlink(socket()));
        static_cast<void>(sys::remove_directory(path_));
    }
    [[nodiscard]] std::string socket() const { return path_ + "/notify"; }

private:
    std::string path_;
};

/// What the daemon says of itself.
struct Words {
    bool ready = false;
    bool over = false; ///< it will say no more
    int number = 0;
    pid_t main_pid = 0;
    std::string status;
};

/// One way to hear from the daemon.
class Ear {
public:
    [[nodiscard]] static base::Result<Ear> open(Command& command, DaemonOptions const& options) {
        Ear ear;
        if (options.ready == Ready::when_notified) {
            ear.folder_ = TRY(SocketFolder::make());
            ear.fd_ = TRY(sys::bind_datagrams(ear.folder_.socket(), 0666));
            command.env("NOTIFY_SOCKET", ear.folder_.socket());
        }
        if (options.ready == Ready::when_written) {
            auto pipe = TRY(sys::pipe());
            TRY(sys::set_nonblocking(pipe.first.get()));
            ear.fd_ = std::move(pipe.first);
            ear.theirs_ = std::move(pipe.second);
            command.pass(ear.theirs_.get(), options.ready_number);
        }
        ear.is_pipe_ = options.ready == Ready::when_written;
        return ear;
    }

    [[nodiscard]] int get() const { return fd_.get(); }
    /// The daemon has its end now.
    void started() { theirs_.reset(); }

    /// Takes what there is.
    void listen(Words& words, uid_t of) {
        if (is_pipe_) return listen_pipe(words);
        for (;;) {
            auto const datagram = sys::receive_datagram(fd_.get());
            if (!datagram && datagram.error().number == EMSGSIZE) continue;
            if (!datagram) return;
            if (datagram->uid == 0 || datagram->uid == ::geteuid() || datagram->uid == of) read(datagram->text, words);
        }
    }

private:
    void listen_pipe(Words& words) {
        for (std::byte buffer[512];;) {
            auto const got = sys::read(fd_.get(), buffer);
            if (!got) return;
            words.over = words.over || *got == 0;
            if (*got == 0) return fd_.reset();
            words.status.append(reinterpret_cast<char const*>(buffer), *got);
            words.ready = words.ready || words.status.find('\n') != std::string::npos;
            if (words.ready) words.status.resize(words.status.find('\n'));
            if (words.status.size() > 4096) words.status.resize(4096);
        }
    }

    static void read(std::string_view text, Words& words) {
        for (auto const line : base::split(text, "\n")) {
            auto const value = line.substr(std::min(line.size(), line.find('=') + 1));
            if (line == "READY=1") words.ready = true;
            if (line.starts_with("STATUS=")) words.status = value;
            if (line.starts_with("ERRNO=")) words.number = base::parse_integer<int>(value).value_or(0);
            if (line.starts_with("MAINPID=")) words.main_pid = base::parse_integer<pid_t>(value).value_or(0);
        }
    }

    SocketFolder folder_;
    base::Fd fd_;
    base::Fd theirs_;
    bool is_pipe_ = false;
};

/// Whether it is gone, looked at for no longer than `time`.
bool ends_within(base::Fd const& pidfd, base::Usec time) {
    pollfd watched{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
    detail::Deadline const deadline(time);
    do {
        if (auto const ready = detail::poll({&watched, 1}, deadline.left()); ready && *ready > 0) return true;
    } while (!deadline.passed());
    return false;
}

void end(base::Fd const& pidfd) {
    if (!pidfd) return;
    static_cast<void>(sys::pidfd_send_signal(pidfd.get(), {SIGTERM}));
    if (ends_within(pidfd, 2s)) return;
    static_cast<void>(sys::pidfd_send_signal(pidfd.get(), {SIGKILL}));
    ends_within(pidfd, 2s);
}

base::Result<void> wait_until_ready(Detached const& daemon, Ear& ear, Words& words, base::Usec timeout) {
    uid_t of = ::geteuid();
    if (auto const owner = sys::stat("/proc/" + std::to_string(daemon.pid))) of = owner->st_uid;
    detail::Deadline const deadline(timeout);
    for (;;) {
        pollfd watched[] = {{.fd = ear.get(), .events = POLLIN, .revents = 0},
                            {.fd = daemon.pidfd.get(), .events = POLLIN, .revents = 0}};
        TRY(detail::poll(watched, deadline.left()));
        // What it said before it ended counts, so look for its end first and listen then.
        bool const ended = !daemon.pidfd || watched[1].revents != 0;
        ear.listen(words, of);
        if (words.ready) return {};
        if (words.number != 0) return base::make_error(words.number, "start daemon", words.status);
        if (ended || words.over)
            return base::make_error(ECHILD, "start daemon",
                                    words.status.empty() ? "it ended before it was ready" : words.status);
        if (deadline.passed()) return base::make_error(ETIMEDOUT, "start daemon", words.status);
    }
}

} // namespace

std::expected<Daemon, SpawnError> start_daemon(Command command, DaemonOptions const& options) {
    auto const refuse = [](base::Error error) { return std::unexpected(SpawnError{Stage::none, std::move(error)}); };
    command.default_daemon();
    base::Fd lock;
    if (!options.pid_file.empty()) {
        auto locked = detail::lock_pid_file(options.pid_file);
        if (!locked) return refuse(std::move(locked).error());
        lock = *std::move(locked);
    }
    auto ear = Ear::open(command, options);
    if (!ear) return refuse(std::move(ear).error());
    if (lock) command.pass(lock.get(), command.free_number());

    auto daemon = command.detach();
    ear->started();
    base::Result<void> outcome;
    Words words;
    if (daemon && lock) outcome = detail::write_pid(lock, daemon->pid);
    if (daemon && outcome && options.ready != Ready::when_executed)
        outcome = wait_until_ready(*daemon, *ear, words, options.timeout);
    if (outcome && lock && words.main_pid > 0) outcome = detail::write_pid(lock, words.main_pid);
    if (!daemon || !outcome) {
        if (daemon) end(daemon->pidfd);
        if (lock) static_cast<void>(sys::unlink(options.pid_file));
        if (!daemon) return std::unexpected(std::move(daemon).error());
        return refuse(std::move(outcome).error());
    }
    return Daemon{.pid = daemon->pid, .pidfd = std::move(daemon->pidfd), .status = std::move(words.status)};
}

} // namespace mitori::process
