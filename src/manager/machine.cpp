#include "manager/machine.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <unistd.h>

#include "base/log.hpp"
#include "base/octal.hpp"
#include "base/sys.hpp"
#include "base/sys_machine.hpp"
#include "base/text.hpp"

namespace mitori::manager {
namespace {

namespace sys = base::sys;
using base::Priority;

/// What processes get before they are killed: those of units that said KillMode=none, and strays. Our own recorder is
/// among them, which writes through what it has.
constexpr auto patience = std::chrono::seconds(10);
constexpr auto after_kill = std::chrono::seconds(5);

/// Kinds that the kernel makes up: nothing of theirs is on a disk, and what follows still needs some of them.
constexpr auto made_up = std::to_array<std::string_view>(
    {"autofs",   "binfmt_misc", "bpf",        "cgroup",    "cgroup2", "configfs", "debugfs", "devpts",
     "devtmpfs", "efivarfs",    "fusectl",    "hugetlbfs", "mqueue",  "nsfs",     "proc",    "pstore",
     "ramfs",    "rootfs",      "securityfs", "selinuxfs", "sysfs",   "tracefs"});

void note(base::Result<void> const& done) {
    if (!done) base::log(Priority::warning, "{}", done.error().message());
}

void end_processes() {
    note(sys::hold_child_ends());
    for (auto const& [number, time] : {std::pair{SIGTERM, patience}, std::pair{SIGKILL, after_kill}}) {
        // ESRCH: nobody is left.
        if (!sys::signal_everybody(base::Signal{number})) return;
        if (number == SIGTERM) static_cast<void>(sys::signal_everybody(base::Signal{SIGCONT}));
        if (auto const all = sys::take_ends(time); all && *all) return;
    }
    base::log(Priority::warning, "processes are left that not even SIGKILL ends");
}

void end_swaps() {
    auto const swaps = sys::read_file("/proc/swaps");
    if (!swaps) return;
    for (auto const& path : swaps_to_end(*swaps))
        note(sys::swap_off(path));
}

// What is busy for good (a file system below another's mount, a file that a process holds which nothing ends) is made
// read-only: then it is as clean as it can be.
void end_mounts() {
    auto const mounts = sys::read_file("/proc/self/mountinfo");
    if (!mounts) return note(std::unexpected(mounts.error()));
    for (auto const& path : mounts_to_end(*mounts)) {
        auto const unmounted = sys::unmount(path);
        if (unmounted) {
            base::log(Priority::info, "Unmounted {}.", path);
            continue;
        }
        note(unmounted);
        note(sys::remount_read_only(path));
    }
    note(sys::remount_read_only("/"));
}

sys::Power power_of(status::Ending ending) {
    using status::Ending;
    switch (ending) {
    case Ending::reboot: return sys::Power::reboot;
    case Ending::halt: return sys::Power::halt;
    case Ending::exit:
    case Ending::poweroff: return sys::Power::off;
    }
    return sys::Power::off;
}

} // namespace

bool is_machines_init() {
    if (::getpid() != 1) return false;
    auto const first = sys::in_first_pid_namespace();
    return first && *first;
}

void begin_machine() { note(sys::set_ctrl_alt_del(sys::CtrlAltDel::tells_us)); }

void end_machine(status::Ending ending) {
    end_processes();
    sys::sync_all();
    end_swaps();
    end_mounts();
    sys::sync_all();
    base::log(Priority::notice, "All is stopped and written: {}.", base::word(ending));
    note(sys::set_power(power_of(ending)));
    stay_for_ever("the kernel does not end the machine");
}

void stay_for_ever(std::string_view why) {
    base::log(Priority::err, "{}; nothing more is done here", why);
    note(sys::set_ctrl_alt_del(sys::CtrlAltDel::reboots));
    note(sys::ignore_signal(base::Signal{SIGCHLD})); // the kernel reaps then
    for (;;)
        sys::pause();
}

std::vector<std::string> mounts_to_end(std::string_view mountinfo) {
    constexpr std::size_t point = 4;
    std::vector<std::string> paths;
    for (auto const line : base::split(mountinfo, "\n")) {
        auto const fields = base::split(line, " ");
        auto const dash = std::ranges::find(fields, "-");
        if (dash - fields.begin() <= static_cast<std::ptrdiff_t>(point) || fields.end() - dash < 2) continue;
        if (std::ranges::find(made_up, dash[1]) != made_up.end() || fields[point] == "/") continue;
        paths.push_back(base::read_octal_escapes(fields[point]));
    }
    std::ranges::reverse(paths);
    return paths;
}

std::vector<std::string> swaps_to_end(std::string_view swaps) {
    std::vector<std::string> paths;
    for (auto const line : base::split(swaps, "\n")) {
        auto const words = base::split(line);
        if (words.size() == 5 && words[0].starts_with('/')) paths.push_back(base::read_octal_escapes(words[0]));
    }
    return paths;
}

} // namespace mitori::manager
