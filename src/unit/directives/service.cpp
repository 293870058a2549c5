// A service's own directives: systemd.service(5).
#include "unit/codecs/structures.hpp"
#include "unit/codecs/texts.hpp"
#include "unit/detail/row.hpp"
#include "unit/detail/tables.hpp"
#include "unit/settings/defaults.hpp"

namespace mitori::unit {
namespace {

using enum Section;

/// Shown with the default that depends on other settings.
struct EffectiveType : MayBeUnset<ServiceType> {
    static status::Value show(Unit const& unit, std::optional<ServiceType> const&) {
        return Codec<ServiceType>::show(unit.service_type());
    }
};
struct EffectiveNotifyAccess : MayBeUnset<NotifyAccess> {
    static status::Value show(Unit const& unit, std::optional<NotifyAccess> const&) {
        return Codec<NotifyAccess>::show(unit.notify_access());
    }
};

struct StartTimeout : MayBeUnset<base::Usec, TimeoutSpan> {
    static status::Value show(Unit const& unit, std::optional<base::Usec> const& value) {
        bool const oneshot = unit.service_type() == ServiceType::oneshot;
        return TimeoutSpan::show(value.value_or(oneshot ? base::infinity : default_timeout_start));
    }
};
using StopTimeout = OrSpan<default_timeout_stop, TimeoutSpan>;
/// 0 is no time at all here, not infinity.
struct AbortTimeout : MayBeUnset<base::Usec> {
    static status::Value show(Unit const& unit, std::optional<base::Usec> const& value) {
        return StopTimeout::show(value ? value : unit.service.timeout_stop);
    }
};

/// TimeoutSec= is both of them.
base::Result<void> assign_timeouts(Unit& unit, std::string_view text, Specifiers const& specifiers) {
    std::optional<base::Usec> timeout;
    if (!text.empty()) TRY(StopTimeout::assign(timeout, text, specifiers));
    unit.service.timeout_start = unit.service.timeout_stop = timeout;
    return {};
}

// clang-format off: a row is a line
constexpr auto rows = std::to_array<Row>({
    row<&Unit::service, &Service::type, EffectiveType>(service, "Type", "Type", service5),
    row<&Unit::service, &Service::exit_type>(service, "ExitType", "ExitType", service5),
    row<&Unit::service, &Service::exec_condition>(service, "ExecCondition", "ExecCondition", service5),
    row<&Unit::service, &Service::exec_start_pre>(service, "ExecStartPre", "ExecStartPre", service5),
    row<&Unit::service, &Service::exec_start>(service, "ExecStart", "ExecStart", service5),
    row<&Unit::service, &Service::exec_start_post>(service, "ExecStartPost", "ExecStartPost", service5),
    row<&Unit::service, &Service::exec_reload>(service, "ExecReload", "ExecReload", service5),
    row<&Unit::service, &Service::exec_stop>(service, "ExecStop", "ExecStop", service5),
    row<&Unit::service, &Service::exec_stop_post>(service, "ExecStopPost", "ExecStopPost", service5),

    row<&Unit::service, &Service::pid_file, PidFilePath>(service, "PIDFile", "PIDFile", service5),
    row<&Unit::service, &Service::guess_main_pid>(service, "GuessMainPID", "GuessMainPID", service5),
    row<&Unit::service, &Service::remain_after_exit>(service, "RemainAfterExit", "RemainAfterExit", service5),
    row<&Unit::service, &Service::bus_name, BusName>(service, "BusName", "BusName", service5),

    row<&Unit::service, &Service::restart>(service, "Restart", "Restart", service5),
    row<&Unit::service, &Service::restart_delay>(service, "RestartSec", "RestartUSec", service5),
    row<&Unit::service, &Service::restart_prevent>(service, "RestartPreventExitStatus", "RestartPreventExitStatus", service5),
    row<&Unit::service, &Service::restart_force>(service, "RestartForceExitStatus", "RestartForceExitStatus", service5),
    row<&Unit::service, &Service::success>(service, "SuccessExitStatus", "SuccessExitStatus", service5),

    row<&Unit::service, &Service::timeout_start, StartTimeout>(service, "TimeoutStartSec", "TimeoutStartUSec", service5),
    row<&Unit::service, &Service::timeout_stop, StopTimeout>(service, "TimeoutStopSec", "TimeoutStopUSec", service5),
    set_by(service, "TimeoutSec", service5, &assign_timeouts),
    row<&Unit::service, &Service::timeout_abort, AbortTimeout>(service, "TimeoutAbortSec", "TimeoutAbortUSec", service5),
    row<&Unit::service, &Service::timeout_start_failure>(service, "TimeoutStartFailureMode", "TimeoutStartFailureMode", service5),
    row<&Unit::service, &Service::timeout_stop_failure>(service, "TimeoutStopFailureMode", "TimeoutStopFailureMode", service5),
    row<&Unit::service, &Service::runtime_max>(service, "RuntimeMaxSec", "RuntimeMaxUSec", service5),
    row<&Unit::service, &Service::runtime_randomized_extra>(service, "RuntimeRandomizedExtraSec", "RuntimeRandomizedExtraUSec", service5),
    row<&Unit::service, &Service::watchdog>(service, "WatchdogSec", "WatchdogUSec", service5),
    row<&Unit::service, &Service::notify_access, EffectiveNotifyAccess>(service, "NotifyAccess", "NotifyAccess", service5),
    row<&Unit::service, &Service::oom_policy>(service, "OOMPolicy", "OOMPolicy", service5),
    row<&Unit::service, &Service::reload_signal>(service, "ReloadSignal", "ReloadSignal", service5),

    not_yet(service, "FileDescriptorStoreMax", service5),
    not_yet(service, "NonBlocking", service5),
    not_yet(service, "PermissionsStartOnly", legacy),
    not_yet(service, "RootDirectoryStartOnly", service5),
    not_yet(service, "Sockets", service5),
    not_yet(service, "USBFunctionDescriptors", service5),
    not_yet(service, "USBFunctionStrings", service5),
});
// clang-format on
static_assert(members_of(rows, mark<&Unit::service>()) == fields<Service>(), "each member of Service needs a row");
constexpr auto table = sorted(rows);

struct WithPrefixes {
    static status::Value show(ExecCommands const& commands) { return show_commands_ex(commands, {}); }
};
constexpr auto properties = std::to_array<ShownProperty>({
    shown<&Unit::service, &Service::exec_condition, WithPrefixes>("Service", "ExecConditionEx"),
    shown<&Unit::service, &Service::exec_start_pre, WithPrefixes>("Service", "ExecStartPreEx"),
    shown<&Unit::service, &Service::exec_start, WithPrefixes>("Service", "ExecStartEx"),
    shown<&Unit::service, &Service::exec_start_post, WithPrefixes>("Service", "ExecStartPostEx"),
    shown<&Unit::service, &Service::exec_reload, WithPrefixes>("Service", "ExecReloadEx"),
    shown<&Unit::service, &Service::exec_stop, WithPrefixes>("Service", "ExecStopEx"),
    shown<&Unit::service, &Service::exec_stop_post, WithPrefixes>("Service", "ExecStopPostEx"),
});

} // namespace

std::span<Directive const> service_directives() { return table; }
std::span<ShownProperty const> service_properties() { return properties; }

} // namespace mitori::unit
