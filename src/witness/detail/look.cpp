#include "witness/detail/look.hpp"

#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "procfs/start_time.hpp"
#include "witness/witness.hpp"

namespace mitori::witness::detail {
namespace {

/// The line of the unified hierarchy; of an ended process the kernel adds that its group is gone, if it is.
std::string read_group(pid_t pid) {
    auto const text = base::sys::read_file("/proc/" + std::to_string(pid) + "/cgroup").value_or("");
    for (auto line : base::split(text, "\n"))
        if (line.starts_with("0::")) {
            line.remove_prefix(3);
            if (line.ends_with(" (deleted)")) line.remove_suffix(10);
            return std::string(line);
        }
    return {};
}

} // namespace

std::optional<char> tell_who(procfs::Procfs& procfs, pid_t pid, status::Death& death) {
    auto const row = procfs.process(pid);
    if (!row) return std::nullopt;
    death.who = {.pid = pid, .start_ticks = row->start_ticks};
    death.comm = row->comm;
    death.group = row->group;
    death.session = row->session;
    death.started = procfs::started_at(row->start_ticks);
    death.user = procfs.owner(pid);
    death.cgroup = read_group(pid);
    death.unit = unit_of(death.cgroup);
    if (auto const parent = procfs.process(row->parent)) {
        death.parent = {.pid = parent->pid, .start_ticks = parent->start_ticks};
        death.parent_command = parent->comm;
    }
    return row->state;
}

void tell_program(procfs::Procfs& procfs, pid_t pid, status::Death& death) {
    death.command_line = procfs.command_line(pid);
    death.executable = base::sys::read_link("/proc/" + std::to_string(pid) + "/exe").value_or("");
}

} // namespace mitori::witness::detail
