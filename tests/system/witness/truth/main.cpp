#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sched.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.hpp"

namespace truth {

void need(bool condition, std::string_view what) {
    if (condition) return;
    std::fprintf(stderr, "witness_truth: %.*s: %s\n", static_cast<int>(what.size()), what.data(), std::strerror(errno));
    std::_Exit(99);
}

pid_t start(std::function<int()> const& act) {
    std::fflush(stdout);
    pid_t const pid = ::fork();
    need(pid >= 0, "fork");
    if (pid == 0) ::_exit(act());
    return pid;
}

void rest() {
    while (true)
        ::pause();
}

static std::string stat_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::stringstream text;
    text << file.rdbuf();
    auto const whole = text.str();
    auto const end = whole.rfind(") ");
    return end == std::string::npos ? "" : whole.substr(end + 2);
}

unsigned long long start_ticks(pid_t pid) {
    std::istringstream fields(stat_of(pid));
    std::string field;
    for (int number = 3; fields >> field; ++number)
        if (number == 22) return std::strtoull(field.c_str(), nullptr, 10);
    return 0;
}

void wait_for_state(pid_t pid, char state) {
    while (stat_of(pid).substr(0, 1) != std::string(1, state))
        ::sched_yield();
}

pid_t child_of(pid_t pid) {
    auto const name = std::to_string(pid);
    pid_t child = 0;
    while (child == 0)
        std::ifstream("/proc/" + name + "/task/" + name + "/children") >> child;
    return child;
}

void write_file(std::string const& path, std::string_view text) {
    int const fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    need(fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()), path);
    ::close(fd);
}

static void say(pid_t pid, unsigned long long ticks, char const* kind, int status, Truth const& truth) {
    std::printf("%s\t%d\t%llu\t%s\t%d\t%s\t%d\t%s\t%s\n", truth.what.c_str(), pid, ticks, kind, status,
                truth.cause.c_str(), truth.sender, truth.limit.c_str(), truth.reason.c_str());
}

void tell(pid_t child, Truth const& truth) {
    siginfo_t info{};
    need(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0, "waitid");
    auto const ticks = start_ticks(child);
    int status = 0;
    need(::waitpid(child, &status, 0) == child && ticks != 0, "waitpid");
    if (WIFEXITED(status))
        say(child, ticks, "exited", WEXITSTATUS(status), truth);
    else
        say(child, ticks, WCOREDUMP(status) ? "dumped" : "killed", WTERMSIG(status), truth);
}

void tell_other(pid_t pid, unsigned long long ticks, int signal, Truth const& truth) {
    say(pid, ticks, "killed", signal, truth);
}

} // namespace truth

int main(int argc, char** argv) {
    truth::need(argc == 2, "wanted: a memory group's folder");
    for (int number = 1; number <= 64; ++number)
        ::signal(number, SIG_DFL); // what started us may have ignored some
    // Orphans of the cases come to us, and end where their end can be told.
    truth::need(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "prctl");
    truth::kill_by_people();
    truth::kill_by_kernel();
    truth::kill_by_ends();
    truth::end_in_threads();
    truth::use_pids_again();
    truth::kill_by_memory(argv[1]);
    return std::fflush(stdout);
}
