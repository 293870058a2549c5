// The child shares our memory, on a stack of its own, while we stand still (CLONE_VM | CLONE_VFORK): nothing is copied,
// and its start costs what exec(2) costs. It makes system calls, and writes to nothing that we read afterwards.
#include "init/command.hpp"

#include <cerrno>
#include <sched.h>

#include "base/raw.hpp"
#include "init/arguments.hpp"
#include "init/detail/machine.hpp"
#include "init/text.hpp"

namespace mitori::init {

namespace raw = base::raw;

namespace {

constexpr std::size_t path_room = 4096;                    // PATH_MAX
constexpr std::string_view default_path = "/bin:/usr/bin"; // as execvp(3)
constexpr std::string_view listen_pid = "LISTEN_PID";      // sd_listen_fds(3)
constexpr std::size_t number_room = 24;

struct Start {
    Settings const& settings;
    Inheritance const& inheritance;
    Terminal const& terminal;
    Report const& report;
    long pid = 0; ///< the child's
};

[[noreturn]] void end(int status) {
    for (;;)
        raw::call(SYS_exit_group, status);
}

[[noreturn]] void fail(Start const& start, std::string_view what, long result) {
    start.report.cannot_start(what, result);
    end(start.settings.style == Style::mitori ? 125 : 1);
}

void join_home(Start const& start) {
    if (start.settings.home == Home::own_session) {
        long const result = raw::call(SYS_setsid);
        if (raw::failed(result)) fail(start, "setsid", result);
        start.report.session(Terminal::attach());
        return;
    }
    if (start.settings.home != Home::own_group) return;
    long const result = raw::call(SYS_setpgid, 0, 0);
    if (raw::failed(result)) fail(start, "setpgid", result);
    if (!start.inheritance.takes_terminal) return;
    long const given = start.terminal.set_foreground(start.pid);
    if (raw::failed(given)) start.report.no_foreground(start.pid, given);
}

/// LISTEN_PID=<our pid> becomes LISTEN_PID=<the child's>. `room` holds the new entry.
void hand_listen_pid(Start const& start, char (&room)[listen_pid.size() + number_room]) {
    char** environment = start.inheritance.environment;
    char const* const value = variable(environment, listen_pid);
    int named = 0;
    if (value == nullptr || !read_number(value, named) || named != start.inheritance.our_pid) return;
    Text entry;
    entry << listen_pid << '=' << start.pid;
    std::size_t at = 0;
    for (char const letter : entry.view())
        room[at++] = letter;
    room[at] = '\0';
    while (*environment + listen_pid.size() + 1 != value)
        ++environment;
    *environment = room;
}

long execute(char const* path, char** words, char** environment) {
    long const result = raw::call(SYS_execve, raw::word(path), raw::word(words), raw::word(environment));
    if (result != -ENOEXEC) return result;
    // A script without its first line is the shell's, as execvp(3) has it. The slot before the command is ours.
    char** const shell_words = words - 1;
    char* const saved[] = {shell_words[0], shell_words[1]};
    char shell[] = "/bin/sh";
    shell_words[0] = shell;
    shell_words[1] = const_cast<char*>(path);
    long const by_shell = raw::call(SYS_execve, raw::word(shell), raw::word(shell_words), raw::word(environment));
    shell_words[0] = saved[0];
    shell_words[1] = saved[1];
    return by_shell;
}

/// Whether the next folder of PATH is worth a try.
bool goes_on(long result) {
    return result == -ENOENT || result == -ENOTDIR || result == -EACCES || result == -ESTALE || result == -ENODEV ||
           result == -ETIMEDOUT;
}

/// FOLDER/NAME, null-terminated; an empty folder is the current one. False where there is no room for it.
bool join(std::string_view folder, std::string_view name, char (&path)[path_room]) {
    if (folder.size() + 1 + name.size() + 1 > path_room) return false;
    std::size_t at = 0;
    for (char const letter : folder)
        path[at++] = letter;
    if (!folder.empty()) path[at++] = '/';
    for (char const letter : name)
        path[at++] = letter;
    path[at] = '\0';
    return true;
}

/// execvp(3): comes back with -errno only.
long search_and_execute(char** words, char** environment) {
    std::string_view const name = words[0];
    if (name.empty()) return -ENOENT;
    if (name.find('/') != std::string_view::npos) return execute(words[0], words, environment);
    char const* const given = variable(environment, "PATH");
    std::string_view path = given != nullptr ? std::string_view(given) : default_path;
    bool denied = false;
    long result = -ENOENT;
    for (bool more = true; more;) {
        std::size_t const colon = path.find(':');
        more = colon != std::string_view::npos;
        std::string_view folder = path;
        if (more) {
            folder.remove_suffix(folder.size() - colon);
            path.remove_prefix(colon + 1);
        }
        char candidate[path_room];
        if (!join(folder, name, candidate)) continue;
        result = execute(candidate, words, environment);
        if (!goes_on(result)) return result;
        denied = denied || result == -EACCES;
    }
    return denied ? -EACCES : result;
}

void run_child(void* pointer) {
    Start& start = *static_cast<Start*>(pointer);
    start.pid = raw::call(SYS_getpid);
    join_home(start);
    char listen_entry[listen_pid.size() + number_room];
    if (start.settings.hands_listen_pid) hand_listen_pid(start, listen_entry);
    if (start.inheritance.ignores_children) detail::set_disposition(SIGCHLD, detail::Disposition::ignored);
    raw::call(SYS_rt_sigprocmask, SIG_SETMASK, raw::word(&start.inheritance.mask), 0, raw::mask_bytes);
    long const result = search_and_execute(start.settings.command, start.inheritance.environment);
    start.report.cannot_execute(start.pid, start.settings.command[0], result);
    end(status_of_failed_execution(start.settings.style, result));
}

} // namespace

int status_of_failed_execution(Style style, long result) {
    switch (style) {
    case Style::dumb_init: return 2;
    case Style::catatonit: return 1;
    case Style::tini: return result == -ENOENT ? 127 : result == -EACCES ? 126 : 1;
    case Style::mitori: break;
    }
    return result == -ENOENT || result == -ENOTDIR ? 127 : 126;
}

Child start_command(Settings const& settings, Inheritance const& inheritance, Terminal const& terminal,
                    Report const& report) {
    constexpr std::size_t stack_bytes = 32 * 1024; // a path, a message, and the frames between them
    alignas(16) static char stack[stack_bytes];
    Start start{settings, inheritance, terminal, report};
    Child child;
    constexpr long flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
    auto const clone = [&](long more) {
        child.pid = raw::call_twice(SYS_clone, flags | more, raw::word(stack + stack_bytes), raw::word(&child.pidfd), 0,
                                    0, run_child, &start);
    };
    clone(CLONE_PIDFD);
    if (child.pid == -EINVAL) {
        child.pidfd = -1; // no such flag here: signals then go by pid
        clone(0);
    }
    return child;
}

} // namespace mitori::init
