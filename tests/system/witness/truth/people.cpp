#include <csignal>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.hpp"

namespace truth {
namespace {

constexpr uid_t stranger = 42042;

bool ends_a_process(int number) {
    if (number == 32 || number == 33) return false; // the C library's own
    for (int const harmless : {SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH})
        if (number == harmless) return false;
    return true;
}

int send_to_itself(int number) {
    ::raise(number);
    return 98;
}

std::string name(char const* who, int number) { return std::string(who) + " sent signal " + std::to_string(number); }

void kill_as_stranger(int number) {
    pid_t const victim = start([] {
        rest();
        return 0;
    });
    // A user of his own may signal only what is his: the victim is root's, so he keeps the right but not the number.
    pid_t const killer = start([=] {
        if (::seteuid(stranger) != 0) return 1;
        if (::seteuid(0) != 0) return 1;
        return ::kill(victim, number);
    });
    int status = 0;
    need(::waitpid(killer, &status, 0) == killer && status == 0, "the stranger's kill");
    tell(victim, {.what = name("a stranger", number), .cause = "process", .sender = killer});
}

void kill_by_queue() {
    pid_t const victim = start([] {
        rest();
        return 0;
    });
    need(::sigqueue(victim, SIGUSR1, {}) == 0, "sigqueue");
    tell(victim, {.what = "sigqueue by the parent", .cause = "process", .sender = ::getpid()});
}

// The first SIGTERM is taken by a handler, the second one ends it.
void kill_after_a_handled_one() {
    pid_t const victim = start([] {
        ::signal(SIGTERM, [](int) { ::signal(SIGTERM, SIG_DFL); });
        ::raise(SIGTERM);
        ::raise(SIGSTOP);
        rest();
        return 0;
    });
    wait_for_state(victim, 'T');
    pid_t const killer = start([=] { return ::kill(victim, SIGTERM); });
    need(::waitpid(killer, nullptr, 0) == killer && ::kill(victim, SIGCONT) == 0, "kill");
    tell(victim, {.what = "the second SIGTERM", .cause = "process", .sender = killer});
}

// Whoever asks first is the one: the second SIGKILL finds it dying.
void kill_while_it_is_stopped() {
    pid_t const victim = start([] {
        ::raise(SIGSTOP);
        return 0;
    });
    wait_for_state(victim, 'T');
    need(::kill(victim, SIGKILL) == 0 && ::kill(victim, SIGTERM) == 0, "kill");
    tell(victim, {.what = "SIGKILL before SIGTERM", .cause = "process", .sender = ::getpid()});
}

} // namespace

void kill_by_people() {
    for (int code = 0; code < 256; ++code)
        tell(start([=] { return code; }), {.what = "exit code " + std::to_string(code), .cause = "itself"});
    for (int number = 1; number <= 64; ++number) {
        if (!ends_a_process(number)) continue;
        tell(start([=] { return send_to_itself(number); }), {.what = name("itself", number), .cause = "itself"});
        pid_t const child = start([] {
            rest();
            return 0;
        });
        need(::kill(child, number) == 0, "kill");
        tell(child, {.what = name("the parent", number), .cause = "process", .sender = ::getpid()});
        kill_as_stranger(number);
    }
    kill_by_queue();
    kill_after_a_handled_one();
    kill_while_it_is_stopped();
    tell(start([] {
             ::execl("/bin/true", "true", nullptr);
             return 97;
         }),
         {.what = "another program", .cause = "itself"});
    tell(start([] {
             std::abort();
             return 0;
         }),
         {.what = "abort", .cause = "itself"});
    rlimit const unlimited{RLIM_INFINITY, RLIM_INFINITY};
    tell(start([&] {
             return ::setrlimit(RLIMIT_CORE, &unlimited) == 0 && ::chdir("/tmp") == 0 ? send_to_itself(SIGQUIT) : 1;
         }),
         {.what = "a core", .cause = "itself"});
}

} // namespace truth
