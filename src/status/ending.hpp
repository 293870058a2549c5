#pragma once

#include <cstdint>

#include "base/names.hpp"

namespace mitori::status {

/// What becomes of the place when its manager has stopped everything. Only a machine's init does more than exit: for
/// every other manager all four are the same.
enum class Ending : std::uint8_t { exit, poweroff, reboot, halt };

} // namespace mitori::status

template <>
struct mitori::base::Names<mitori::status::Ending> {
    using E = mitori::status::Ending;
    static constexpr auto table = std::to_array<Name<E>>({
        {E::exit, "exit"},
        {E::poweroff, "poweroff"},
        {E::reboot, "reboot"},
        {E::halt, "halt"},
    });
};
