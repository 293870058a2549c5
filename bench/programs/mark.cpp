// A service that does nothing: says once who it is and when it came to life, and waits for its end.
//
//   bench_mark FIFO        or $MARK_FIFO, which goes first: some managers give arguments of their own
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

/// As harness/marks.py reads it. Short enough (PIPE_BUF) that many writers never mix.
struct Mark {
    std::int64_t pid;
    std::int64_t nanoseconds; ///< CLOCK_MONOTONIC
};

int main(int argc, char** argv) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    char const* fifo = std::getenv("MARK_FIFO");
    if (fifo == nullptr && argc == 2) fifo = argv[1];
    if (fifo == nullptr) return 2;
    int const fd = ::open(fifo, O_WRONLY | O_CLOEXEC);
    Mark const mark{::getpid(), now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec};
    if (fd < 0 || ::write(fd, &mark, sizeof mark) != sizeof mark) return 1;
    ::close(fd);
    for (;;)
        ::pause();
}
