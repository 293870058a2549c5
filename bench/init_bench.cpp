// What a small init costs: mitori-init beside those that it answers for and the least that such a program can do. All
// take turns in each round; the tables have the medians of the rounds.
//
//   init_bench [--starts N] [--rounds N] [--orphans N]
//   init_bench reap COMMAND...     the floor: the least init, which only waits (and is what is measured as such)
//   init_bench storm N             the command of the third table
//
// Starting: `INIT -- /bin/true` beside /bin/true. Memory: of an init whose command sleeps. Reaping: the processor time
// of the init itself, process 1 of a namespace, while N orphans end; needs root.
#include <algorithm>
#include <chrono>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sched.h>
#include <signal.h>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

[[noreturn]] void give_up(char const* what) {
    std::perror(what);
    std::exit(1);
}

// -- the programs

struct Init {
    std::string name;
    Words words; ///< before the command
};

std::string own_path() {
    char path[PATH_MAX];
    ssize_t const size = ::readlink("/proc/self/exe", path, sizeof path);
    return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : "init_bench";
}

std::vector<Init> inits() {
    std::vector<Init> found{{"the least init", {own_path(), "reap"}}, {"mitori-init", {MITORI_INIT, "--"}}};
    Init const peers[] = {{"tini", {"/usr/bin/tini", "-s", "--"}},
                          {"tini-static", {"/usr/bin/tini-static", "-s", "--"}},
                          {"dumb-init", {"/usr/bin/dumb-init", "--"}},
                          {"catatonit", {"/usr/bin/catatonit", "--"}}};
    for (Init const& peer : peers) {
        if (::access(peer.words[0].c_str(), X_OK) == 0)
            found.push_back(peer);
        else
            fmt::print("  {} is not installed and is left out\n", peer.name);
    }
    return found;
}

Words with(Words words, Words const& command) {
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

std::vector<char*> vector_of(Words const& words) {
    std::vector<char*> vector;
    for (std::string const& word : words)
        vector.push_back(const_cast<char*>(word.c_str()));
    vector.push_back(nullptr);
    return vector;
}

pid_t start(Words const& words) {
    std::vector<char*> const vector = vector_of(words);
    pid_t const pid = ::vfork();
    if (pid == 0) {
        ::execv(vector[0], vector.data());
        ::_exit(127);
    }
    if (pid < 0) give_up("vfork");
    return pid;
}

/// Process 1 of a namespace of its own.
pid_t start_as_first(Words const& words) {
    std::vector<char*> const vector = vector_of(words);
    auto const pid =
        static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    if (pid == 0) {
        ::execv(vector[0], vector.data());
        ::_exit(127);
    }
    if (pid < 0) give_up("clone(CLONE_NEWPID), which needs root");
    return pid;
}

void wait_for(pid_t pid) {
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid) give_up("waitpid");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    fmt::print(stderr, "init_bench: a program ended with status {:#x}\n", status);
    std::exit(1);
}

double median(std::vector<double> figures) {
    std::ranges::sort(figures);
    std::size_t const middle = figures.size() / 2;
    return figures.size() % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
}

void say_target(std::string_view what, double value, double most, std::string_view unit) {
    fmt::print("  target {}: at most {:g} {}, measured {:.4g}: {}\n", what, most, unit, value,
               value <= most ? "met" : "MISSED");
}

// -- starting

