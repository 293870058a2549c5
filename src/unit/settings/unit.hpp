// [Unit] and [Install]: systemd.unit(5).
#pragma once

#include <string>
#include <vector>

#include "unit/settings/common.hpp"
#include "unit/settings/shared.hpp"

namespace mitori::unit {

/// How one unit speaks of another. The inverse kinds (required_by …) are made by the graph, except those that a file
/// can say itself.
enum class Relation : std::uint8_t {
    requires_,
    requisite,
    wants,
    binds_to,
    part_of,
    upholds,
    conflicts,
    before,
    after,
    on_failure,
    on_success,
    propagates_reload_to,
    reload_propagated_from,
    propagates_stop_to,
    stop_propagated_from,
    joins_namespace_of,
    // the other ends
    required_by,
    requisite_of,
    wanted_by,
    bound_by,
    consists_of,
    upheld_by,
    conflicted_by,
    on_failure_of,
    on_success_of,
};

/// Who said so: shown by `show`, and what daemon-reload may drop.
enum class Origin : std::uint8_t { file, folder, default_, implicit };

struct Dependency {
    Relation relation;
    Origin origin = Origin::file;
    std::string unit;
    friend bool operator==(Dependency const&, Dependency const&) = default;
};
using Dependencies = std::vector<Dependency>;

/// One Condition…= or Assert…= line, systemd.unit(5).
enum class ConditionKind : std::uint8_t {
    architecture,
    firmware,
    virtualization,
    host,
    kernel_command_line,
    kernel_version,
    credential,
    security,
    capability,
    ac_power,
    memory,
    cpus,
    cpu_feature,
    environment,
    os_release,
    user,
    group,
    control_group_controller,
    needs_update,
    first_boot,
    path_exists,
    path_exists_glob,
    path_is_directory,
    path_is_symbolic_link,
    path_is_mount_point,
    path_is_read_write,
    path_is_encrypted,
    directory_not_empty,
    file_not_empty,
    file_is_executable,
    memory_pressure,
    cpu_pressure,
    io_pressure,
};
struct Condition {
    ConditionKind kind;
    bool trigger = false; ///< |: one of these is enough
    bool negate = false;  ///< !
    std::string parameter;
    friend bool operator==(Condition const&, Condition const&) = default;
};

enum class CollectMode : std::uint8_t { inactive, inactive_or_failed };
enum class EmergencyAction : std::uint8_t {
    none,
    reboot,
    reboot_force,
    reboot_immediate,
    poweroff,
    poweroff_force,
    poweroff_immediate,
    exit,
    exit_force
};
/// OnFailureJobMode=: the words of systemctl's --job-mode.
enum class OnFailureJobMode : std::uint8_t {
    fail,
    replace,
    replace_irreversibly,
    isolate,
    flush,
    ignore_dependencies,
    ignore_requirements
};

struct Info {
    std::string description;
    std::vector<std::string> documentation;
    Shared<Dependencies> dependencies; ///< of every relation a file can name, in order
    std::vector<std::string> requires_mounts_for;
    std::vector<Condition> conditions;
    std::vector<Condition> asserts;
    std::string source_path;

    bool default_dependencies = true;
    bool stop_when_unneeded = false;
    bool refuse_manual_start = false;
    bool refuse_manual_stop = false;
    bool allow_isolate = false;
    bool ignore_on_isolate = false;
    CollectMode collect_mode = CollectMode::inactive;
    OnFailureJobMode on_failure_job_mode = OnFailureJobMode::replace;
    OnFailureJobMode on_success_job_mode = OnFailureJobMode::fail;

    std::optional<base::Usec> start_limit_interval; ///< default: DefaultStartLimitIntervalSec, 10 s
    std::optional<std::uint32_t> start_limit_burst; ///< default: DefaultStartLimitBurst, 5
    EmergencyAction start_limit_action = EmergencyAction::none;
    EmergencyAction success_action = EmergencyAction::none;
    EmergencyAction failure_action = EmergencyAction::none;
    base::Usec job_timeout = base::infinity;
    std::optional<base::Usec> job_running_timeout; ///< default: job_timeout
};

struct Install {
    std::vector<std::string> alias;
    std::vector<std::string> wanted_by;
    std::vector<std::string> required_by;
    std::vector<std::string> upheld_by;
    std::vector<std::string> also;
    std::string default_instance;
};

} // namespace mitori::unit
