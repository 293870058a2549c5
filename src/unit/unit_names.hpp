// The words of a unit's own enums: systemd's, as in names, `show` and messages.
#pragma once

#include "base/names.hpp"
#include "unit/unit.hpp"

namespace mitori::base {

template <>
struct Names<unit::Type> {
    using E = unit::Type;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::service, "service"},
        {E::target, "target"},
        {E::socket, "socket"},
        {E::mount, "mount"},
        {E::automount, "automount"},
        {E::swap, "swap"},
        {E::timer, "timer"},
        {E::path, "path"},
        {E::slice, "slice"},
        {E::scope, "scope"},
        {E::device, "device"},
    });
};

template <>
struct Names<unit::LoadState> {
    using E = unit::LoadState;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::stub, "stub"},
        {E::loaded, "loaded"},
        {E::not_found, "not-found"},
        {E::bad_setting, "bad-setting"},
        {E::error, "error"},
        {E::merged, "merged"},
        {E::masked, "masked"},
    });
};

template <>
struct Names<unit::Severity> {
    using E = unit::Severity;
    static constexpr auto table =
        std::to_array<Name<E>>({{E::error, "error"}, {E::warning, "warning"}, {E::notice, "notice"}});
};

} // namespace mitori::base
