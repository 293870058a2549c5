// What a start costs: spawn and wait of a tiny static program, our ways beside the bare system calls and what libraries
// offer. All ways take turns in each round; the table has the medians of the rounds, of the times and of what each is
// beside the bare loop in the same round. Fork has its rounds when all others are done: it leaves the parent's pages
// write-protected, and whoever comes next would pay for that.
//
//   process_bench [--starts N] [--rounds N] [--big]      --big: with 4 GiB of touched memory in the parent
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <functional>
#include <linux/sched.h>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "process/command.hpp"
#include "process/detail/raw.hpp"
#include "process/spawner.hpp"
#include "process_peers.hpp"

namespace {

using namespace mitori;
namespace raw = process::detail::raw;
using Clock = std::chrono::steady_clock;

char const* const program = MITORI_TINY;
char* const no_strings[] = {nullptr};
char* const argv[] = {const_cast<char*>(program), nullptr};

[[noreturn]] void give_up(char const* what) {
    std::perror(what);
    std::exit(1);
}

void wait_pidfd(int pidfd) {
    siginfo_t info;
    if (::syscall(SYS_waitid, P_PIDFD, pidfd, &info, WEXITED | __WALL, nullptr) != 0) give_up("waitid");
    ::close(pidfd);
}

// -- the ways

[[noreturn]] void execute_tiny(void*) {
    raw::call(SYS_execve, raw::word(program), raw::word(argv), raw::word(no_strings));
    for (;;)
        raw::call(SYS_exit_group, 127);
}

/// The floor: clone3, execve, waitid and nothing else.
void bare_clone3(int starts) {
    static std::array<std::byte, 65536> stack;
    for (int n = 0; n < starts; ++n) {
        int pidfd = -1;
        clone_args args{};
        args.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD;
        args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
        args.stack = reinterpret_cast<std::uintptr_t>(stack.data());
        args.stack_size = stack.size();
        if (raw::call_twice(SYS_clone3, raw::word(&args), sizeof args, 0, 0, 0, &execute_tiny, nullptr) < 0)
            give_up("clone3");
        wait_pidfd(pidfd);
    }
}

void by_posix_spawn(int starts) {
    for (int n = 0; n < starts; ++n) {
        pid_t pid = -1;
        if (::posix_spawn(&pid, program, nullptr, nullptr, argv, no_strings) != 0) give_up("posix_spawn");
        ::waitpid(pid, nullptr, 0);
    }
}

void by_fork(int starts) {
    for (int n = 0; n < starts; ++n) {
        pid_t const pid = ::fork();
        if (pid < 0) give_up("fork");
        if (pid == 0) {
            ::execve(program, argv, no_strings);
            ::_exit(127);
        }
        ::waitpid(pid, nullptr, 0);
    }
}

process::Command tiny_command() { return process::Command(program).clear_env(); }

void by_spawn(int starts) {
    auto const plan = tiny_command().plan();
    for (int n = 0; n < starts; ++n) {
        auto child = process::spawn(*plan);
        if (!child) give_up("spawn");
        static_cast<void>(child->wait());
    }
}

void by_command(int starts) {
    for (int n = 0; n < starts; ++n) {
        auto child = tiny_command().spawn();
        if (!child) give_up("spawn");
        static_cast<void>(child->wait());
    }
}

/// Keeps `most` plans under way, and takes each exit when the child has been told as executed.
void by_spawner(process::Spawner& spawner, int starts, int most) {
    std::vector<process::Child> children;
    int submitted = 0;
    int ended = 0;
    while (ended < starts) {
        for (; submitted < starts && submitted - ended < most; ++submitted)
            static_cast<void>(spawner.submit(*tiny_command().plan()));
        pollfd watched{spawner.socket(), POLLIN, 0};
        ::poll(&watched, 1, -1);
        auto events = spawner.exchange();
        if (!events) give_up("exchange");
        for (auto& event : *events) {
            if (auto* started = std::get_if<process::Started>(&event)) children.push_back(std::move(started->child));
            if (std::holds_alternative<process::Failed>(event)) give_up("spawner");
            if (!std::holds_alternative<process::Executed>(event)) continue;
            static_cast<void>(children.front().wait());
            children.erase(children.begin());
            ++ended;
        }
    }
}

// -- the table

struct Way {
    std::string_view name;
    std::function<void(int)> run;
    int share = 1;                         ///< runs only starts / share, since it would take minutes
    enum { in_turn, last } when = in_turn; ///< last: disturbs those that are measured after it
    std::vector<double> wall;
    std::vector<double> cpu;
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double own_cpu() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](timeval const& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void measure(Way& way, int starts) {
    int const count = std::max(1, starts / way.share);
    double const cpu = own_cpu();
    auto const begin = Clock::now();
    way.run(count);
    std::chrono::duration<double> const wall = Clock::now() - begin;
    way.wall.push_back(wall.count() / count * 1e6);
    way.cpu.push_back((own_cpu() - cpu) / count * 1e6);
}

/// What the way took beside the floor in the same round: a machine that is busy for a while is so for both.
double ratio(Way const& way, Way const& floor) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < way.wall.size(); ++round)
        ratios.push_back(way.wall[round] / floor.wall[round]);
    return median(ratios);
}

