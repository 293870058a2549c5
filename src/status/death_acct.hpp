// A death as a record of process accounting: acct(5), version 3, which lastcomm(1) and sa(8) read.
#pragma once

#include <string>

#include "status/death.hpp"

namespace mitori::status {

/// 64 bytes. What the format has no room for is cut (a name has 15 bytes, memory comes in kilobytes); what is not known
/// is 0. Our memory is the peak, where the format means the mean.
[[nodiscard]] std::string show_acct(Death const& death);

/// comp_t: 13 bits and an exponent of 8 in 3 bits. Public for its tests.
[[nodiscard]] std::uint16_t compressed(std::uint64_t value);

} // namespace mitori::status
