#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.hpp"

namespace truth {
namespace {

void fault() {
    tell(start([] {
             *static_cast<int volatile*>(nullptr) = 1;
             return 0;
         }),
         {.what = "a null pointer", .cause = "fault", .reason = "nothing is mapped at the address"});
    tell(start([] {
             void* const page = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
             *static_cast<int volatile*>(page) = 1;
             return 0;
         }),
         {.what = "a page that is read-only", .cause = "fault", .reason = "the address may not be accessed so"});
    tell(start([] {
             void* const page =
                 ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, ::open("/tmp", O_TMPFILE | O_RDWR, 0600), 0);
             return *static_cast<int volatile*>(page);
         }),
         {.what = "a page behind the file's end",
          .cause = "fault",
          .reason = "no memory behind the mapped address: the file is shorter, or its disk full"});
    tell(start([] {
             asm volatile("ud2");
             return 0;
         }),
         {.what = "no instruction", .cause = "fault", .reason = "an illegal instruction"});
    tell(start([] {
             asm volatile("int3");
             return 0;
         }),
         {.what = "a breakpoint", .cause = "fault", .reason = "a breakpoint"});
    tell(start([] {
             int volatile one = 1;
             int volatile zero = 0;
             return one / zero;
         }),
         {.what = "a division by zero", .cause = "fault", .reason = "an integer was divided by zero"});
}

int forbid_getppid(unsigned action) {
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog const program{sizeof rules / sizeof *rules, rules};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 97;
    ::syscall(SYS_getppid);
    return 98;
}

void filter() {
    for (unsigned const action : {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP})
        tell(start([=] { return forbid_getppid(action); }),
             {.what = "seccomp action " + std::to_string(action), .cause = "seccomp"});
    tell(start([] {
             ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
             ::syscall(SYS_getppid);
             return 98;
         }),
         {.what = "seccomp's strict mode", .cause = "seccomp", .reason = "strict mode"});
}

[[noreturn]] int spin() {
    for (unsigned volatile n = 0;;)
        n = n + 1;
}

pid_t start_with_cpu(rlim_t soft, rlim_t hard) {
    return start([=] {
        rlimit const limit{soft, hard};
        if (::setrlimit(RLIMIT_CPU, &limit) != 0) return 97;
        spin();
    });
}

void limits(pid_t soft, pid_t hard) {
    tell(start([] {
             rlimit const limit{4096, 4096};
             int const file = ::open("/tmp", O_TMPFILE | O_RDWR, 0600);
             static char page[8192];
             ::setrlimit(RLIMIT_FSIZE, &limit);
             for (int n = 0; n < 3; ++n)
                 static_cast<void>(!::write(file, page, sizeof page));
             return 98;
         }),
         {.what = "RLIMIT_FSIZE", .cause = "limit", .limit = "RLIMIT_FSIZE=4096"});
    tell(soft, {.what = "RLIMIT_CPU, soft", .cause = "limit", .limit = "RLIMIT_CPU=1"});
    tell(hard, {.what = "RLIMIT_CPU, hard", .cause = "limit", .limit = "RLIMIT_CPU=1"});
}

void pipes() {
    tell(start([] {
             int ends[2];
             if (::pipe(ends) != 0 || ::close(ends[0]) != 0) return 97;
             static_cast<void>(!::write(ends[1], "x", 1));
             return 98;
         }),
         {.what = "a pipe that nobody reads", .cause = "pipe"});
}

void timers() {
    tell(start([] {
             itimerval const soon{{0, 0}, {0, 1000}};
             ::setitimer(ITIMER_REAL, &soon, nullptr);
             rest();
             return 0;
         }),
         {.what = "an alarm", .cause = "kernel", .reason = "its alarm(2) or setitimer(2) ran out"});
    for (int const which : {ITIMER_VIRTUAL, ITIMER_PROF})
        tell(start([=]() -> int {
                 itimerval const soon{{0, 0}, {0, 1000}};
                 ::setitimer(static_cast<__itimer_which_t>(which), &soon, nullptr);
                 spin();
             }),
             {.what = "timer " + std::to_string(which), .cause = "kernel", .reason = "its setitimer(2) ran out"});
    tell(start([] {
             sigevent event{};
             event.sigev_notify = SIGEV_SIGNAL;
             event.sigev_signo = SIGUSR2;
             timer_t timer{};
             itimerspec const soon{{0, 0}, {0, 1'000'000}};
             if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || ::timer_settime(timer, 0, &soon, nullptr) != 0)
                 return 97;
             rest();
             return 0;
         }),
         {.what = "a POSIX timer", .cause = "kernel", .reason = "a timer of its own (timer_create)"});
}

} // namespace

void kill_by_kernel() {
    pid_t const soft = start_with_cpu(1, 5); // takes its second while the others end
    pid_t const hard = start_with_cpu(1, 1);
    fault();
    filter();
    pipes();
    timers();
    limits(soft, hard);
}

// Its limit is to be the folder's, and only one process is in it.
void kill_by_memory(std::string const& group) {
    int ready[2];
    need(::pipe(ready) == 0, "pipe");
    pid_t const eater = start([&] {
        char go = 0;
        if (::read(ready[0], &go, 1) != 1) return 97;
        for (std::size_t const piece = 1 << 20; true;)
            std::memset(std::malloc(piece), 1, piece);
        return 98;
    });
    write_file(group + "/cgroup.procs", std::to_string(eater));
    need(::write(ready[1], "g", 1) == 1, "write");
    tell(eater, {.what = "no memory", .cause = "oom", .limit = "MemoryMax=16777216"});
    ::close(ready[0]);
    ::close(ready[1]);
}

} // namespace truth
