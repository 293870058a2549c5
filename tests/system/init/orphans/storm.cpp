// init_storm FAMILIES: each family is one child of ours, which leaves five, which leave four each. All end as chance
// has it, and but for the first nobody waits for anyone: 25 orphans a family. Says "done" when it has started them all,
// and then waits to be ended. Static and small, so that a hundred thousand forks cost seconds.
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int failed = 99;

/// Chance, the same in each run.
unsigned chance(unsigned& state, unsigned below) {
    state = state * 1664525U + 1013904223U; // Numerical Recipes' constants
    return (state >> 16) % below;
}

[[noreturn]] void end(unsigned& state) {
    if (chance(state, 10) < 3) {
        timespec const moment{0, static_cast<long>(chance(state, 3'000'000))};
        ::nanosleep(&moment, nullptr);
    }
    if (chance(state, 10) == 0) ::raise(SIGKILL);
    ::_exit(static_cast<int>(chance(state, 256)));
}

/// So many children, each of which does the same with the next number; then we end. 0 ends the list.
[[noreturn]] void leave(int const* counts, unsigned& state) {
    for (int n = 0; n < *counts; ++n) {
        pid_t const child = ::fork();
        if (child < 0) ::_exit(failed);
        state += 7;
        if (child == 0) leave(counts + 1, state);
    }
    end(state);
}

} // namespace

int main(int argc, char** argv) {
    int const families = argc == 2 ? std::atoi(argv[1]) : 0;
    unsigned state = 4711;
    static constexpr int generations[] = {4, 0};
    for (int family = 0; family < families; ++family) {
        pid_t const first = ::fork();
        if (first < 0) return failed;
        state += 31;
        if (first == 0) {
            for (int n = 0; n < 5; ++n) {
                pid_t const second = ::fork();
                if (second < 0) ::_exit(failed);
                state += 7;
                if (second == 0) leave(generations, state);
            }
            ::_exit(0);
        }
        int status = 0;
        if (::waitpid(first, &status, 0) != first || status != 0) return failed;
    }
    if (::write(1, "done\n", 5) != 5) return failed;
    for (;;)
        ::pause();
}
