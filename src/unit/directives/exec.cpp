// What a service's processes shall be: the directives of systemd.exec(5) that fill members of Exec. Those that are not
// honoured yet are in exec_not_yet.cpp.
#include <sys/resource.h>

#include "unit/codecs/limits.hpp"
#include "unit/codecs/logging.hpp"
#include "unit/codecs/structures.hpp"
#include "unit/codecs/texts.hpp"
#include "unit/detail/row.hpp"
#include "unit/detail/tables.hpp"

namespace mitori::unit {
namespace {

using enum Section;

template <int Resource, LimitUnit Counts>
consteval Row limit(std::string_view name) {
    return row<&Unit::exec, &Exec::limits, LimitOf<Resource, Counts>>(service, name, name, exec5);
}

constexpr base::Usec no_span{0};

// clang-format off: a row is a line
constexpr auto rows = std::to_array<Row>({
    row<&Unit::exec, &Exec::working_directory>(service, "WorkingDirectory", "WorkingDirectory", exec5),
    row<&Unit::exec, &Exec::root_directory, SafetyPath>(service, "RootDirectory", "RootDirectory", exec5),
    row<&Unit::exec, &Exec::user, AccountName>(service, "User", "User", exec5),
    row<&Unit::exec, &Exec::group, AccountName>(service, "Group", "Group", exec5),
    row<&Unit::exec, &Exec::supplementary_groups, AccountNames>(service, "SupplementaryGroups", "SupplementaryGroups", exec5),
    row<&Unit::exec, &Exec::environment>(service, "Environment", "Environment", exec5),
    row<&Unit::exec, &Exec::environment_files>(service, "EnvironmentFile", "EnvironmentFiles", exec5),
    row<&Unit::exec, &Exec::pass_environment, VariableNames>(service, "PassEnvironment", "PassEnvironment", exec5),
    row<&Unit::exec, &Exec::unset_environment, VariableMatches>(service, "UnsetEnvironment", "UnsetEnvironment", exec5),
    row<&Unit::exec, &Exec::standard_input, InputOrData>(service, "StandardInput", "StandardInput", exec5),
    row<&Unit::exec, &Exec::input_data, InputText>(service, "StandardInputText", "", exec5),
    row<&Unit::exec, &Exec::input_data, InputBytes>(service, "StandardInputData", "StandardInputData", exec5),
    row<&Unit::exec, &Exec::standard_output, OutputOr<Output::journal>>(service, "StandardOutput", "StandardOutput", exec5),
    row<&Unit::exec, &Exec::standard_error, OutputOr<Output::inherit>>(service, "StandardError", "StandardError", exec5),
    row<&Unit::exec, &Exec::tty_path, Path>(service, "TTYPath", "TTYPath", exec5),
    row<&Unit::exec, &Exec::syslog_identifier, Text>(service, "SyslogIdentifier", "SyslogIdentifier", exec5),
    row<&Unit::exec, &Exec::syslog_facility, FacilityNumber>(service, "SyslogFacility", "SyslogFacility", exec5),
    row<&Unit::exec, &Exec::syslog_level, LevelNumber>(service, "SyslogLevel", "SyslogLevel", exec5),
    row<&Unit::exec, &Exec::syslog_level_prefix>(service, "SyslogLevelPrefix", "SyslogLevelPrefix", exec5),
    row<&Unit::exec, &Exec::log_level_max, Or<-1, LevelNumber>>(service, "LogLevelMax", "LogLevelMax", exec5),
    row<&Unit::exec, &Exec::log_rate_limit_interval, OrSpan<no_span>>(service, "LogRateLimitIntervalSec", "LogRateLimitIntervalUSec", exec5),
    row<&Unit::exec, &Exec::log_rate_limit_burst, Or<std::uint32_t{0}>>(service, "LogRateLimitBurst", "LogRateLimitBurst", exec5),
    row<&Unit::exec, &Exec::log_extra_fields, LogFields>(service, "LogExtraFields", "LogExtraFields", exec5),
    row<&Unit::exec, &Exec::umask>(service, "UMask", "UMask", exec5),
    row<&Unit::exec, &Exec::nice, Or<0, Whole<-20, 19>>>(service, "Nice", "Nice", exec5),
    row<&Unit::exec, &Exec::oom_score_adjust, Or<0, Whole<-1000, 1000>>>(service, "OOMScoreAdjust", "OOMScoreAdjust", exec5),
    row<&Unit::exec, &Exec::cpu_scheduling_policy, CpuPolicyNumber>(service, "CPUSchedulingPolicy", "CPUSchedulingPolicy", exec5),
    row<&Unit::exec, &Exec::cpu_scheduling_priority, CpuPriority>(service, "CPUSchedulingPriority", "CPUSchedulingPriority", exec5),
    row<&Unit::exec, &Exec::cpu_scheduling_reset_on_fork>(service, "CPUSchedulingResetOnFork", "CPUSchedulingResetOnFork", exec5),
    row<&Unit::exec, &Exec::cpu_affinity>(service, "CPUAffinity", "CPUAffinity", exec5),
    row<&Unit::exec, &Exec::io_scheduling_class, IoClassNumber>(service, "IOSchedulingClass", "IOSchedulingClass", exec5),
    row<&Unit::exec, &Exec::io_scheduling_priority, Or<4, Whole<0, 7>>>(service, "IOSchedulingPriority", "IOSchedulingPriority", exec5),
    row<&Unit::exec, &Exec::ignore_sigpipe>(service, "IgnoreSIGPIPE", "IgnoreSIGPIPE", exec5),
    row<&Unit::exec, &Exec::runtime_directory>(service, "RuntimeDirectory", "RuntimeDirectory", exec5),
    row<&Unit::exec, &Exec::runtime_directory_mode>(service, "RuntimeDirectoryMode", "RuntimeDirectoryMode", exec5),
    row<&Unit::exec, &Exec::state_directory>(service, "StateDirectory", "StateDirectory", exec5),
    row<&Unit::exec, &Exec::state_directory_mode>(service, "StateDirectoryMode", "StateDirectoryMode", exec5),
    row<&Unit::exec, &Exec::cache_directory>(service, "CacheDirectory", "CacheDirectory", exec5),
    row<&Unit::exec, &Exec::cache_directory_mode>(service, "CacheDirectoryMode", "CacheDirectoryMode", exec5),
    row<&Unit::exec, &Exec::logs_directory>(service, "LogsDirectory", "LogsDirectory", exec5),
    row<&Unit::exec, &Exec::logs_directory_mode>(service, "LogsDirectoryMode", "LogsDirectoryMode", exec5),
    row<&Unit::exec, &Exec::configuration_directory, DirectoriesWithoutLinks>(service, "ConfigurationDirectory", "ConfigurationDirectory", exec5),
    row<&Unit::exec, &Exec::configuration_directory_mode>(service, "ConfigurationDirectoryMode", "ConfigurationDirectoryMode", exec5),
    row<&Unit::exec, &Exec::runtime_directory_preserve, PreserveWord>(service, "RuntimeDirectoryPreserve", "RuntimeDirectoryPreserve", exec5),
    limit<RLIMIT_CPU, LimitUnit::seconds>("LimitCPU"),
    limit<RLIMIT_FSIZE, LimitUnit::bytes>("LimitFSIZE"),
    limit<RLIMIT_DATA, LimitUnit::bytes>("LimitDATA"),
    limit<RLIMIT_STACK, LimitUnit::bytes>("LimitSTACK"),
    limit<RLIMIT_CORE, LimitUnit::bytes>("LimitCORE"),
    limit<RLIMIT_RSS, LimitUnit::bytes>("LimitRSS"),
    limit<RLIMIT_NOFILE, LimitUnit::count>("LimitNOFILE"),
    limit<RLIMIT_AS, LimitUnit::bytes>("LimitAS"),
    limit<RLIMIT_NPROC, LimitUnit::count>("LimitNPROC"),
    limit<RLIMIT_MEMLOCK, LimitUnit::bytes>("LimitMEMLOCK"),
    limit<RLIMIT_LOCKS, LimitUnit::count>("LimitLOCKS"),
    limit<RLIMIT_SIGPENDING, LimitUnit::count>("LimitSIGPENDING"),
    limit<RLIMIT_MSGQUEUE, LimitUnit::bytes>("LimitMSGQUEUE"),
    limit<RLIMIT_NICE, LimitUnit::nice>("LimitNICE"),
    limit<RLIMIT_RTPRIO, LimitUnit::count>("LimitRTPRIO"),
    limit<RLIMIT_RTTIME, LimitUnit::microseconds>("LimitRTTIME"),
});
// clang-format on
static_assert(members_of(rows, mark<&Unit::exec>()) == fields<Exec>(), "each member of Exec needs a row");
constexpr auto table = sorted(rows);

template <int Resource>
struct SoftEnd {
    static status::Value show(Limits const& limits) { return show_limit(limits, Resource, LimitEnd::soft); }
};
template <int Resource>
consteval ShownProperty soft(std::string_view name) {
    return shown<&Unit::exec, &Exec::limits, SoftEnd<Resource>>("Service", name);
}

struct Links {
    static status::Value show(DirectoriesSetting const& value) { return Codec<DirectoriesSetting>::show_links(value); }
};
/// The name of the descriptor where a stream is one: sd_listen_fds_with_names(3).
struct InputDescriptor {
    static status::Value show(InputSetting const& value) { return value.kind == Input::fd ? value.argument : ""; }
};
struct OutputDescriptor {
    static status::Value show(std::optional<OutputSetting> const& value) {
        return value && value->kind == Output::fd ? value->argument : "";
    }
};
/// syslog(3)'s one number for both.
struct SyslogPriority {
    static status::Value show(Unit const& unit, int level) {
        return std::int32_t{unit.exec->syslog_facility << 3 | level};
    }
};
struct FromNuma {
    static status::Value show(CpuAffinity const& value) { return value.from_numa; }
};

// clang-format off: a row is a line
constexpr auto properties = std::to_array<ShownProperty>({
    soft<RLIMIT_CPU>("LimitCPUSoft"),
    soft<RLIMIT_FSIZE>("LimitFSIZESoft"),
    soft<RLIMIT_DATA>("LimitDATASoft"),
    soft<RLIMIT_STACK>("LimitSTACKSoft"),
    soft<RLIMIT_CORE>("LimitCORESoft"),
    soft<RLIMIT_RSS>("LimitRSSSoft"),
    soft<RLIMIT_NOFILE>("LimitNOFILESoft"),
    soft<RLIMIT_AS>("LimitASSoft"),
    soft<RLIMIT_NPROC>("LimitNPROCSoft"),
    soft<RLIMIT_MEMLOCK>("LimitMEMLOCKSoft"),
    soft<RLIMIT_LOCKS>("LimitLOCKSSoft"),
    soft<RLIMIT_SIGPENDING>("LimitSIGPENDINGSoft"),
    soft<RLIMIT_MSGQUEUE>("LimitMSGQUEUESoft"),
    soft<RLIMIT_NICE>("LimitNICESoft"),
    soft<RLIMIT_RTPRIO>("LimitRTPRIOSoft"),
    soft<RLIMIT_RTTIME>("LimitRTTIMESoft"),
    shown<&Unit::exec, &Exec::runtime_directory, Links>("Service", "RuntimeDirectorySymlink"),
    shown<&Unit::exec, &Exec::state_directory, Links>("Service", "StateDirectorySymlink"),
    shown<&Unit::exec, &Exec::cache_directory, Links>("Service", "CacheDirectorySymlink"),
    shown<&Unit::exec, &Exec::logs_directory, Links>("Service", "LogsDirectorySymlink"),
    shown<&Unit::exec, &Exec::standard_input, InputDescriptor>("Service", "StandardInputFileDescriptorName"),
    shown<&Unit::exec, &Exec::standard_output, OutputDescriptor>("Service", "StandardOutputFileDescriptorName"),
    shown<&Unit::exec, &Exec::standard_error, OutputDescriptor>("Service", "StandardErrorFileDescriptorName"),
    shown<&Unit::exec, &Exec::syslog_level, SyslogPriority>("Service", "SyslogPriority"),
    shown<&Unit::exec, &Exec::cpu_affinity, FromNuma>("Service", "CPUAffinityFromNUMA"),
});
// clang-format on

} // namespace

std::span<Directive const> exec_directives() { return table; }
std::span<ShownProperty const> exec_properties() { return properties; }

} // namespace mitori::unit
