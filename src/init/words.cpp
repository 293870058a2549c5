#include "init/words.hpp"

#include <cerrno>

#include "init/settings.hpp"
#include "init/text.hpp"

namespace mitori::init {

namespace {

struct SignalWord {
    int number;
    std::string_view name;
    std::string_view meaning;
};

// The numbers are the same on x86_64 and aarch64: signal(7).
constexpr SignalWord signals[] = {
    {1, "HUP", "Hangup"},
    {2, "INT", "Interrupt"},
    {3, "QUIT", "Quit"},
    {4, "ILL", "Illegal instruction"},
    {5, "TRAP", "Trace/breakpoint trap"},
    {6, "ABRT", "Aborted"},
    {7, "BUS", "Bus error"},
    {8, "FPE", "Floating point exception"},
    {9, "KILL", "Killed"},
    {10, "USR1", "User defined signal 1"},
    {11, "SEGV", "Segmentation fault"},
    {12, "USR2", "User defined signal 2"},
    {13, "PIPE", "Broken pipe"},
    {14, "ALRM", "Alarm clock"},
    {15, "TERM", "Terminated"},
    {16, "STKFLT", "Stack fault"},
    {17, "CHLD", "Child exited"},
    {18, "CONT", "Continued"},
    {19, "STOP", "Stopped (signal)"},
    {20, "TSTP", "Stopped"},
    {21, "TTIN", "Stopped (tty input)"},
    {22, "TTOU", "Stopped (tty output)"},
    {23, "URG", "Urgent I/O condition"},
    {24, "XCPU", "CPU time limit exceeded"},
    {25, "XFSZ", "File size limit exceeded"},
    {26, "VTALRM", "Virtual timer expired"},
    {27, "PROF", "Profiling timer expired"},
    {28, "WINCH", "Window changed"},
    {29, "IO", "I/O possible"},
    {30, "PWR", "Power failure"},
    {31, "SYS", "Bad system call"},
};
constexpr SignalWord other_names[] = {{6, "IOT", {}}, {17, "CLD", {}}, {29, "POLL", {}}};
constexpr int first_realtime = 34; // the C library keeps 32 and 33 for itself

struct ErrorWord {
    int number;
    std::string_view meaning;
};

constexpr ErrorWord errors[] = {
    {EPERM, "Operation not permitted"},
    {ENOENT, "No such file or directory"},
    {ESRCH, "No such process"},
    {EIO, "Input/output error"},
    {ENXIO, "No such device or address"},
    {E2BIG, "Argument list too long"},
    {ENOEXEC, "Exec format error"},
    {EAGAIN, "Resource temporarily unavailable"},
    {ENOMEM, "Cannot allocate memory"},
    {EACCES, "Permission denied"},
    {EFAULT, "Bad address"},
    {ENOTDIR, "Not a directory"},
    {EISDIR, "Is a directory"},
    {EINVAL, "Invalid argument"},
    {ENFILE, "Too many open files in system"},
    {EMFILE, "Too many open files"},
    {ENOTTY, "Inappropriate ioctl for device"},
    {ETXTBSY, "Text file busy"},
    {ENOSPC, "No space left on device"},
    {ENAMETOOLONG, "File name too long"},
    {ENOSYS, "Function not implemented"},
    {ELOOP, "Too many levels of symbolic links"},
    {ELIBBAD, "Accessing a corrupted shared library"},
    {ESTALE, "Stale file handle"},
};

/// RTMIN, RTMAX, and so many above or below; 0 where it is neither.
int read_realtime(std::string_view text) {
    bool const from_least = text.starts_with("RTMIN");
    if (!from_least && !text.starts_with("RTMAX")) return 0;
    text.remove_prefix(5);
    int const base = from_least ? first_realtime : most_signals;
    if (text.empty()) return base;
    int distance = 0;
    if (text.front() != (from_least ? '+' : '-') || !read_number(text, distance)) return 0;
    int const number = base + distance;
    return number >= first_realtime && number <= most_signals ? number : 0;
}

} // namespace

base::Signal read_signal(std::string_view text) {
    int number = 0;
    if (read_number(text, number)) return {number > 0 && number <= most_signals ? number : 0};
    if (text.starts_with("SIG")) text.remove_prefix(3);
    for (SignalWord const& word : signals)
        if (word.name == text) return {word.number};
    for (SignalWord const& word : other_names)
        if (word.name == text) return {word.number};
    return {read_realtime(text)};
}

void say_signal(Text& to, base::Signal signal) {
    for (SignalWord const& word : signals)
        if (word.number == signal.number) {
            to << word.meaning;
            return;
        }
    if (signal.number >= first_realtime)
        to << "Real-time signal " << signal.number - first_realtime;
    else
        to << "Unknown signal " << signal.number;
}

void say_error(Text& to, long number) {
    for (ErrorWord const& word : errors)
        if (word.number == number) {
            to << word.meaning;
            return;
        }
    to << "Unknown error " << number;
}

} // namespace mitori::init
