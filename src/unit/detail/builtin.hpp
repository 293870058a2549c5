// The units that every manager knows without a file: docs/adr/0009-built-in-targets.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "unit/load.hpp"

namespace mitori::unit::detail {

struct BuiltIn {
    enum class Form : std::uint8_t {
        plain,
        passive, ///< there for its place in the order: only its providers pull it in, systemd.special(7)
        bare,    ///< reached where nothing may be assumed to be there: no default dependencies
        hidden,  ///< bare and passive
        alias,   ///< another name of the unit that `description` names
    };
    std::string_view name;
    Form form;
    std::string_view description;
    std::string_view lines; ///< further lines of [Unit], perhaps further sections
};
/// Sorted by name.
[[nodiscard]] std::span<BuiltIn const> built_in_units(Scope scope);
[[nodiscard]] BuiltIn const* find_built_in(Scope scope, std::string_view name);
/// sysinit.target and what it stands on: what packages hang there boots a machine (udev, clocks, consoles).
[[nodiscard]] bool is_early_boot(std::string_view name);
/// As it would stand in a file.
[[nodiscard]] std::string unit_file_text(BuiltIn const& unit);

} // namespace mitori::unit::detail