double milliseconds_of(Words const& words) {
    auto const begin = Clock::now();
    wait_for(start(words));
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void measure_starts(std::vector<Init> const& all, int starts) {
    Words const command{"/bin/true"};
    std::vector<double> bare;
    std::vector<std::vector<double>> with_init(all.size());
    for (int n = 0; n < starts; ++n) {
        bare.push_back(milliseconds_of(command));
        for (std::size_t which = 0; which < all.size(); ++which)
            with_init[which].push_back(milliseconds_of(with(all[which].words, command)));
    }
    double const floor = median(bare);
    fmt::print("/bin/true to its end, {} times each in turn\n\n  {:<16}{:>8}{:>10}\n", starts, "", "ms", "adds ms");
    fmt::print("  {:<16}{:>8.2f}\n", "bare", floor);
    double ours = 0;
    for (std::size_t which = 0; which < all.size(); ++which) {
        double const taken = median(with_init[which]);
        fmt::print("  {:<16}{:>8.2f}{:>10.2f}\n", all[which].name, taken, taken - floor);
        if (which == 1) ours = taken - floor;
    }
    fmt::print("\n");
    say_target("mitori-init adds", ours, 1.5, "ms");
}

// -- memory

struct Memory {
    long private_kib = 0;
    long pss_kib = 0;
};

Memory memory_of(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/smaps_rollup", pid));
    Memory memory;
    for (std::string line; std::getline(file, line);) {
        std::size_t const colon = line.find(':');
        if (colon == std::string::npos) continue;
        long const kib = std::atol(line.c_str() + colon + 1);
        if (line.starts_with("Private_")) memory.private_kib += kib;
        if (line.starts_with("Pss:")) memory.pss_kib = kib;
    }
    return memory;
}

std::string children_of(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", pid));
    std::string children;
    std::getline(file, children);
    return children;
}

std::string name_of(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/comm", pid));
    std::string name;
    std::getline(file, name);
    return name;
}

template <class Condition>
void wait_until(Condition holds, char const* what) {
    auto const limit = Clock::now() + std::chrono::seconds(60);
    while (!holds()) {
        if (Clock::now() > limit) {
            fmt::print(stderr, "init_bench: not within a minute: {}\n", what);
            std::exit(1);
        }
        ::usleep(1000);
    }
}

void measure_memory(std::vector<Init> const& all) {
    fmt::print("\nMemory of the init while its command sleeps, and the program on disk\n\n  {:<16}{:>13}{:>10}{:>10}\n",
               "", "private KiB", "PSS KiB", "file KiB");
    double ours = 0;
    double size = 0;
    for (Init const& init : all) {
        pid_t const pid = start(with(init.words, {"/bin/sleep", "1000"}));
        pid_t command = 0;
        wait_until([&] { return (command = std::atoi(children_of(pid).c_str())) > 0 && name_of(command) == "sleep"; },
                   "the command runs");
        wait_until([&] { return name_of(pid) != name_of(::getpid()) || init.name == "the least init"; },
                   "the init runs");
        Memory const memory = memory_of(pid);
        struct stat file{};
        ::stat(init.words[0].c_str(), &file);
        fmt::print("  {:<16}{:>13}{:>10}{:>10}\n", init.name, memory.private_kib, memory.pss_kib, file.st_size / 1024);
        if (init.name == "mitori-init") {
            ours = static_cast<double>(memory.private_kib);
            size = static_cast<double>(file.st_size) / 1024;
        }
        ::kill(command, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
    fmt::print("\n");
    say_target("private memory", ours, 200, "KiB");
    say_target("program", size, 1024, "KiB");
}

// -- reaping

double cpu_milliseconds(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/schedstat", pid));
    double nanoseconds = 0;
    file >> nanoseconds;
    return nanoseconds / 1e6;
}

/// Waits for a byte from its end, which the storm has, or for that end's closing.
void read_byte(int fd) {
    char byte = 0;
    while (::read(fd, &byte, 1) < 0 && errno == EINTR) {}
}

constexpr int from_storm = 8; // an init may close what it does not know: its command has them before
constexpr int to_storm = 9;

/// What the init itself spends while `orphans` end and come to it.
double reaping_milliseconds(Init const& init, int orphans) {
    int started[2];
    int go[2];
    if (::pipe(started) != 0 || ::pipe(go) != 0) give_up("pipe");
    ::fcntl(started[0], F_SETFD, FD_CLOEXEC);
    ::fcntl(go[1], F_SETFD, FD_CLOEXEC);
    ::dup2(started[1], from_storm);
    ::dup2(go[0], to_storm);
    pid_t const pid = start_as_first(with(init.words, {own_path(), "storm", std::to_string(orphans)}));
    for (int const fd : {started[1], go[0], from_storm, to_storm})
        ::close(fd);
    read_byte(started[0]); // the storm is there: what the start cost is no matter of reaping
    double const before = cpu_milliseconds(pid);
    if (::write(go[1], "g", 1) != 1) give_up("write");
    read_byte(started[0]); // all have been started, and have lost their parents
    auto const only_the_storm_is_left = [&] { return children_of(pid).find(' ') == children_of(pid).size() - 1; };
    wait_until(only_the_storm_is_left, "all orphans are reaped");
    double const spent = cpu_milliseconds(pid) - before;
    ::close(go[1]);
    wait_for(pid);
    ::close(started[0]);
    return spent;
}

void measure_reaping(std::vector<Init> const& all, int orphans, int rounds) {
    std::vector<std::vector<double>> taken(all.size());
    std::vector<double> ratios;
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t which = 0; which < all.size(); ++which)
            taken[which].push_back(reaping_milliseconds(all[which], orphans));
        ratios.push_back(taken[1].back() / taken[0].back());
    }
    double const floor = median(taken[0]);
    fmt::print("\nThe init's own processor time while {} orphans end, {} rounds\n\n  {:<16}{:>8}{:>8}\n", orphans,
               rounds, "", "ms", "ratio");
    for (std::size_t which = 0; which < all.size(); ++which)
        fmt::print("  {:<16}{:>8.1f}{:>8.2f}\n", all[which].name, median(taken[which]), median(taken[which]) / floor);
    fmt::print("\n");
    say_target("mitori-init beside the least init, median of the rounds", median(ratios), 1.2, "times its time");
}

// -- the roles

/// The least init: starts its command, and waits for whomever until that one has ended.
int reap(char** command) {
    pid_t const child = ::vfork();
    if (child == 0) {
        ::execv(command[0], command);
        ::_exit(127);
    }
    for (;;) {
        int status = 0;
        pid_t const ended = ::waitpid(-1, &status, 0);
        if (ended == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (ended < 0) return 125;
    }
}

/// Each child leaves a child of its own behind.
int storm(int orphans) {
    if (::write(from_storm, "s", 1) != 1) return 1;
    read_byte(to_storm);
    for (int n = 0; n < orphans; ++n) {
        pid_t const child = ::vfork();
        if (child == 0) {
            if (::vfork() == 0) ::_exit(n & 0xff);
            ::_exit(0);
        }
        if (child < 0 || ::waitpid(child, nullptr, 0) != child) return 1;
    }
    if (::write(from_storm, "d", 1) != 1) return 1;
    read_byte(to_storm);
    return 0;
}

int measure(int starts, int rounds, int orphans) {
    std::vector<Init> const all = inits();
    measure_starts(all, starts);
    measure_memory(all);
    measure_reaping(all, orphans, rounds);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    std::string_view const role = argc > 1 ? argv[1] : "";
    if (role == "reap" && argc > 2) return reap(argv + 2);
    if (role == "storm" && argc == 3) return storm(std::atoi(argv[2]));
    int starts = 300;
    int rounds = 9;
    int orphans = 3000;
    for (int at = 1; at < argc; at += 2) {
        std::string_view const option = argv[at];
        int* const value = option == "--starts" ? &starts : option == "--rounds" ? &rounds : &orphans;
        if (at + 1 == argc || (value == &orphans && option != "--orphans")) {
            fmt::print(stderr, "usage: init_bench [--starts N] [--rounds N] [--orphans N]\n");
            return 2;
        }
        *value = std::max(1, std::atoi(argv[at + 1]));
    }
    return measure(starts, rounds, orphans);
}
