// Processes, of the wall of system calls.
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/detail/calls.hpp"
#include "base/sys.hpp"

// <sys/pidfd.h> and P_PIDFD of newer C libraries; the numbers are the kernel's and the same on every architecture.
#ifndef P_PIDFD
#define P_PIDFD 3
#endif

namespace mitori::base::sys {
using detail::check;
using detail::fd_name;
using detail::retry;

Result<Fd> pidfd_open(pid_t pid) {
    long const fd = ::syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0) return errno_error("pidfd_open", std::to_string(pid));
    return Fd(static_cast<int>(fd));
}

Result<void> pidfd_send_signal(int pidfd, Signal signal) {
    return check(::syscall(SYS_pidfd_send_signal, pidfd, signal.number, nullptr, 0), "pidfd_send_signal",
                 fd_name(pidfd));
}

Result<void> pidfd_send_signal_to_group(int pidfd, Signal signal) {
    constexpr unsigned to_group = 1U << 2; // PIDFD_SIGNAL_PROCESS_GROUP
    return check(::syscall(SYS_pidfd_send_signal, pidfd, signal.number, nullptr, to_group), "pidfd_send_signal",
                 fd_name(pidfd));
}

namespace {

/// struct pidfd_info of <linux/pidfd.h>, its first version.
struct PidfdInfo {
    std::uint64_t mask = 0;
    std::uint64_t cgroup = 0;
    std::uint32_t ids[11] = {};
    std::int32_t exit_code = 0;
};
static_assert(sizeof(PidfdInfo) == 64);

} // namespace

Result<int> pidfd_wait_status(int pidfd) {
    constexpr std::uint64_t has_exit = 1U << 3; // PIDFD_INFO_EXIT
    PidfdInfo info{.mask = has_exit};
    TRY(check(::ioctl(pidfd, _IOWR(0xff, 11, PidfdInfo), &info), "PIDFD_GET_INFO", fd_name(pidfd)));
    if ((info.mask & has_exit) == 0) return make_error(EAGAIN, "PIDFD_GET_INFO", fd_name(pidfd));
    return info.exit_code;
}

namespace {

/// waitid(2) as the kernel has it: glibc's own leaves out the usage. si_pid stays 0 when nobody has ended.
Result<siginfo_t> wait_id(int kind, int id, int options, struct ::rusage* usage) {
    siginfo_t info{};
    long const answer = retry([&] { return ::syscall(SYS_waitid, kind, id, &info, options, usage); });
    if (answer < 0) return errno_error("waitid", kind == P_PIDFD ? fd_name(id) : std::to_string(id));
    return info;
}

} // namespace

Result<siginfo_t> wait_pidfd(int pidfd, int options, struct ::rusage* usage) {
    return wait_id(P_PIDFD, pidfd, options, usage);
}

Result<siginfo_t> peek_any_child() {
    auto info = wait_id(P_ALL, 0, WNOHANG | WEXITED | WNOWAIT, nullptr);
    if (!info && info.error().number == ECHILD) return siginfo_t{};
    return info;
}

Result<siginfo_t> wait_pid(pid_t pid, int options, struct ::rusage* usage) {
    return wait_id(P_PID, pid, options, usage);
}

Result<void> set_child_subreaper() { return check(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "set subreaper"); }

Result<void> clear_child_subreaper() { return check(::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0), "clear subreaper"); }

bool is_child_subreaper() {
    int answer = 0;
    return ::prctl(PR_GET_CHILD_SUBREAPER, &answer, 0, 0, 0) == 0 && answer != 0;
}

Result<void> set_process_name(std::string const& name) {
    return check(::prctl(PR_SET_NAME, name.c_str(), 0, 0, 0), "set process name", name);
}

} // namespace mitori::base::sys
