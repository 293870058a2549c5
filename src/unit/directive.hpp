// One row per directive: the table from which parsing, show, D-Bus properties, verify and the list of gaps come.
// How to add one: CONTRIBUTING.md, "How do I add a directive".
#pragma once

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "status/value.hpp"
#include "unit/unit.hpp"

namespace mitori::unit {

/// Error::number of a setting whose loss would be unsafe (ExecStart=, User=, RootDirectory=): the unit is bad-setting.
inline constexpr int refuses_unit = ENOEXEC;

struct Specifiers; ///< detail/specifiers.hpp: expands %… for one unit

enum class Section : std::uint8_t { unit, service, install, slice, target, other };
enum class Honoured : std::uint8_t { no, yes };

/// One line of the reference: a directive of one section.
struct Directive {
    Section section;
    std::string_view name;
    std::string_view bus_interface; ///< "Unit", "Service"; empty: not a property
    std::string_view bus_name;      ///< "RestartUSec"; empty: not a property
    std::string_view man;           ///< "systemd.service(5)"
    Honoured honoured = Honoured::no;

    /// Reads one assignment into the unit; an empty text resets (lists) or restores the default. An error's `operation`
    /// is a whole sentence without place and its `subject` is empty: the parser adds file, line and column. Its
    /// `number` is 0 where only this assignment is lost, `refuses_unit` where the unit must not be run without it. What
    /// is odd but no reason to lose the assignment (one bad word of many) goes to the specifiers' remarks.
    using Assign = base::Result<void> (*)(Unit&, std::string_view text, Specifiers const&);
    /// The current value, typed, for D-Bus and show.
    using Show = status::Value (*)(Unit const&);
    Assign assign = nullptr; ///< nullptr: not honoured, the text is kept
    Show show = nullptr;
};

/// A property that comes from a directive's member too, beside the row's own: LimitNOFILESoft, ExecStartEx, Conditions.
struct ShownProperty {
    std::string_view bus_interface;
    std::string_view bus_name;
    Directive::Show show;
};

/// All rows, sorted by section and name. Index is what Kept::row means.
[[nodiscard]] std::span<Directive const> directives();
[[nodiscard]] Directive const* find_directive(Section section, std::string_view name);
[[nodiscard]] std::vector<std::string_view> directive_names(Section section);
/// The properties of the honoured rows that have a bus name are not repeated here.
[[nodiscard]] std::span<ShownProperty const> further_properties();

/// When a command of an Exec*= list ran last and how it ended, as the manager knows it; zeroes where it did not.
struct CommandRun {
    base::Stamp started;
    base::Stamp exited;
    std::uint32_t pid = 0;
    std::int32_t code = 0; ///< CLD_EXITED, CLD_KILLED, CLD_DUMPED
    std::int32_t status = 0;
};
/// The value of ExecStart and its kin, a(sasbttttuii): rows show it without runs. `runs` go with the commands in order
/// and may be fewer.
[[nodiscard]] status::Value show_commands(ExecCommands const& commands, std::span<CommandRun const> runs);
/// The same for ExecStartEx and its kin, a(sasasttttuii), which name the prefixes.
[[nodiscard]] status::Value show_commands_ex(ExecCommands const& commands, std::span<CommandRun const> runs);
/// The value of Conditions and Asserts, a(sbbsi): `results` are -1 not met, 0 not tested, 1 met, go with the conditions
/// in order and may be fewer.
[[nodiscard]] status::Value show_conditions(std::span<Condition const> conditions, std::string_view prefix,
                                            std::span<std::int32_t const> results);

} // namespace mitori::unit
