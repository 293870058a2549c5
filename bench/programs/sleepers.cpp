// Many processes that sleep: `bench_sleepers N` forks N children, writes a line when all are there, and kills them when
// its standard input ends.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) {
    long const wanted = argc > 1 ? std::atol(argv[1]) : 0;
    std::vector<pid_t> children;
    for (long i = 0; i < wanted; ++i) {
        pid_t const pid = ::fork();
        if (pid < 0) return 1;
        if (pid == 0)
            for (;;)
                ::pause();
        children.push_back(pid);
    }
    std::puts("ready");
    std::fflush(stdout);
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) {}
    for (pid_t const pid : children)
        ::kill(pid, SIGKILL);
    for (pid_t const pid : children)
        ::waitpid(pid, nullptr, 0);
    return 0;
}
