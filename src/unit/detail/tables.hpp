// The tables of directives, one per manual page; each is sorted. directive.cpp merges them.
#pragma once

#include <span>

#include "unit/directive.hpp"

namespace mitori::unit {

[[nodiscard]] std::span<Directive const> unit_directives();
[[nodiscard]] std::span<Directive const> install_directives();
[[nodiscard]] std::span<Directive const> service_directives();
[[nodiscard]] std::span<Directive const> exec_directives();
[[nodiscard]] std::span<Directive const> exec_not_yet_directives();
[[nodiscard]] std::span<Directive const> kill_directives();
[[nodiscard]] std::span<Directive const> resource_control_directives();

[[nodiscard]] std::span<ShownProperty const> unit_properties();
[[nodiscard]] std::span<ShownProperty const> service_properties();
[[nodiscard]] std::span<ShownProperty const> exec_properties();

} // namespace mitori::unit
