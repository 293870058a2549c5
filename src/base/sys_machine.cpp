#include "base/sys_machine.hpp"

#include <csignal>
#include <ctime>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/detail/calls.hpp"
#include "base/sys.hpp"

namespace mitori::base::sys {
using detail::check;

Result<bool> in_first_pid_namespace() {
    constexpr ino_t first_pid_namespace = 0xEFFFFFFC; // PID_NS_INIT_INO of <linux/nsfs.h>
    auto const status = TRY(stat("/proc/self/ns/pid"));
    return status.st_ino == first_pid_namespace;
}

Result<void> signal_everybody(Signal signal) { return check(::kill(-1, signal.number), "kill", "everybody"); }

namespace {

sigset_t child_ends() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    return set;
}

timespec as_timespec(Usec span) {
    return {.tv_sec = span.count() / 1'000'000, .tv_nsec = span.count() % 1'000'000 * 1000};
}

} // namespace

Result<void> hold_child_ends() {
    auto const set = child_ends();
    return check(::sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
}

Result<bool> take_ends(Usec span) {
    auto const end = now_monotonic() + span;
    auto const set = child_ends();
    for (;;) {
        pid_t const taken = ::waitpid(-1, nullptr, WNOHANG);
        if (taken < 0 && errno == ECHILD) return true;
        if (taken < 0 && errno != EINTR) return errno_error("waitpid");
        if (taken != 0) continue;
        auto const left = end - now_monotonic();
        if (left.count() <= 0) return false;
        auto const time = as_timespec(left);
        if (::sigtimedwait(&set, nullptr, &time) < 0 && errno != EAGAIN && errno != EINTR)
            return errno_error("sigtimedwait");
    }
}

void sync_all() { ::sync(); }

Result<void> swap_off(std::string const& path) { return check(::swapoff(path.c_str()), "swapoff", path); }

Result<void> unmount(std::string const& path) {
    return check(::umount2(path.c_str(), UMOUNT_NOFOLLOW), "umount", path);
}

Result<void> remount_read_only(std::string const& path) {
    return check(::mount(nullptr, path.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), "remount read-only", path);
}

Result<void> set_power(Power power) {
    unsigned const command = power == Power::off ? RB_POWER_OFF : power == Power::reboot ? RB_AUTOBOOT : RB_HALT_SYSTEM;
    return check(::reboot(static_cast<int>(command)), "reboot");
}

Result<void> set_ctrl_alt_del(CtrlAltDel answer) {
    unsigned const command = answer == CtrlAltDel::reboots ? RB_ENABLE_CAD : RB_DISABLE_CAD;
    return check(::reboot(static_cast<int>(command)), "reboot", "Ctrl-Alt-Del");
}

void pause() { ::pause(); }

} // namespace mitori::base::sys
