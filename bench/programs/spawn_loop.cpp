// bench_spawn_loop COUNT PROGRAM: starts the program, waits for its end, and again, so many times. Says how many
// seconds that took.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <spawn.h>
#include <sys/wait.h>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    char* no_strings[] = {nullptr};
    auto const begin = std::chrono::steady_clock::now();
    for (int left = std::atoi(argv[1]); left > 0; --left) {
        pid_t pid = 0;
        if (::posix_spawn(&pid, argv[2], nullptr, nullptr, argv + 2, no_strings) != 0) return 1;
        if (::waitpid(pid, nullptr, 0) != pid) return 1;
    }
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
    std::printf("%.6f\n", took.count());
    return 0;
}
