// What a process does to itself and its descriptors, and watching paths.
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/sys_last_words.hpp"

namespace mitori::base::sys {

Result<Fd> lock_file(std::string const& path) {
    auto file = TRY(open(path, O_RDWR | O_CREAT, 0600));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) < 0) return errno_error("lock", path);
    return file;
}

Result<Fd> inotify_open() {
    Fd fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!fd) return errno_error("inotify_init1");
    return fd;
}

Result<int> inotify_add(int inotify, std::string const& path, std::uint32_t mask) {
    int const watch = ::inotify_add_watch(inotify, path.c_str(), mask);
    if (watch < 0) return errno_error("inotify_add_watch", path);
    return watch;
}

Result<std::uint64_t> raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) return errno_error("getrlimit", "RLIMIT_NOFILE");
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) < 0) return errno_error("setrlimit", "RLIMIT_NOFILE");
    return limit.rlim_cur;
}

Result<void> set_nonblocking(int fd) {
    int const flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return errno_error("fcntl");
    return {};
}

Result<void> ignore_signal(Signal signal) {
    if (::signal(signal.number, SIG_IGN) == SIG_ERR) return errno_error("signal", signal_name(signal));
    return {};
}

namespace {

std::string_view last_words;

/// Back in the instruction that failed, it fails again, and nobody handles it any more (SA_RESETHAND).
void tell_last_words(int) { static_cast<void>(!::write(STDERR_FILENO, last_words.data(), last_words.size())); }

} // namespace

Result<void> set_last_words(Signal signal, std::string_view words) {
    last_words = words;
    struct sigaction action{};
    action.sa_handler = tell_last_words;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    if (::sigaction(signal.number, &action, nullptr) < 0) return errno_error("sigaction", signal_name(signal));
    return {};
}

Result<void> random_bytes(std::span<std::byte> into) {
    if (::getrandom(into.data(), into.size(), 0) != static_cast<ssize_t>(into.size())) return errno_error("getrandom");
    return {};
}

} // namespace mitori::base::sys
