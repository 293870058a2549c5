// What a child of a unit shall be: systemd.exec(5).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "process/plan.hpp"
#include "unit/settings/common.hpp"

namespace mitori::unit {

enum class Input : std::uint8_t { null, tty, tty_force, tty_fail, data, file, socket, fd };
enum class Output : std::uint8_t {
    inherit,
    null,
    tty,
    journal,
    kmsg,
    journal_console,
    kmsg_console,
    file,
    append,
    truncate,
    socket,
    fd
};

/// StandardInput=, StandardOutput=, StandardError=: the kind, and the path (file:, append:, truncate:) or the
/// descriptor's name (fd:).
struct InputSetting {
    Input kind = Input::null;
    std::string argument;
    friend bool operator==(InputSetting const&, InputSetting const&) = default;
};
struct OutputSetting {
    Output kind = Output::inherit;
    std::string argument;
    friend bool operator==(OutputSetting const&, OutputSetting const&) = default;
};

/// WorkingDirectory=: "~" is the user's home; "-" lets it be missing.
struct WorkingDirectory {
    std::string path;
    bool home = false;
    bool optional = false;
    friend bool operator==(WorkingDirectory const&, WorkingDirectory const&) = default;
};

/// RuntimeDirectory= and its kin: names below /run, /var/lib …, each with the symbolic links to be made to it.
struct DirectoryEntry {
    std::string name;
    std::vector<std::string> links;
    friend bool operator==(DirectoryEntry const&, DirectoryEntry const&) = default;
};
struct DirectoriesSetting {
    std::vector<DirectoryEntry> entries;
    friend bool operator==(DirectoriesSetting const&, DirectoriesSetting const&) = default;
};
enum class PreserveDirectory : std::uint8_t { no, yes, restart };

struct EnvironmentEntry {
    std::string name;
    std::string value;
    friend bool operator==(EnvironmentEntry const&, EnvironmentEntry const&) = default;
};
using EnvironmentSetting = std::vector<EnvironmentEntry>;

enum class IoClass : std::uint8_t { none, realtime, best_effort, idle };

/// The Limit*= settings that were given, in order of their resource; each is one of RLIMIT_.
using Limits = std::vector<process::Limit>;

/// CPUAffinity=: CPUs, or the NUMA policy's.
struct CpuAffinity {
    std::vector<std::uint16_t> cpus; ///< sorted
    bool from_numa = false;
    friend bool operator==(CpuAffinity const&, CpuAffinity const&) = default;
};

struct Exec {
    WorkingDirectory working_directory;
    std::string root_directory;

    std::string user;
    std::string group;
    std::vector<std::string> supplementary_groups;

    EnvironmentSetting environment;
    std::vector<OptionalPath> environment_files;
    std::vector<std::string> pass_environment;
    std::vector<std::string> unset_environment;

    InputSetting standard_input;
    std::optional<OutputSetting> standard_output; ///< default: the manager's DefaultStandardOutput (journal)
    std::optional<OutputSetting> standard_error;  ///< default: inherit from output
    std::string tty_path;
    std::string input_data; ///< StandardInputText= and StandardInputData=, in order

    std::string syslog_identifier; ///< empty: the name of the program
    int syslog_facility = 3;       ///< syslog(3), of the number that stands before the eight levels: daemon
    int syslog_level = 6;          ///< of lines that name none: info
    bool syslog_level_prefix = true;
    std::optional<int> log_level_max; ///< what is less important is dropped
    /// Default: the log's own limit. Either of them 0: no limit.
    std::optional<base::Usec> log_rate_limit_interval;
    std::optional<std::uint32_t> log_rate_limit_burst;
    std::vector<std::string> log_extra_fields; ///< "NAME=value"

    Limits limits;
    Mode umask{0022};
    std::optional<int> nice;
    std::optional<int> oom_score_adjust;
    std::optional<int> cpu_scheduling_policy; ///< SCHED_ constant
    std::optional<int> cpu_scheduling_priority;
    bool cpu_scheduling_reset_on_fork = false;
    CpuAffinity cpu_affinity;
    std::optional<IoClass> io_scheduling_class;
    std::optional<int> io_scheduling_priority;
    bool ignore_sigpipe = true;

    DirectoriesSetting runtime_directory;
    DirectoriesSetting state_directory;
    DirectoriesSetting cache_directory;
    DirectoriesSetting logs_directory;
    DirectoriesSetting configuration_directory;
    Mode runtime_directory_mode{0755};
    Mode state_directory_mode{0755};
    Mode cache_directory_mode{0755};
    Mode logs_directory_mode{0755};
    Mode configuration_directory_mode{0755};
    PreserveDirectory runtime_directory_preserve = PreserveDirectory::no;
};

/// StandardInput= as it holds: the data, where there is some and nothing else is said.
[[nodiscard]] inline Input input_kind(Exec const& exec) {
    bool const silent = exec.standard_input.kind == Input::null;
    return silent && !exec.input_data.empty() ? Input::data : exec.standard_input.kind;
}

} // namespace mitori::unit
