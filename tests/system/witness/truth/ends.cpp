#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "truth.hpp"

namespace truth {
namespace {

void parents() {
    int ready[2];
    need(::pipe(ready) == 0, "pipe");
    pid_t const parent = start([&] {
        pid_t const child = start([&] {
            ::prctl(PR_SET_PDEATHSIG, SIGUSR1);
            static_cast<void>(!::write(ready[1], "r", 1));
            rest();
            return 0;
        });
        char letter = 0;
        static_cast<void>(!::read(ready[0], &letter, 1));
        static_cast<void>(!::write(ready[1], &child, sizeof child));
        return 0;
    });
    need(::waitpid(parent, nullptr, 0) == parent, "waitpid");
    pid_t child = 0;
    need(::read(ready[0], &child, sizeof child) == sizeof child, "read");
    tell(child, {.what = "its parent's end",
                 .cause = "kernel",
                 .sender = parent,
                 .reason = "its parent ended, and it had asked for this signal then (PR_SET_PDEATHSIG)"});
    ::close(ready[0]);
    ::close(ready[1]);
}

void tracers() {
    pid_t const tracee = start([] {
        rest();
        return 0;
    });
    pid_t const tracer = start([=] {
        if (::ptrace(PTRACE_SEIZE, tracee, nullptr, PTRACE_O_EXITKILL) != 0) return 97;
        return 0;
    });
    int status = 0;
    need(::waitpid(tracer, &status, 0) == tracer && status == 0, "the tracer");
    tell(tracee, {.what = "its tracer's end",
                  .cause = "kernel",
                  .sender = tracer,
                  .reason = "its tracer ended (PTRACE_O_EXITKILL)"});
}

/// A stopped group whose last tie to its session goes gets SIGHUP.
void orphaned_groups() {
    int names[2];
    need(::pipe(names) == 0, "pipe");
    pid_t const parent = start([&] {
        ::setsid();
        pid_t const child = start([] {
            ::setpgid(0, 0);
            ::raise(SIGSTOP);
            rest();
            return 0;
        });
        wait_for_state(child, 'T');
        static_cast<void>(!::write(names[1], &child, sizeof child));
        return 0;
    });
    need(::waitpid(parent, nullptr, 0) == parent, "waitpid");
    pid_t child = 0;
    need(::read(names[0], &child, sizeof child) == sizeof child, "read");
    tell(child, {.what = "an orphaned group",
                 .cause = "kernel",
                 .reason = "its process group, with a stopped process in it, was orphaned"});
    ::close(names[0]);
    ::close(names[1]);
}

struct Terminal {
    int master = -1;
    std::string slave;
};

Terminal open_terminal() {
    Terminal terminal{.master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    need(terminal.master >= 0 && ::grantpt(terminal.master) == 0 && ::unlockpt(terminal.master) == 0, "a terminal");
    terminal.slave = ::ptsname(terminal.master);
    return terminal;
}

/// A session of its own at the terminal, which says by a byte that it is there.
pid_t start_at(Terminal const& terminal, std::function<int(int)> const& act) {
    int ready[2];
    need(::pipe(ready) == 0, "pipe");
    pid_t const pid = start([&] {
        ::setsid();
        ::close(terminal.master); // the last one is to be ours
        int const fd = ::open(terminal.slave.c_str(), O_RDWR);
        if (fd < 0 || ::ioctl(fd, TIOCSCTTY, 0) != 0) return 97;
        return act(ready[1]);
    });
    char letter = 0;
    need(::read(ready[0], &letter, 1) == 1, "somebody at the terminal");
    ::close(ready[0]);
    ::close(ready[1]);
    return pid;
}

int say_and_rest(int ready) {
    static_cast<void>(!::write(ready, "r", 1));
    rest();
}

void terminals() {
    for (char const key : {'\x03', '\x1c'}) {
        auto const terminal = open_terminal();
        pid_t const child = start_at(terminal, say_and_rest);
        need(::write(terminal.master, &key, 1) == 1, "a key");
        tell(child, {.what = "key " + std::to_string(key), .cause = "terminal", .reason = "a key"});
        ::close(terminal.master);
    }
    auto const terminal = open_terminal();
    pid_t const child = start_at(terminal, say_and_rest);
    ::close(terminal.master);
    tell(child, {.what = "the terminal's end", .cause = "terminal", .reason = "the terminal hung up"});
}

void sessions() {
    int names[2];
    need(::pipe(names) == 0, "pipe");
    auto const terminal = open_terminal();
    pid_t const leader = start_at(terminal, [&](int ready) {
        pid_t const member = start([&] { return say_and_rest(ready); });
        static_cast<void>(!::write(names[1], &member, sizeof member));
        rest();
        return 0;
    });
    pid_t member = 0;
    need(::read(names[0], &member, sizeof member) == sizeof member && ::kill(leader, SIGKILL) == 0, "kill");
    tell(leader, {.what = "the leader of a session", .cause = "process", .sender = ::getpid()});
    tell(member, {.what = "its leader's end", .cause = "terminal", .reason = "the leader of its session ended"});
    ::close(terminal.master);
    ::close(names[0]);
    ::close(names[1]);
}

void namespaces() {
    pid_t const maker = start([] {
        if (::unshare(CLONE_NEWPID) != 0) return 97;
        pid_t const first = start([] {
            start([] {
                rest();
                return 0;
            });
            rest();
            return 0;
        });
        return ::waitpid(first, nullptr, 0) == first ? 0 : 96;
    });
    pid_t const first = child_of(maker);
    pid_t const second = child_of(first);
    auto const ticks = start_ticks(second);
    auto const first_ticks = start_ticks(first);
    need(::kill(first, SIGKILL) == 0, "kill");
    tell(maker, {.what = "the maker of a namespace", .cause = "itself"});
    tell_other(first, first_ticks, SIGKILL,
               {.what = "process 1 of a namespace", .cause = "process", .sender = ::getpid()});
    tell_other(second, ticks, SIGKILL,
               {.what = "its namespace's end",
                .cause = "kernel",
                .sender = first,
                .reason = "its pid namespace ended with its process 1"});
}

void groups() {
    std::string const group = "/sys/fs/cgroup/witness-truth";
    need(::mkdir(group.c_str(), 0755) == 0, group);
    pid_t const victim = start([] {
        rest();
        return 0;
    });
    write_file(group + "/cgroup.procs", std::to_string(victim));
    pid_t const killer = start([&] {
        write_file(group + "/cgroup.kill", "1");
        return 0;
    });
    need(::waitpid(killer, nullptr, 0) == killer, "waitpid");
    tell(victim, {.what = "cgroup.kill", .cause = "kernel", .sender = killer, .reason = "cgroup.kill"});
    while (::rmdir(group.c_str()) != 0 && errno == EBUSY)
        ::sched_yield();
}

} // namespace

void kill_by_ends() {
    parents();
    tracers();
    orphaned_groups();
    terminals();
    sessions();
    namespaces();
    groups();
}

void end_in_threads() {
    auto const first_gone = [](int signal) {
        return start([=]() -> int {
            std::thread([=, first = ::getpid()] {
                wait_for_state(first, 'Z');
                if (signal != 0) ::raise(signal);
                ::_exit(7);
            }).detach();
            ::pthread_exit(nullptr);
        });
    };
    tell(first_gone(0), {.what = "the first thread first, then exit", .cause = "itself"});
    tell(first_gone(SIGTERM), {.what = "the first thread first, then a signal", .cause = "itself"});
    pid_t const lonely = first_gone(SIGSTOP);
    wait_for_state(lonely, 'Z');
    need(::kill(lonely, SIGINT) == 0 && ::kill(lonely, SIGCONT) == 0, "kill");
    tell(lonely, {.what = "a signal from outside after the first thread", .cause = "process", .sender = ::getpid()});
    tell(start([]() -> int {
             std::thread([] { ::execl("/bin/sh", "sh", "-c", "exit 11", nullptr); }).detach();
             rest();
         }),
         {.what = "a program executed by another thread", .cause = "itself"});
}

// The same pid again and again: told apart by the moment of the start, which counts in hundredths of a second.
void use_pids_again() {
    pid_t const wanted = start([] { return 0; });
    tell(wanted, {.what = "a pid's first process", .cause = "itself"});
    for (int code = 1; code <= 20; ++code) {
        timespec const tick{0, 15'000'000};
        ::nanosleep(&tick, nullptr); // the clock's own step, not for luck
        write_file("/proc/sys/kernel/ns_last_pid", std::to_string(wanted - 1));
        pid_t const child = start([=] { return code; });
        need(child == wanted, "the same pid again");
        tell(child, {.what = "the same pid, time " + std::to_string(code), .cause = "itself"});
    }
}

} // namespace truth
