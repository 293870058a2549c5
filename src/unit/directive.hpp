// One row per directive: the table from which parsing, show, D-Bus properties, verify and the list of gaps come.
// How to add one: CONTRIBUTING.md, "How do I add a directive".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "status/value.hpp"
#include "unit/unit.hpp"

namespace mitori::unit {

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

    /// Reads one assignment into the unit; an empty text resets (lists) or restores the default. The error's text is a
    /// sentence without place: the parser adds file, line and column.
    using Assign = base::Result<void> (*)(Unit&, std::string_view text, Specifiers const&);
    /// The current value, typed, for D-Bus and show.
    using Show = status::Value (*)(Unit const&);
    Assign assign = nullptr; ///< nullptr: not honoured, the text is kept
    Show show = nullptr;
};

/// All rows, sorted by section and name. Index is what Kept::row means.
[[nodiscard]] std::span<Directive const> directives();
[[nodiscard]] Directive const* find_directive(Section section, std::string_view name);
[[nodiscard]] std::vector<std::string_view> directive_names(Section section);

} // namespace mitori::unit
