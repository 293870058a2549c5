// How values are read from the text of a directive and shown as a property: one codec per type, chosen by the member's
// type; where the type alone does not say it (a string may be a path or a user's name), the row names the codec.
//
// A codec C for members of type T has
//   assign   static Result<void> assign(T&, std::string_view text, Specifiers const&)
//            or, where other settings matter, assign(Unit&, T&, text, specifiers)
//   show     static status::Value show(T const&), or show(Unit const&, T const&)
// The row resets the member to its default when the text is empty, unless the codec says `reads_empty`.
//
// Errors are as directive.hpp says of Directive::Assign: `lost` (only this assignment) or `refused` (the whole unit).
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "status/value.hpp"
#include "unit/detail/specifiers.hpp"
#include "unit/settings/common.hpp"
#include "unit/settings/exec.hpp"
#include "unit/settings/names.hpp"
#include "unit/settings/unit.hpp"

namespace mitori::unit {

struct Unit;

[[nodiscard]] std::unexpected<base::Error> lost(std::string sentence);
[[nodiscard]] std::unexpected<base::Error> refused(std::string sentence);
/// "'sometimes' is none of no, always, …" with the nearest word as a hint.
[[nodiscard]] std::unexpected<base::Error> no_such_word(std::string_view text, std::span<std::string_view const> known);
/// The error of a lower function as a sentence of ours, lost.
[[nodiscard]] std::unexpected<base::Error> lost(base::Error const& error);
/// The specifiers expanded; an error is lost.
[[nodiscard]] base::Result<std::string> expanded(std::string_view text, Specifiers const& specifiers);

template <class T>
struct Codec;

// -- scalars

template <>
struct Codec<bool> {
    static base::Result<void> assign(bool& value, std::string_view text, Specifiers const&);
    static status::Value show(bool value) { return value; }
};

/// A span of time; a bare number counts in seconds. Shown in microseconds (t), infinity as the greatest number.
template <>
struct Codec<base::Usec> {
    static base::Result<void> assign(base::Usec& value, std::string_view text, Specifiers const&);
    static status::Value show(base::Usec value);
};

/// A time-out: 0 turns it off, which is the same as infinity.
struct TimeoutSpan : Codec<base::Usec> {
    static base::Result<void> assign(base::Usec& value, std::string_view text, Specifiers const& specifiers);
};

template <>
struct Codec<Mode> {
    static base::Result<void> assign(Mode& value, std::string_view text, Specifiers const&);
    static status::Value show(Mode value) { return std::uint32_t{value.value}; }
};

template <>
struct Codec<base::Signal> {
    static base::Result<void> assign(base::Signal& value, std::string_view text, Specifiers const&);
    static status::Value show(base::Signal value) { return std::int32_t{value.number}; }
};

template <>
struct Codec<std::uint32_t> {
    static base::Result<void> assign(std::uint32_t& value, std::string_view text, Specifiers const&);
    static status::Value show(std::uint32_t value) { return value; }
};

[[nodiscard]] base::Result<int> read_whole(std::string_view text, int least, int greatest);

/// A whole number within bounds, shown as i.
template <int Least, int Greatest>
struct Whole {
    static base::Result<void> assign(int& value, std::string_view text, Specifiers const&) {
        value = TRY(read_whole(text, Least, Greatest));
        return {};
    }
    static status::Value show(int value) { return std::int32_t{value}; }
};

template <base::Named E>
inline constexpr auto words_of = [] {
    std::array<std::string_view, base::Names<E>::table.size()> words{};
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = base::Names<E>::table[i].word;
    return words;
}();

/// An enum, by its table of names; shown as s.
template <base::Named E>
struct Codec<E> {
    static base::Result<void> assign(E& value, std::string_view text, Specifiers const&) {
        auto const found = base::value_of<E>(text);
        if (!found) return no_such_word(text, words_of<E>);
        value = *found;
        return {};
    }
    static status::Value show(E value) { return std::string(base::word(value)); }
};

/// Reads a setting that may be unset. What an unset one is shown as, those who derive from it say.
template <class T, class C = Codec<T>>
struct MayBeUnset {
    static base::Result<void> assign(std::optional<T>& value, std::string_view text, Specifiers const& specifiers) {
        T read{};
        TRY(C::assign(read, text, specifiers));
        value = read;
        return {};
    }
};

template <auto Default, class C = Codec<std::remove_cv_t<decltype(Default)>>>
struct Or : MayBeUnset<std::remove_cv_t<decltype(Default)>, C> {
    static status::Value show(auto const& value) { return C::show(value.value_or(Default)); }
};
template <base::Usec const& Default, class C = Codec<base::Usec>>
struct OrSpan : MayBeUnset<base::Usec, C> {
    static status::Value show(std::optional<base::Usec> const& value) { return C::show(value.value_or(Default)); }
};

/// yes, no and their kin are read besides the word "restart".
struct PreserveWord : Codec<PreserveDirectory> {
    static base::Result<void> assign(PreserveDirectory& value, std::string_view text, Specifiers const& specifiers);
};

// -- one text

struct ShownText {
    static status::Value show(std::string const& value) { return value; }
};
/// Any text, specifiers expanded.
struct Text : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// The text as it stands: specifiers are expanded where it is used.
struct RawText : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const&);
};
/// An absolute path without "..", specifiers expanded, superfluous slashes taken out.
struct Path : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// A path that the unit must not be run without.
struct SafetyPath : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// PIDFile=: a relative path is below the runtime directory; /var/run is /run.
struct PidFilePath : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// User=, Group=: a name or a number. The unit must not be run with another one.
struct AccountName : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// A well-known name of the D-Bus specification.
struct BusName : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// The name of a .slice unit.
struct SliceName : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};