void print(std::vector<Way> const& ways, int starts, int rounds) {
    fmt::print("{} starts of a tiny static program, medians of {} rounds\n\n", starts, rounds);
    fmt::print("{:<34} {:>12} {:>8} {:>18}\n", "way", "µs a start", "ratio", "caller's CPU, µs");
    for (auto const& way : ways)
        fmt::print("{:<34} {:>11.1f} {:>8.2f} {:>17.1f}\n", way.name, median(way.wall), ratio(way, ways.front()),
                   median(way.cpu));
}

/// Touched, so that fork has page tables to copy; small pages, as memory that grew over time has.
void take_memory(std::size_t bytes) {
    void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) give_up("mmap");
    ::madvise(memory, bytes, MADV_NOHUGEPAGE);
    for (std::size_t at = 0; at < bytes; at += 4096)
        static_cast<std::byte volatile*>(memory)[at] = std::byte{1};
}

int option(std::vector<std::string_view> const& arguments, std::string_view name, int otherwise) {
    auto const found = std::ranges::find(arguments, name);
    return found != arguments.end() && found + 1 != arguments.end() ? std::atoi((found + 1)->data()) : otherwise;
}

} // namespace

int main(int argc, char** argv_of_main) {
    std::vector<std::string_view> const arguments(argv_of_main + 1, argv_of_main + argc);
    int const starts = std::max(1, option(arguments, "--starts", 1000));
    int const rounds = std::max(1, option(arguments, "--rounds", 7));
    bool const big = std::ranges::find(arguments, "--big") != arguments.end();

    // As a manager does it: the helper is made while the parent is small.
    auto spawner = process::Spawner::start();
    if (!spawner) give_up("start spawner");
    if (big) take_memory(std::size_t{4} << 30);
    std::vector<Way> ways{
        {"bare clone3(VM|VFORK)", bare_clone3},
        {"posix_spawn", by_posix_spawn},
        {"mitori spawn(plan)", by_spawn},
        {"mitori Command::spawn()", by_command},
        {"mitori Spawner, 1 in flight", [&](int count) { by_spawner(*spawner, count, 1); }},
        {"mitori Spawner, 4 in flight", [&](int count) { by_spawner(*spawner, count, 4); }},
        {"fork + execve", by_fork, big ? 50 : 1, Way::last},
    };
    for (auto const& peer : {bench::boost_process(), bench::glib()}) {
        if (peer.run == nullptr) fmt::print("{}: was not there when this was built\n", peer.name);
        if (peer.run != nullptr) ways.push_back({peer.name, [peer](int count) { peer.run(program, count); }});
    }
    for (auto const when : {Way::in_turn, Way::last})
        for (int round = 0; round < rounds; ++round)
            for (auto& way : ways)
                if (way.when == when) measure(way, starts);
    print(ways, starts, rounds);
    fmt::print("\nspawn method: {}{}\n", process::spawn_method(), big ? ", 4 GiB touched in the parent" : "");
}
