// The directives of [Unit]: systemd.unit(5).
#include "unit/codecs/relations.hpp"
#include "unit/codecs/texts.hpp"
#include "unit/detail/row.hpp"
#include "unit/detail/tables.hpp"
#include "unit/settings/defaults.hpp"

namespace mitori::unit {
namespace {

using enum Section;
using enum Parameter;
using K = ConditionKind;

template <Relation Kind>
consteval Row relation(std::string_view name, std::string_view bus_name) {
    return row<&Unit::info, &Info::dependencies, DependencyOf<Kind>>(unit, name, bus_name, unit5);
}
template <ConditionKind Kind, Parameter What>
consteval Row condition(std::string_view name) {
    return row<&Unit::info, &Info::conditions, ConditionOf<Kind, What>>(unit, name, "", unit5);
}
template <ConditionKind Kind, Parameter What>
consteval Row assertion(std::string_view name) {
    return row<&Unit::info, &Info::asserts, ConditionOf<Kind, What>>(unit, name, "", unit5);
}

/// OnFailureIsolate=yes: the older way to say OnFailureJobMode=isolate.
base::Result<void> assign_isolate(Unit& into, std::string_view text, Specifiers const& specifiers) {
    bool isolate = false;
    if (!text.empty()) TRY(Codec<bool>::assign(isolate, text, specifiers));
    into.info.on_failure_job_mode = isolate ? OnFailureJobMode::isolate : OnFailureJobMode::replace;
    return {};
}

/// A unit that says nothing of itself is called by its name.
struct DescriptionText : Text {
    static status::Value show(Unit const& of, std::string const& value) { return value.empty() ? of.id : value; }
};

/// JobRunningTimeoutSec= where it was not given is JobTimeoutSec=.
struct RunningTimeout : MayBeUnset<base::Usec, TimeoutSpan> {
    static status::Value show(Unit const& of, std::optional<base::Usec> const& value) {
        return TimeoutSpan::show(value.value_or(of.info.job_timeout));
    }
};

// clang-format off: a row is a line
constexpr auto rows = std::to_array<Row>({
    row<&Unit::info, &Info::description, DescriptionText>(unit, "Description", "Description", unit5),
    row<&Unit::info, &Info::documentation, Urls>(unit, "Documentation", "Documentation", unit5),
    row<&Unit::info, &Info::source_path, Path>(unit, "SourcePath", "SourcePath", unit5),
    row<&Unit::info, &Info::requires_mounts_for, MountPaths>(unit, "RequiresMountsFor", "RequiresMountsFor", unit5),

    relation<Relation::requires_>("Requires", "Requires"),
    relation<Relation::requires_>("RequiresOverridable", ""),
    relation<Relation::requisite>("Requisite", "Requisite"),
    relation<Relation::requisite>("RequisiteOverridable", ""),
    relation<Relation::wants>("Wants", "Wants"),
    relation<Relation::binds_to>("BindsTo", "BindsTo"),
    relation<Relation::binds_to>("BindTo", ""),
    relation<Relation::part_of>("PartOf", "PartOf"),
    relation<Relation::upholds>("Upholds", "Upholds"),
    relation<Relation::conflicts>("Conflicts", "Conflicts"),
    relation<Relation::before>("Before", "Before"),
    relation<Relation::after>("After", "After"),
    relation<Relation::on_failure>("OnFailure", "OnFailure"),
    relation<Relation::on_success>("OnSuccess", "OnSuccess"),
    relation<Relation::propagates_reload_to>("PropagatesReloadTo", "PropagatesReloadTo"),
    relation<Relation::propagates_reload_to>("PropagateReloadTo", ""),
    relation<Relation::reload_propagated_from>("ReloadPropagatedFrom", "ReloadPropagatedFrom"),
    relation<Relation::reload_propagated_from>("PropagateReloadFrom", ""),
    relation<Relation::propagates_stop_to>("PropagatesStopTo", "PropagatesStopTo"),
    relation<Relation::stop_propagated_from>("StopPropagatedFrom", "StopPropagatedFrom"),
    relation<Relation::joins_namespace_of>("JoinsNamespaceOf", "JoinsNamespaceOf"),

    row<&Unit::info, &Info::default_dependencies>(unit, "DefaultDependencies", "DefaultDependencies", unit5),
    row<&Unit::info, &Info::stop_when_unneeded>(unit, "StopWhenUnneeded", "StopWhenUnneeded", unit5),
    row<&Unit::info, &Info::refuse_manual_start>(unit, "RefuseManualStart", "RefuseManualStart", unit5),
    row<&Unit::info, &Info::refuse_manual_stop>(unit, "RefuseManualStop", "RefuseManualStop", unit5),
    row<&Unit::info, &Info::allow_isolate>(unit, "AllowIsolate", "AllowIsolate", unit5),
    row<&Unit::info, &Info::ignore_on_isolate>(unit, "IgnoreOnIsolate", "IgnoreOnIsolate", unit5),
    row<&Unit::info, &Info::collect_mode>(unit, "CollectMode", "CollectMode", unit5),
    row<&Unit::info, &Info::on_failure_job_mode>(unit, "OnFailureJobMode", "OnFailureJobMode", unit5),
    row<&Unit::info, &Info::on_success_job_mode>(unit, "OnSuccessJobMode", "OnSuccessJobMode", unit5),
    set_by(unit, "OnFailureIsolate", legacy, &assign_isolate),

    row<&Unit::info, &Info::start_limit_interval, OrSpan<default_start_limit_interval>>(unit, "StartLimitIntervalSec", "StartLimitIntervalUSec", unit5),
    row<&Unit::info, &Info::start_limit_interval, OrSpan<default_start_limit_interval>>(unit, "StartLimitInterval", "", legacy),
    row<&Unit::info, &Info::start_limit_burst, Or<default_start_limit_burst>>(unit, "StartLimitBurst", "StartLimitBurst", unit5),
    row<&Unit::info, &Info::start_limit_action>(unit, "StartLimitAction", "StartLimitAction", unit5),
    row<&Unit::info, &Info::success_action>(unit, "SuccessAction", "SuccessAction", unit5),
    row<&Unit::info, &Info::failure_action>(unit, "FailureAction", "FailureAction", unit5),
    row<&Unit::info, &Info::job_timeout, TimeoutSpan>(unit, "JobTimeoutSec", "JobTimeoutUSec", unit5),
    row<&Unit::info, &Info::job_running_timeout, RunningTimeout>(unit, "JobRunningTimeoutSec", "JobRunningTimeoutUSec", unit5),
    not_yet(unit, "JobTimeoutAction", unit5),
    not_yet(unit, "JobTimeoutRebootArgument", unit5),
    not_yet(unit, "FailureActionExitStatus", unit5),
    not_yet(unit, "SuccessActionExitStatus", unit5),
    not_yet(unit, "RebootArgument", unit5),

    // The older spellings, which stood in [Service].
    row<&Unit::info, &Info::start_limit_interval, OrSpan<default_start_limit_interval>>(service, "StartLimitInterval", "", legacy),
    row<&Unit::info, &Info::start_limit_burst, Or<default_start_limit_burst>>(service, "StartLimitBurst", "", legacy),
    row<&Unit::info, &Info::start_limit_action>(service, "StartLimitAction", "", legacy),
    row<&Unit::info, &Info::failure_action>(service, "FailureAction", "", legacy),
    not_yet(service, "RebootArgument", legacy),

    condition<K::architecture, text>("ConditionArchitecture"),
    condition<K::firmware, text>("ConditionFirmware"),
    condition<K::virtualization, text>("ConditionVirtualization"),
    condition<K::host, text>("ConditionHost"),
    condition<K::kernel_command_line, text>("ConditionKernelCommandLine"),
    condition<K::kernel_version, text>("ConditionKernelVersion"),
    condition<K::credential, text>("ConditionCredential"),
    condition<K::security, text>("ConditionSecurity"),
    condition<K::capability, text>("ConditionCapability"),
    condition<K::ac_power, text>("ConditionACPower"),
    condition<K::memory, text>("ConditionMemory"),
    condition<K::cpus, text>("ConditionCPUs"),
    condition<K::cpu_feature, text>("ConditionCPUFeature"),
    condition<K::environment, text>("ConditionEnvironment"),
    condition<K::os_release, text>("ConditionOSRelease"),
    condition<K::user, text>("ConditionUser"),
    condition<K::group, text>("ConditionGroup"),
    condition<K::control_group_controller, text>("ConditionControlGroupController"),
    condition<K::needs_update, path>("ConditionNeedsUpdate"),
    condition<K::first_boot, text>("ConditionFirstBoot"),
    condition<K::path_exists, path>("ConditionPathExists"),
    condition<K::path_exists_glob, path>("ConditionPathExistsGlob"),
    condition<K::path_is_directory, path>("ConditionPathIsDirectory"),
    condition<K::path_is_symbolic_link, path>("ConditionPathIsSymbolicLink"),
    condition<K::path_is_mount_point, path>("ConditionPathIsMountPoint"),
    condition<K::path_is_read_write, path>("ConditionPathIsReadWrite"),
    condition<K::path_is_encrypted, path>("ConditionPathIsEncrypted"),
    condition<K::directory_not_empty, path>("ConditionDirectoryNotEmpty"),
    condition<K::file_not_empty, path>("ConditionFileNotEmpty"),
    condition<K::file_is_executable, path>("ConditionFileIsExecutable"),
    condition<K::memory_pressure, text>("ConditionMemoryPressure"),
    condition<K::cpu_pressure, text>("ConditionCPUPressure"),
    condition<K::io_pressure, text>("ConditionIOPressure"),

    assertion<K::architecture, text>("AssertArchitecture"),
    assertion<K::virtualization, text>("AssertVirtualization"),
    assertion<K::host, text>("AssertHost"),
    assertion<K::kernel_command_line, text>("AssertKernelCommandLine"),
    assertion<K::kernel_version, text>("AssertKernelVersion"),
    assertion<K::credential, text>("AssertCredential"),
    assertion<K::security, text>("AssertSecurity"),
    assertion<K::capability, text>("AssertCapability"),
    assertion<K::ac_power, text>("AssertACPower"),
    assertion<K::memory, text>("AssertMemory"),
    assertion<K::cpus, text>("AssertCPUs"),
    assertion<K::cpu_feature, text>("AssertCPUFeature"),
    assertion<K::environment, text>("AssertEnvironment"),
    assertion<K::os_release, text>("AssertOSRelease"),
    assertion<K::user, text>("AssertUser"),
    assertion<K::group, text>("AssertGroup"),
    assertion<K::control_group_controller, text>("AssertControlGroupController"),
    assertion<K::needs_update, path>("AssertNeedsUpdate"),
    assertion<K::first_boot, text>("AssertFirstBoot"),
    assertion<K::path_exists, path>("AssertPathExists"),
    assertion<K::path_exists_glob, path>("AssertPathExistsGlob"),
    assertion<K::path_is_directory, path>("AssertPathIsDirectory"),
    assertion<K::path_is_symbolic_link, path>("AssertPathIsSymbolicLink"),
    assertion<K::path_is_mount_point, path>("AssertPathIsMountPoint"),
    assertion<K::path_is_read_write, path>("AssertPathIsReadWrite"),
    assertion<K::path_is_encrypted, path>("AssertPathIsEncrypted"),
    assertion<K::directory_not_empty, path>("AssertDirectoryNotEmpty"),
    assertion<K::file_not_empty, path>("AssertFileNotEmpty"),
    assertion<K::file_is_executable, path>("AssertFileIsExecutable"),
    assertion<K::memory_pressure, text>("AssertMemoryPressure"),
    assertion<K::cpu_pressure, text>("AssertCPUPressure"),
    assertion<K::io_pressure, text>("AssertIOPressure"),
});
// clang-format on

static_assert(members_of(rows, mark<&Unit::info>()) == fields<Info>(), "each member of Info needs a row");
constexpr auto table = sorted(rows);

struct ShownConditions {
    static status::Value show(std::vector<Condition> const& value) { return show_conditions(value, "Condition", {}); }
};
struct ShownAsserts {
    static status::Value show(std::vector<Condition> const& value) { return show_conditions(value, "Assert", {}); }
};
constexpr auto properties = std::to_array<ShownProperty>({
    shown<&Unit::info, &Info::conditions, ShownConditions>("Unit", "Conditions"),
    shown<&Unit::info, &Info::asserts, ShownAsserts>("Unit", "Asserts"),
});

} // namespace

std::span<Directive const> unit_directives() { return table; }
std::span<ShownProperty const> unit_properties() { return properties; }

} // namespace mitori::unit
