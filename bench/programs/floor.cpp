// The floor: what any manager must at least do, by bare system calls.
//
//   bench_floor start N PROGRAM ARGUMENT      vfork and execve N times, then waits for its end
//   bench_floor restart PROGRAM ARGUMENT      starts the program again whenever it ends
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace {

char* no_strings[] = {nullptr};

/// `argv` ends with a null pointer; its first is the program.
void start(char** argv) {
    pid_t const pid = ::vfork();
    if (pid == 0) {
        ::execve(argv[0], argv, no_strings);
        ::_exit(127);
    }
    if (pid > 0) return;
    std::perror("vfork");
    std::exit(1);
}

} // namespace

int main(int argc, char** argv) {
    std::string_view const what = argc > 1 ? argv[1] : "";
    if (what == "start" && argc == 5) {
        for (int left = std::atoi(argv[2]); left > 0; --left)
            start(argv + 3);
        for (;;)
            ::pause();
    }
    if (what == "restart" && argc == 4)
        for (;;) {
            start(argv + 2);
            siginfo_t ended;
            if (::waitid(P_ALL, 0, &ended, WEXITED) != 0) return 1;
        }
    std::fputs("usage: bench_floor start N PROGRAM ARGUMENT | restart PROGRAM ARGUMENT\n", stderr);
    return 2;
}
