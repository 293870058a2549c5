// Codecs of values that have a structure: commands, statuses, environment, streams, CPUs, directories. See codec.hpp.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "unit/codec.hpp"

namespace mitori::unit {

/// Exec*=: command lines, appended; a(sasbttttuii).
template <>
struct Codec<ExecCommands> {
    static base::Result<void> assign(ExecCommands& value, std::string_view text, Specifiers const& specifiers);
    static status::Value show(ExecCommands const& value);
};

/// Exit statuses by number or name and signals by name, added; (aiai).
template <>
struct Codec<ExitStatusSet> {
    static base::Result<void> assign(ExitStatusSet& value, std::string_view text, Specifiers const&);
    static status::Value show(ExitStatusSet const& value);
};

/// Environment=: NAME=value words; a later assignment to a name replaces the earlier one.
template <>
struct Codec<EnvironmentSetting> {
    static base::Result<void> assign(EnvironmentSetting& value, std::string_view text, Specifiers const& specifiers);
    static status::Value show(EnvironmentSetting const& value);
};

/// EnvironmentFile=: one path or pattern, "-" before it lets it be missing; a(sb).
template <>
struct Codec<std::vector<OptionalPath>> {
    static base::Result<void> assign(std::vector<OptionalPath>& value, std::string_view text,
                                     Specifiers const& specifiers);
    static status::Value show(std::vector<OptionalPath> const& value);
};

template <>
struct Codec<WorkingDirectory> {
    static base::Result<void> assign(WorkingDirectory& value, std::string_view text, Specifiers const& specifiers);
    static status::Value show(WorkingDirectory const& value);
};

template <>
struct Codec<InputSetting> {
    static base::Result<void> assign(InputSetting& value, std::string_view text, Specifiers const& specifiers);
    static status::Value show(InputSetting const& value);
};

/// StandardInput=: where nothing is said but data is given, that is it.
struct InputOrData : Codec<InputSetting> {
    static status::Value show(Unit const& unit, InputSetting const& value);
};

[[nodiscard]] base::Result<OutputSetting> read_output(std::string_view text, Specifiers const& specifiers);
[[nodiscard]] status::Value show_output(OutputSetting const& value);

/// StandardOutput=, StandardError=; shown as `Default` where unset.
template <Output Default>
struct OutputOr {
    static base::Result<void> assign(std::optional<OutputSetting>& value, std::string_view text,
                                     Specifiers const& specifiers) {
        value = TRY(read_output(text, specifiers));
        return {};
    }
    static status::Value show(std::optional<OutputSetting> const& value) {
        return show_output(value.value_or(OutputSetting{.kind = Default, .argument = {}}));
    }
};

/// CPUAffinity=: numbers and ranges, added, or "numa"; ay, a bit per CPU.
template <>
struct Codec<CpuAffinity> {
    static base::Result<void> assign(CpuAffinity& value, std::string_view text, Specifiers const& specifiers);
    static status::Value show(CpuAffinity const& value);
};

/// Words or the kernel's numbers; shown as i.
struct IoClassNumber {
    static base::Result<void> assign(std::optional<IoClass>& value, std::string_view text, Specifiers const&);
    static status::Value show(std::optional<IoClass> const& value);
};
/// The policies of sched(7) by name or number; shown as i.
struct CpuPolicyNumber {
    static base::Result<void> assign(std::optional<int>& value, std::string_view text, Specifiers const&);
    static status::Value show(std::optional<int> const& value);
};
/// 0..99, of which the real-time policies take 1..99.
struct CpuPriority {
    static base::Result<void> assign(std::optional<int>& value, std::string_view text, Specifiers const&);
    static status::Value show(Unit const& unit, std::optional<int> const& value);
};

/// RuntimeDirectory= and its kin.
template <>
struct Codec<DirectoriesSetting> {
    static base::Result<void> assign(DirectoriesSetting& value, std::string_view text, Specifiers const& specifiers);
    static status::Value show(DirectoriesSetting const& value);
    /// RuntimeDirectorySymlink and its kin, a(sst).
    static status::Value show_links(DirectoriesSetting const& value);
};
/// ConfigurationDirectory= makes no links.
struct DirectoriesWithoutLinks : Codec<DirectoriesSetting> {
    static base::Result<void> assign(DirectoriesSetting& value, std::string_view text, Specifiers const& specifiers);
};

} // namespace mitori::unit
