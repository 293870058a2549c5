// The words of the settings' enums: systemd's own, as files write them and properties show them.
#pragma once

#include <array>

#include "base/names.hpp"
#include "unit/settings/exec.hpp"
#include "unit/settings/kill.hpp"
#include "unit/settings/service.hpp"
#include "unit/settings/unit.hpp"

namespace mitori::base {

template <>
struct Names<unit::ServiceType> {
    using E = unit::ServiceType;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::simple, "simple"},
        {E::exec, "exec"},
        {E::forking, "forking"},
        {E::oneshot, "oneshot"},
        {E::dbus, "dbus"},
        {E::notify, "notify"},
        {E::notify_reload, "notify-reload"},
        {E::idle, "idle"},
    });
};

template <>
struct Names<unit::Restart> {
    using E = unit::Restart;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::no, "no"},
        {E::on_success, "on-success"},
        {E::on_failure, "on-failure"},
        {E::on_abnormal, "on-abnormal"},
        {E::on_watchdog, "on-watchdog"},
        {E::on_abort, "on-abort"},
        {E::always, "always"},
    });
};

template <>
struct Names<unit::NotifyAccess> {
    using E = unit::NotifyAccess;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::none, "none"},
        {E::main, "main"},
        {E::exec, "exec"},
        {E::all, "all"},
    });
};

template <>
struct Names<unit::ExitType> {
    using E = unit::ExitType;
    static constexpr auto table = std::to_array<Name<E>>({{E::main, "main"}, {E::cgroup, "cgroup"}});
};

template <>
struct Names<unit::OomPolicy> {
    using E = unit::OomPolicy;
    static constexpr auto table =
        std::to_array<Name<E>>({{E::continue_, "continue"}, {E::stop, "stop"}, {E::kill, "kill"}});
};

template <>
struct Names<unit::TimeoutFailure> {
    using E = unit::TimeoutFailure;
    static constexpr auto table =
        std::to_array<Name<E>>({{E::terminate, "terminate"}, {E::abort, "abort"}, {E::kill, "kill"}});
};

template <>
struct Names<unit::KillMode> {
    using E = unit::KillMode;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::control_group, "control-group"},
        {E::process, "process"},
        {E::mixed, "mixed"},
        {E::none, "none"},
    });
};

template <>
struct Names<unit::CollectMode> {
    using E = unit::CollectMode;
    static constexpr auto table =
        std::to_array<Name<E>>({{E::inactive, "inactive"}, {E::inactive_or_failed, "inactive-or-failed"}});
};

template <>
struct Names<unit::EmergencyAction> {
    using E = unit::EmergencyAction;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::none, "none"},
        {E::reboot, "reboot"},
        {E::reboot_force, "reboot-force"},
        {E::reboot_immediate, "reboot-immediate"},
        {E::poweroff, "poweroff"},
        {E::poweroff_force, "poweroff-force"},
        {E::poweroff_immediate, "poweroff-immediate"},
        {E::exit, "exit"},
        {E::exit_force, "exit-force"},
    });
};

template <>
struct Names<unit::OnFailureJobMode> {
    using E = unit::OnFailureJobMode;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::fail, "fail"},
        {E::replace, "replace"},
        {E::replace_irreversibly, "replace-irreversibly"},
        {E::isolate, "isolate"},
        {E::flush, "flush"},
        {E::ignore_dependencies, "ignore-dependencies"},
        {E::ignore_requirements, "ignore-requirements"},
    });
};

