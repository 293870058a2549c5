// Prints what a process sees of itself, a line for each question: `process_probe uid fds env:HOME`. The child of the
// tests.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <sched.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace {

int the_argc;
char** the_argv;

std::string numbers(std::vector<long> values) {
    std::sort(values.begin(), values.end());
    std::string text;
    for (long const value : values)
        text += (text.empty() ? "" : " ") + std::to_string(value);
    return text.empty() ? "none" : text;
}

std::string open_descriptors() {
    std::vector<long> found;
    DIR* const directory = ::opendir("/proc/self/fd");
    if (directory == nullptr) return "?";
    while (dirent const* entry = ::readdir(directory))
        if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(directory))
            found.push_back(std::atol(entry->d_name));
    ::closedir(directory);
    return numbers(found);
}

std::string status_line(std::string_view name) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name)) return line.substr(line.find_first_not_of(" \t", name.size() + 1));
    return "?";
}

std::string file_text(std::string const& path) {
    std::ifstream file(path);
    std::string text((std::istreambuf_iterator<char>(file)), {});
    while (text.ends_with('\n'))
        text.pop_back();
    return file ? text : "?";
}

std::string groups() {
    gid_t list[256];
    int const count = ::getgroups(256, list);
    return numbers(std::vector<long>(list, list + std::max(count, 0)));
}

std::string umask_text() {
    char text[8];
    std::snprintf(text, sizeof text, "%04o", ::umask(0));
    return text;
}

std::string limit_text(int resource) {
    rlimit limit{};
    ::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
    return std::to_string(limit.rlim_cur) + ":" + std::to_string(limit.rlim_max);
}

std::string scheduler_text() {
    sched_param param{};
    ::sched_getparam(0, &param);
    return std::to_string(::sched_getscheduler(0)) + " " + std::to_string(param.sched_priority);
}

std::string cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    ::sched_getaffinity(0, sizeof set, &set);
    std::vector<long> list;
    for (long cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) list.push_back(cpu);
    return numbers(list);
}

std::string pdeathsig() {
    int signal = 0;
    ::prctl(PR_GET_PDEATHSIG, &signal);
    return std::to_string(signal);
}

std::string environment() {
    std::string text;
    for (char** entry = environ; *entry != nullptr; ++entry)
        text += (text.empty() ? "" : "|") + std::string(*entry);
    return text.empty() ? "none" : text;
}

std::string arguments() {
    std::string text;
    for (int n = 0; n < the_argc; ++n)
        text += (n == 0 ? "" : "|") + std::string(the_argv[n]);
    return text;
}

std::string link(std::string const& path) {
    char target[4096];
    auto const length = ::readlink(path.c_str(), target, sizeof target);
    return length < 0 ? "?" : std::string(target, static_cast<std::size_t>(length));
}

std::string cwd() {
    char path[4096];
    return ::getcwd(path, sizeof path) != nullptr ? path : "?";
}

std::string about_ids(std::string const& key) {
    if (key == "pid") return std::to_string(::getpid());
    if (key == "ppid") return std::to_string(::getppid());
    if (key == "sid") return std::to_string(::getsid(0));
    if (key == "pgid") return std::to_string(::getpgid(0));
    if (key == "uid") return status_line("Uid:");
    if (key == "gid") return status_line("Gid:");
    if (key == "groups") return groups();
    return "?";
}

std::string answer(std::string const& key) {
    if (key == "fds") return open_descriptors();
    if (key == "cwd") return cwd();
    if (key == "umask") return umask_text();
    if (key == "nice") return std::to_string(::getpriority(PRIO_PROCESS, 0));
    if (key == "scheduler") return scheduler_text();
    if (key == "ioprio") return std::to_string(::syscall(SYS_ioprio_get, 1, 0));
    if (key == "cpus") return cpus();
    if (key == "oom") return file_text("/proc/self/oom_score_adj");
    if (key == "slack") return std::to_string(::prctl(PR_GET_TIMERSLACK));
    if (key == "nnp") return std::to_string(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    if (key == "pdeathsig") return pdeathsig();
    if (key == "blocked") return status_line("SigBlk:");
    if (key == "ignored") return status_line("SigIgn:");
    if (key == "environment") return environment();
    if (key == "arguments") return arguments();
    if (key == "cgroup") return file_text("/proc/self/cgroup");
    if (key.starts_with("env:")) {
        char const* value = std::getenv(key.c_str() + 4);
        return value != nullptr ? value : "unset";
    }
    if (key.starts_with("limit:")) return limit_text(std::atoi(key.c_str() + 6));
    if (key.starts_with("fd:")) return link("/proc/self/fd/" + key.substr(3));
    return about_ids(key);
}

/// One datagram to $NOTIFY_SOCKET, sd_notify(3).
void notify(std::string const& text) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    char const* const path = std::getenv("NOTIFY_SOCKET");
    if (path != nullptr) std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int const fd = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    if (::sendto(fd, text.data(), text.size(), 0, reinterpret_cast<sockaddr const*>(&address), sizeof address) < 0)
        std::exit(71);
    ::close(fd);
}

} // namespace

int main(int argc, char** argv) {
    the_argc = argc;
    the_argv = argv;
    std::string text;
    for (int n = 1; n < argc; ++n) {
        std::string const key = argv[n];
        if (key.starts_with("exit:")) std::exit(std::atoi(key.c_str() + 5));
        if (key.starts_with("kill:")) ::raise(std::atoi(key.c_str() + 5));
        if (key == "pause") ::pause();
        if (key.starts_with("notify:")) notify(key.substr(7));
        if (key.starts_with("notify:")) continue;
        if (key.starts_with("exit:") || key.starts_with("kill:") || key == "pause") continue;
        text += key + " " + answer(key) + "\n";
    }
    return ::write(1, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1;
}
