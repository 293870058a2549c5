#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mitori::cli::detail {

/// An unsigned number as `show` prints a property of that name: a time, a span, a mode, a set of capabilities, "[not
/// set]". Empty for a time that never was.
[[nodiscard]] std::string show_wide(std::string_view name, std::uint64_t number);
[[nodiscard]] std::string show_narrow(std::string_view name, std::uint32_t number);

} // namespace mitori::cli::detail
