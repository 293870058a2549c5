// A tree of processes that does not want to die: `process_tree ROLE...`, each role a process of its own, all ignoring
// every signal that can be ignored. Each says a letter on descriptor 3 when it is there, and the tree's end is the end
// of that pipe. Nothing of it lives longer than two minutes, whatever goes wrong.
//
//   orphan     forks twice, begins a session, sleeps
//   comet      does nothing but fork and end: the child goes on
//   session    a comet that begins a session each time
//   group      a comet that begins a group each time
//   keeper     keeps four children alive, each of which ends at once or is replaced when it is killed
//   widow      its first thread has ended, another one goes on and forks
//   deep       a chain of eight, each in a session of its own
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <pthread.h>
#include <string_view>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

time_t the_end;

time_t now() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

void live_no_longer_than_allowed() {
    if (now() >= the_end) ::_exit(0);
}

void say_ready() {
    if (::write(3, "r", 1) != 1) ::_exit(1);
}

[[noreturn]] void sleep_on() {
    for (;;) {
        live_no_longer_than_allowed();
        ::usleep(50'000);
    }
}

/// True in the new process.
bool forked() {
    pid_t const pid = ::fork();
    if (pid < 0 && errno != EAGAIN && errno != ENOMEM) ::_exit(1);
    return pid == 0;
}

/// The old one ends.
void go_on_as_a_child() {
    while (!forked()) {
        if (errno == EAGAIN || errno == ENOMEM) continue;
        ::_exit(0);
    }
}

[[noreturn]] void fly(bool session, bool group) {
    say_ready();
    for (;;) {
        live_no_longer_than_allowed();
        errno = 0;
        pid_t const pid = ::fork();
        if (pid > 0) ::_exit(0);
        if (pid < 0) continue;
        if (session) ::setsid();
        if (group) ::setpgid(0, 0);
    }
}

[[noreturn]] void keep_four() {
    say_ready();
    int alive = 0;
    for (;;) {
        live_no_longer_than_allowed();
        for (; alive < 4; ++alive)
            if (forked()) {
                if (alive % 2 == 0) ::setsid();
                ::usleep(static_cast<useconds_t>(alive) * 500);
                ::_exit(0);
            }
        if (::waitpid(-1, nullptr, 0) > 0) --alive;
    }
}

void* second_thread(void*) {
    ::usleep(5'000);
    say_ready();
    for (;;) {
        live_no_longer_than_allowed();
        if (forked()) {
            ::usleep(1'000);
            ::_exit(0);
        }
        ::waitpid(-1, nullptr, 0);
    }
}

[[noreturn]] void be_widow() {
    pthread_t thread{};
    ::pthread_create(&thread, nullptr, second_thread, nullptr);
    ::syscall(SYS_exit, 0); // of this thread only
    ::_exit(1);
}

[[noreturn]] void play(std::string_view role) {
    if (role == "comet") fly(false, false);
    if (role == "session") fly(true, false);
    if (role == "group") fly(false, true);
    if (role == "keeper") keep_four();
    if (role == "widow") be_widow();
    if (role == "deep")
        for (int depth = 0; depth < 7 && forked(); ++depth)
            ::setsid();
    if (role == "orphan") {
        go_on_as_a_child();
        ::setsid();
        go_on_as_a_child();
    }
    say_ready();
    sleep_on();
}

} // namespace

int main(int argc, char** argv) {
    the_end = now() + 120;
    for (int signal = 1; signal <= SIGRTMAX; ++signal)
        if (signal != SIGCHLD) ::signal(signal, SIG_IGN);
    for (int n = 1; n < argc; ++n)
        if (forked()) play(argv[n]);
    sleep_on();
}
