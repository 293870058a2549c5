#include "unit/detail/builtin.hpp"

#include <algorithm>
#include <array>

namespace mitori::unit::detail {
namespace {

using Form = BuiltIn::Form;

template <std::size_t count>
consteval std::array<BuiltIn, count> sorted(std::array<BuiltIn, count> rows) {
    std::ranges::sort(rows, {}, &BuiltIn::name);
    return rows;
}

constexpr auto system_units = sorted(std::to_array<BuiltIn>({
    // -- the way up
    {"sysinit.target", Form::plain, "System Initialization",
     "Conflicts=emergency.service emergency.target\n"
     "Wants=local-fs.target swap.target\n"
     "After=local-fs.target swap.target\n"
     "Before=emergency.service emergency.target\n"},
    {"basic.target", Form::plain, "Basic System",
     "Requires=sysinit.target\n"
     "Wants=sockets.target timers.target paths.target slices.target\n"
     "After=sysinit.target sockets.target paths.target slices.target tmp.mount\n"},
    {"multi-user.target", Form::plain, "Multi-User System",
     "Requires=basic.target\n"
     "Conflicts=rescue.service rescue.target\n"
     "After=basic.target rescue.service rescue.target\n"
     "AllowIsolate=yes\n"},
    {"graphical.target", Form::plain, "Graphical Interface",
     "Requires=multi-user.target\n"
     "Wants=display-manager.service\n"
     "Conflicts=rescue.service rescue.target\n"
     "After=multi-user.target rescue.service rescue.target display-manager.service\n"
     "AllowIsolate=yes\n"},
    {"default.target", Form::alias, "graphical.target", ""},
    {"rescue.target", Form::plain, "Rescue Mode",
     "Requires=sysinit.target\n"
     "Wants=rescue.service\n"
     "After=sysinit.target rescue.service\n"
     "AllowIsolate=yes\n"},
    {"emergency.target", Form::plain, "Emergency Mode",
     "Wants=emergency.service\n"
     "After=emergency.service\n"
     "AllowIsolate=yes\n"},
    {"runlevel1.target", Form::alias, "rescue.target", ""},
    {"runlevel2.target", Form::alias, "multi-user.target", ""},
    {"runlevel3.target", Form::alias, "multi-user.target", ""},
    {"runlevel4.target", Form::alias, "multi-user.target", ""},
    {"runlevel5.target", Form::alias, "graphical.target", ""},

    // -- file systems and devices
    {"local-fs-pre.target", Form::passive, "Preparation for Local File Systems", ""},
    {"local-fs.target", Form::bare, "Local File Systems",
     "Conflicts=shutdown.target\n"
     "After=local-fs-pre.target\n"},
    {"remote-fs-pre.target", Form::passive, "Preparation for Remote File Systems", ""},
    {"remote-fs.target", Form::bare, "Remote File Systems",
     "Conflicts=shutdown.target\n"
     "After=remote-fs-pre.target\n"
     "[Install]\n"
     "WantedBy=multi-user.target\n"},
    {"swap.target", Form::plain, "Swaps", ""},
    {"cryptsetup-pre.target", Form::passive, "Local Encrypted Volumes (Pre)", "Before=cryptsetup.target\n"},
    {"cryptsetup.target", Form::plain, "Local Encrypted Volumes", ""},
    {"remote-cryptsetup.target", Form::plain, "Remote Encrypted Volumes",
     "After=remote-fs-pre.target cryptsetup-pre.target\n"},
    {"veritysetup-pre.target", Form::passive, "Local Verity Protected Volumes (Pre)", "Before=veritysetup.target\n"},
    {"veritysetup.target", Form::plain, "Local Verity Protected Volumes", ""},
    {"remote-veritysetup.target", Form::plain, "Remote Verity Protected Volumes",
     "After=remote-fs-pre.target veritysetup-pre.target\n"},
    {"integritysetup-pre.target", Form::passive, "Local Integrity Protected Volumes (Pre)",
     "Before=integritysetup.target\n"},
    {"integritysetup.target", Form::plain, "Local Integrity Protected Volumes", ""},
    {"blockdev@.target", Form::plain, "Block Device Preparation for %f", "StopWhenUnneeded=yes\n"},
    {"bluetooth.target", Form::plain, "Bluetooth Support", "StopWhenUnneeded=yes\n"},
    {"printer.target", Form::plain, "Printer Support", "StopWhenUnneeded=yes\n"},
    {"smartcard.target", Form::plain, "Smart Card", "StopWhenUnneeded=yes\n"},
    {"sound.target", Form::plain, "Sound Card", "StopWhenUnneeded=yes\n"},
    {"usb-gadget.target", Form::plain, "Hardware activated USB gadget", ""},

    // -- network, names, time
    {"network-pre.target", Form::passive, "Preparation for Network", ""},
    {"network.target", Form::passive, "Network", "After=network-pre.target\n"},
    {"network-online.target", Form::plain, "Network is Online", "After=network.target\n"},
    {"nss-lookup.target", Form::passive, "Host and Network Name Lookups", ""},
    {"nss-user-lookup.target", Form::passive, "User and Group Name Lookups", ""},
    {"rpcbind.target", Form::passive, "RPC Port Mapper", ""},
    {"time-set.target", Form::passive, "System Time Set", ""},
    {"time-sync.target", Form::passive, "System Time Synchronized",
     "After=time-set.target\n"
     "Wants=time-set.target\n"},

    // -- what groups units of one kind
    {"getty-pre.target", Form::passive, "Preparation for Logins", ""},
    {"getty.target", Form::plain, "Login Prompts",
     "[Install]\n"
     "WantedBy=multi-user.target\n"},
    {"machines.target", Form::plain, "Containers",
     "[Install]\n"
     "WantedBy=multi-user.target\n"},
    {"paths.target", Form::bare, "Path Units", "Conflicts=shutdown.target\n"},
    {"sockets.target", Form::plain, "Socket Units", ""},
    {"timers.target", Form::bare, "Timer Units", "Conflicts=shutdown.target\n"},
    {"slices.target", Form::plain, "Slice Units",
     "Wants=-.slice system.slice\n"
     "After=-.slice system.slice\n"},
    {"boot-complete.target", Form::plain, "Boot Completion Check",
     "Requires=sysinit.target\n"
     "After=sysinit.target\n"},
    {"first-boot-complete.target", Form::passive, "First Boot Complete", "ConditionFirstBoot=yes\n"},
    {"-.slice", Form::bare, "Root Slice", ""},
    {"system.slice", Form::bare, "System Slice", "Before=slices.target\n"},
    {"user.slice", Form::plain, "User and Session Slice", "Before=slices.target\n"},
    {"machine.slice", Form::plain, "Virtual Machine and Container Slice", "Before=slices.target\n"},

    // -- what packages' daemons find below /run: started first by a manager that stands in for systemd, docs/adr/0013.
    // Without systemd's --boot and --remove: what only a machine's boot may do (/run/nologin, clearing /tmp) is not
    // done.
    {"systemd-tmpfiles-setup.service", Form::bare, "Create System Files and Directories",
     "Documentation=man:tmpfiles.d(5) man:systemd-tmpfiles(8)\n"
     "ConditionFileIsExecutable=|/usr/bin/systemd-tmpfiles\n"
     "ConditionFileIsExecutable=|/bin/systemd-tmpfiles\n"
     "Conflicts=shutdown.target\n"
     "After=local-fs.target\n"
     "Before=sysinit.target shutdown.target\n"
     "[Service]\n"
     "Type=oneshot\n"
     "RemainAfterExit=yes\n"
     "ExecStart=systemd-tmpfiles --create --exclude-prefix=/dev\n"
     "SuccessExitStatus=DATAERR CANTCREAT\n"},

    // -- the way down: a service stops everything through shutdown.target, its SuccessAction= does the rest
    {"shutdown.target", Form::hidden, "System Shutdown", ""},
    {"umount.target", Form::hidden, "Unmount All Filesystems", ""},
    {"final.target", Form::hidden, "Late Shutdown Services", "After=shutdown.target umount.target\n"},
    {"exit.target", Form::bare, "Exit the Container",
     "Requires=systemd-exit.service\n"
     "After=systemd-exit.service\n"
     "AllowIsolate=yes\n"},
    {"poweroff.target", Form::bare, "System Power Off",
     "Requires=systemd-poweroff.service\n"
     "After=systemd-poweroff.service\n"
     "AllowIsolate=yes\n"},
    {"reboot.target", Form::bare, "System Reboot",
     "Requires=systemd-reboot.service\n"
     "After=systemd-reboot.service\n"
     "AllowIsolate=yes\n"},
    {"ctrl-alt-del.target", Form::alias, "reboot.target", ""},
    {"runlevel0.target", Form::alias, "poweroff.target", ""},
    {"runlevel6.target", Form::alias, "reboot.target", ""},
    {"sigpwr.target", Form::plain, "Power Failure", ""},
    {"systemd-exit.service", Form::bare, "Exit the Session",
     "Requires=shutdown.target umount.target final.target\n"
     "After=shutdown.target umount.target final.target\n"
     "SuccessAction=exit\n"},
    {"systemd-poweroff.service", Form::bare, "System Power Off",
     "Requires=shutdown.target umount.target final.target\n"
     "After=shutdown.target umount.target final.target\n"
     "SuccessAction=poweroff-force\n"},
    {"systemd-reboot.service", Form::bare, "System Reboot",
     "Requires=shutdown.target umount.target final.target\n"
     "After=shutdown.target umount.target final.target\n"
     "SuccessAction=reboot-force\n"},
}));

constexpr auto user_units = sorted(std::to_array<BuiltIn>({
    {"basic.target", Form::plain, "Basic System",
     "Wants=sockets.target timers.target paths.target\n"
     "After=sockets.target timers.target paths.target\n"},
    {"default.target", Form::plain, "Main User Target",
     "Requires=basic.target\n"
     "After=basic.target\n"
     "AllowIsolate=yes\n"},
    {"graphical-session.target", Form::plain, "Current graphical user session",
     "Requires=basic.target\n"
     "RefuseManualStart=yes\n"
     "StopWhenUnneeded=yes\n"},
    {"graphical-session-pre.target", Form::plain,
     "Session services which should run early before the graphical session is brought up",
     "Requires=basic.target\n"
     "Before=graphical-session.target\n"
     "RefuseManualStart=yes\n"
     "StopWhenUnneeded=yes\n"},
    {"xdg-desktop-autostart.target", Form::plain, "Startup of XDG autostart applications",
     "RefuseManualStart=yes\n"
     "StopWhenUnneeded=yes\n"
     "PartOf=graphical-session.target\n"},
    {"paths.target", Form::bare, "Paths", "Conflicts=shutdown.target\n"},
    {"sockets.target", Form::plain, "Sockets", ""},
    {"timers.target", Form::bare, "Timers", "Conflicts=shutdown.target\n"},
    {"bluetooth.target", Form::plain, "Bluetooth Support", "StopWhenUnneeded=yes\n"},
    {"printer.target", Form::plain, "Printer Support", "StopWhenUnneeded=yes\n"},
    {"smartcard.target", Form::plain, "Smart Card", "StopWhenUnneeded=yes\n"},
    {"sound.target", Form::plain, "Sound Card", "StopWhenUnneeded=yes\n"},
    {"-.slice", Form::bare, "User Root Slice", ""},
    {"app.slice", Form::plain, "User Application Slice", ""},
    {"session.slice", Form::plain, "User Core Session Slice", ""},
    {"background.slice", Form::plain, "User Background Tasks Slice", ""},
    {"shutdown.target", Form::hidden, "Shutdown", ""},
    {"exit.target", Form::bare, "Exit the Session",
     "Requires=systemd-exit.service\n"
     "After=systemd-exit.service\n"
     "AllowIsolate=yes\n"},
    {"systemd-exit.service", Form::bare, "Exit the Session",
     "Requires=shutdown.target\n"
     "After=shutdown.target\n"
     "SuccessAction=exit\n"},
}));

} // namespace

std::span<BuiltIn const> built_in_units(Scope scope) {
    if (scope == Scope::system) return system_units;
    return user_units;
}

bool is_early_boot(std::string_view name) {
    static constexpr auto early =
        std::to_array<std::string_view>({"sysinit.target", "local-fs-pre.target", "local-fs.target", "swap.target",
                                         "cryptsetup-pre.target", "cryptsetup.target", "veritysetup.target",
                                         "integritysetup.target", "time-set.target", "first-boot-complete.target"});
    return std::ranges::find(early, name) != early.end();
}

BuiltIn const* find_built_in(Scope scope, std::string_view name) {
    auto const units = built_in_units(scope);
    auto const found = std::ranges::lower_bound(units, name, {}, &BuiltIn::name);
    return found != units.end() && found->name == name ? &*found : nullptr;
}

std::string unit_file_text(BuiltIn const& unit) {
    auto text = "[Unit]\nDescription=" + std::string(unit.description) + "\n";
    if (unit.form == Form::bare || unit.form == Form::hidden) text += "DefaultDependencies=no\n";
    if (unit.form == Form::passive || unit.form == Form::hidden) text += "RefuseManualStart=yes\n";
    return text + std::string(unit.lines);
}

} // namespace mitori::unit::detail
