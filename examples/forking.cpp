// A daemon of the old kind: Type=forking with a PID file, daemon(7) "SysV Daemons".
//
//     mitori-example-forking PIDFILE
//
// The command returns when the daemon is ready: its PID file is written and its workers run. The daemon replaces a
// worker that dies; SIGTERM and SIGINT end them all and remove the PID file.
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

[[noreturn]] void fail(char const* what) {
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
    std::exit(EXIT_FAILURE);
}

pid_t fork_or_fail() {
    pid_t const child = ::fork();
    if (child < 0) fail("fork");
    return child;
}

/// Written beside and renamed, so that nobody reads half a number.
void write_pid_file(std::string const& path) {
    std::string const beside = path + ".new";
    int const file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) fail(beside.c_str());
    std::string const text = std::to_string(::getpid()) + "\n";
    if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) fail(beside.c_str());
    ::close(file);
    if (::rename(beside.c_str(), path.c_str()) != 0) fail(path.c_str());
}

/// The signals that the daemon waits for; blocked, so that none is lost between two waits.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int const signal : {SIGTERM, SIGINT, SIGCHLD})
        sigaddset(&signals, signal);
    if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) fail("sigprocmask");
    return signals;
}

/// A worker waits for work that never comes. It dies of SIGTERM as programs do that say nothing else, also when the
/// daemon is killed and cannot send it.
pid_t start_worker(sigset_t const& blocked) {
    pid_t const daemon = ::getpid();
    pid_t const worker = fork_or_fail();
    if (worker != 0) return worker;
    if (::prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) fail("prctl");
    if (::getppid() != daemon) std::exit(EXIT_FAILURE); // it was killed before the line above
    ::sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
    for (;;)
        ::pause();
}

class Workers {
public:
    explicit Workers(sigset_t const& blocked) : blocked_(blocked) {
        for (auto& worker : pids_)
            worker = start_worker(blocked_);
    }

    /// Takes the exits of all that have ended, and starts others in their place. One SIGCHLD may stand for several.
    void replace_dead() {
        for (pid_t dead = 0; (dead = ::waitpid(-1, nullptr, WNOHANG)) > 0;) {
            auto const worker = std::ranges::find(pids_, dead);
            if (worker != pids_.end()) *worker = start_worker(blocked_);
        }
    }

    void end() const {
        for (pid_t const worker : pids_)
            ::kill(worker, SIGTERM);
        for (pid_t const worker : pids_)
            ::waitpid(worker, nullptr, 0);
    }

private:
    sigset_t blocked_;
    std::array<pid_t, 2> pids_{};
};

[[noreturn]] void be_daemon(std::string const& pid_file, int ready) {
    sigset_t const signals = block_signals();
    write_pid_file(pid_file);
    Workers workers(signals);
    if (::write(ready, "", 1) != 1) fail("tell that we are ready");
    ::close(ready);
    for (;;) {
        int const signal = ::sigwaitinfo(&signals, nullptr);
        if (signal == SIGCHLD) workers.replace_dead();
        if (signal == SIGTERM || signal == SIGINT) break;
    }
    workers.end();
    ::unlink(pid_file.c_str());
    std::exit(EXIT_SUCCESS);
}

/// The daemon must neither lead a session (it could get a terminal) nor be the caller's child: two forks do that.
void detach(std::string const& pid_file, std::array<int, 2> const& ready) {
    if (fork_or_fail() != 0) return;
    ::close(ready[0]);
    if (::setsid() < 0) fail("setsid");
    if (fork_or_fail() != 0) std::exit(EXIT_SUCCESS);
    if (::chdir("/") != 0) fail("chdir");
    be_daemon(pid_file, ready[1]);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s PIDFILE\n", argv[0]);
        return 2;
    }
    std::array<int, 2> ready{};
    if (::pipe2(ready.data(), O_CLOEXEC) != 0) fail("pipe");
    detach(argv[1], ready);
    // A byte says that the daemon is ready, the pipe's end that it has failed.
    ::close(ready[1]);
    char byte = 0;
    return ::read(ready[0], &byte, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