/// Relations are named as the properties of org.freedesktop.systemd1.Unit and, where a file can say them, as the
/// directives.
template <>
struct Names<unit::Relation> {
    using E = unit::Relation;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::requires_, "Requires"},
        {E::requisite, "Requisite"},
        {E::wants, "Wants"},
        {E::binds_to, "BindsTo"},
        {E::part_of, "PartOf"},
        {E::upholds, "Upholds"},
        {E::conflicts, "Conflicts"},
        {E::before, "Before"},
        {E::after, "After"},
        {E::on_failure, "OnFailure"},
        {E::on_success, "OnSuccess"},
        {E::propagates_reload_to, "PropagatesReloadTo"},
        {E::reload_propagated_from, "ReloadPropagatedFrom"},
        {E::propagates_stop_to, "PropagatesStopTo"},
        {E::stop_propagated_from, "StopPropagatedFrom"},
        {E::joins_namespace_of, "JoinsNamespaceOf"},
        {E::required_by, "RequiredBy"},
        {E::requisite_of, "RequisiteOf"},
        {E::wanted_by, "WantedBy"},
        {E::bound_by, "BoundBy"},
        {E::consists_of, "ConsistsOf"},
        {E::upheld_by, "UpheldBy"},
        {E::conflicted_by, "ConflictedBy"},
    });
};

/// What follows "Condition" and "Assert".
template <>
struct Names<unit::ConditionKind> {
    using E = unit::ConditionKind;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::architecture, "Architecture"},
        {E::firmware, "Firmware"},
        {E::virtualization, "Virtualization"},
        {E::host, "Host"},
        {E::kernel_command_line, "KernelCommandLine"},
        {E::kernel_version, "KernelVersion"},
        {E::credential, "Credential"},
        {E::security, "Security"},
        {E::capability, "Capability"},
        {E::ac_power, "ACPower"},
        {E::memory, "Memory"},
        {E::cpus, "CPUs"},
        {E::cpu_feature, "CPUFeature"},
        {E::environment, "Environment"},
        {E::os_release, "OSRelease"},
        {E::user, "User"},
        {E::group, "Group"},
        {E::control_group_controller, "ControlGroupController"},
        {E::needs_update, "NeedsUpdate"},
        {E::first_boot, "FirstBoot"},
        {E::path_exists, "PathExists"},
        {E::path_exists_glob, "PathExistsGlob"},
        {E::path_is_directory, "PathIsDirectory"},
        {E::path_is_symbolic_link, "PathIsSymbolicLink"},
        {E::path_is_mount_point, "PathIsMountPoint"},
        {E::path_is_read_write, "PathIsReadWrite"},
        {E::path_is_encrypted, "PathIsEncrypted"},
        {E::directory_not_empty, "DirectoryNotEmpty"},
        {E::file_not_empty, "FileNotEmpty"},
        {E::file_is_executable, "FileIsExecutable"},
        {E::memory_pressure, "MemoryPressure"},
        {E::cpu_pressure, "CPUPressure"},
        {E::io_pressure, "IOPressure"},
    });
};

template <>
struct Names<unit::Input> {
    using E = unit::Input;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::null, "null"},
        {E::tty, "tty"},
        {E::tty_force, "tty-force"},
        {E::tty_fail, "tty-fail"},
        {E::data, "data"},
        {E::file, "file"},
        {E::socket, "socket"},
        {E::fd, "fd"},
    });
};

/// "syslog" is the older word for the journal and is still read.
template <>
struct Names<unit::Output> {
    using E = unit::Output;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::inherit, "inherit"},
        {E::null, "null"},
        {E::tty, "tty"},
        {E::journal, "journal"},
        {E::kmsg, "kmsg"},
        {E::journal_console, "journal+console"},
        {E::kmsg_console, "kmsg+console"},
        {E::file, "file"},
        {E::append, "append"},
        {E::truncate, "truncate"},
        {E::socket, "socket"},
        {E::fd, "fd"},
        {E::journal, "syslog"},
        {E::journal_console, "syslog+console"},
    });
};

template <>
struct Names<unit::PreserveDirectory> {
    using E = unit::PreserveDirectory;
    static constexpr auto table = std::to_array<Name<E>>({{E::no, "no"}, {E::yes, "yes"}, {E::restart, "restart"}});
};

template <>
struct Names<unit::IoClass> {
    using E = unit::IoClass;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::none, "none"},
        {E::realtime, "realtime"},
        {E::best_effort, "best-effort"},
        {E::idle, "idle"},
    });
};

} // namespace mitori::base
