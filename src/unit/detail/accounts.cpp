#include "unit/detail/accounts.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/codec.hpp"

namespace mitori::unit {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// (uid_t) -1 and its 16-bit form mean "none" to the kernel: setuid(2), chown(2).
bool is_account_number(std::string_view text) {
    auto const number = base::parse_integer<std::uint32_t>(text);
    return number && *number != UINT32_MAX && *number != UINT16_MAX;
}

bool is_account_name(std::string_view name) {
    if (name.empty() || name == "." || name == "..") return false;
    if (base::trim(name).size() != name.size()) return false;
    if (std::ranges::all_of(name, is_digit)) return is_account_number(name);
    return std::ranges::none_of(name, [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F || c == ':' || c == '/';
    });
}

} // namespace

base::Result<std::string> account_name(std::string_view text, Specifiers const& specifiers) {
    std::string name = TRY(expanded(text, specifiers));
    if (!is_account_name(name))
        return lost(fmt::format("{} is no name or number that a user or group may have", base::quote(name)));
    return name;
}

} // namespace mitori::unit
