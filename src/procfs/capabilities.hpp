// The names of capabilities.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mitori::procfs {

/// capabilities(7), without "CAP_", in small letters: "net_admin". Empty for a number that has come since.
[[nodiscard]] std::string_view capability_name(unsigned number);
/// Of each member of the set; "cap_63" for one without a name.
[[nodiscard]] std::vector<std::string> capability_names(std::uint64_t set);

} // namespace mitori::procfs