// -- lists of texts: each assignment appends, the empty text clears

struct ShownTexts {
    static status::Value show(std::vector<std::string> const& value);
};
/// Words as they stand ([Install]): specifiers are expanded where they are used.
struct RawWords : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text, Specifiers const&);
};
/// Documentation=: URLs of the kinds http, https, file, info, man.
struct Urls : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};
/// RequiresMountsFor=: absolute paths. Cannot be cleared.
struct MountPaths : ShownTexts {
    static constexpr bool reads_empty = true;
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};
/// SupplementaryGroups=
struct AccountNames : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};
/// PassEnvironment=: names of variables.
struct VariableNames : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};
/// UnsetEnvironment=: names of variables, or NAME=value to unset it only where it has that value.
struct VariableMatches : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};

// -- values with a structure

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
/// 1..99 for the real-time policies, 0 for the others.
struct CpuPriority {
    static base::Result<void> assign(Unit& unit, std::optional<int>& value, std::string_view text, Specifiers const&);
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

// -- resource limits

/// What the numbers of a limit count, and so how they are written.
enum class LimitUnit : std::uint8_t { bytes, seconds, microseconds, nice, count };
enum class LimitEnd : std::uint8_t { soft, hard };
[[nodiscard]] base::Result<process::Limit> read_limit(int resource, LimitUnit unit, std::string_view text);
void set_limit(Limits& limits, process::Limit const& limit);
void unset_limit(Limits& limits, int resource);
/// The manager's own limit, which children inherit, where none was given.
[[nodiscard]] status::Value show_limit(Limits const& limits, int resource, LimitEnd end);

/// Limit*=: "soft:hard", or one value for both; the property shows the hard end.
template <int Resource, LimitUnit Counts>
struct LimitOf {
    static constexpr bool reads_empty = true;
    static base::Result<void> assign(Limits& limits, std::string_view text, Specifiers const&) {
        if (text.empty()) {
            unset_limit(limits, Resource);
        } else {
            set_limit(limits, TRY(read_limit(Resource, Counts, text)));
        }
        return {};
    }
    static status::Value show(Limits const& limits) { return show_limit(limits, Resource, LimitEnd::hard); }
};

// -- dependencies and conditions: many directives, one member

[[nodiscard]] base::Result<void> add_dependencies(std::vector<Dependency>& dependencies, Relation relation,
                                                  std::string_view text, Specifiers const& specifiers);
[[nodiscard]] status::Value show_dependencies(std::vector<Dependency> const& dependencies, Relation relation);

/// Names of units. Cannot be cleared: systemd.unit(5).
template <Relation Kind>
struct DependencyOf {
    static constexpr bool reads_empty = true;
    static base::Result<void> assign(std::vector<Dependency>& dependencies, std::string_view text,
                                     Specifiers const& specifiers) {
        return add_dependencies(dependencies, Kind, text, specifiers);
    }
    static status::Value show(std::vector<Dependency> const& dependencies) {
        return show_dependencies(dependencies, Kind);
    }
};

/// What a condition's parameter is.
enum class Parameter : std::uint8_t { text, path };
/// The empty text clears the conditions of every kind.
[[nodiscard]] base::Result<void> add_condition(std::vector<Condition>& conditions, ConditionKind kind,
                                               Parameter parameter, std::string_view text,
                                               Specifiers const& specifiers);

template <ConditionKind Kind, Parameter What>
struct ConditionOf {
    static base::Result<void> assign(std::vector<Condition>& conditions, std::string_view text,
                                     Specifiers const& specifiers) {
        return add_condition(conditions, Kind, What, text, specifiers);
    }
};

} // namespace mitori::unit
