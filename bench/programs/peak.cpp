// How much memory a command had at most: `bench_peak COMMAND…` prints it in KiB. A program of its own, because what
// getrusage(2) tells of a process begins with the size of the one that made it: this one is small.
#include <cstdio>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc < 2) return 1;
    pid_t const pid = ::fork();
    if (pid == 0) {
        int const nowhere = ::open("/dev/null", O_RDWR);
        ::dup2(nowhere, STDOUT_FILENO);
        ::execvp(argv[1], argv + 1);
        ::_exit(127);
    }
    int status = 0;
    rusage usage{};
    if (pid < 0 || ::wait4(pid, &status, 0, &usage) != pid) return 1;
    std::printf("%ld\n", usage.ru_maxrss);
    return status == 0 ? 0 : 1;
}
