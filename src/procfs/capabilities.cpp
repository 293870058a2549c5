#include "procfs/capabilities.hpp"

#include <array>
#include <fmt/format.h>

namespace mitori::procfs {

std::string_view capability_name(unsigned number) {
    // linux/capability.h, by number.
    static constexpr auto names = std::to_array<std::string_view>({"chown",
                                                                   "dac_override",
                                                                   "dac_read_search",
                                                                   "fowner",
                                                                   "fsetid",
                                                                   "kill",
                                                                   "setgid",
                                                                   "setuid",
                                                                   "setpcap",
                                                                   "linux_immutable",
                                                                   "net_bind_service",
                                                                   "net_broadcast",
                                                                   "net_admin",
                                                                   "net_raw",
                                                                   "ipc_lock",
                                                                   "ipc_owner",
                                                                   "sys_module",
                                                                   "sys_rawio",
                                                                   "sys_chroot",
                                                                   "sys_ptrace",
                                                                   "sys_pacct",
                                                                   "sys_admin",
                                                                   "sys_boot",
                                                                   "sys_nice",
                                                                   "sys_resource",
                                                                   "sys_time",
                                                                   "sys_tty_config",
                                                                   "mknod",
                                                                   "lease",
                                                                   "audit_write",
                                                                   "audit_control",
                                                                   "setfcap",
                                                                   "mac_override",
                                                                   "mac_admin",
                                                                   "syslog",
                                                                   "wake_alarm",
                                                                   "block_suspend",
                                                                   "audit_read",
                                                                   "perfmon",
                                                                   "bpf",
                                                                   "checkpoint_restore"});
    return number < names.size() ? names.at(number) : std::string_view();
}

std::vector<std::string> capability_names(std::uint64_t set) {
    std::vector<std::string> found;
    for (unsigned number = 0; number < 64; ++number) {
        if (((set >> number) & 1U) == 0) continue;
        auto const name = capability_name(number);
        found.push_back(name.empty() ? fmt::format("cap_{}", number) : std::string(name));
    }
    return found;
}

} // namespace mitori::procfs
