// witness_storm COUNT [BURST]: so many processes, BURST of them (500) started before any is waited for, which end at
// once. Says how long it took, in milliseconds. Static and small, so that a fork is cheap.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace {

bool run_burst(int count) {
    for (int n = 0; n < count; ++n) {
        pid_t const pid = ::fork();
        if (pid < 0) return false;
        if (pid == 0) ::_exit(n & 0x7f);
    }
    for (int n = 0; n < count; ++n)
        if (::waitpid(-1, nullptr, 0) < 0) return false;
    return true;
}

} // namespace

int main(int argc, char** argv) {
    int const count = argc > 1 ? std::atoi(argv[1]) : 0;
    int const burst = argc > 2 ? std::atoi(argv[2]) : 500;
    auto const begin = std::chrono::steady_clock::now();
    for (int left = count; left > 0; left -= burst)
        if (!run_burst(left < burst ? left : burst)) return 99;
    auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    std::printf("%lld\n", static_cast<long long>(took.count()));
    return 0;
}
