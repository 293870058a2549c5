#include "base/detail/escape.hpp"

#include <array>
#include <cstdint>
#include <fmt/format.h>

#include "base/utf8.hpp"

namespace mitori::base::detail {
namespace {

/// The code point of a well-formed sequence.
std::uint32_t code_point(std::string_view sequence) {
    constexpr std::array<unsigned, 5> bits_of_the_first{0, 0x7F, 0x1F, 0x0F, 0x07};
    std::uint32_t point = static_cast<unsigned char>(sequence.front()) & bits_of_the_first[sequence.size()];
    for (char const byte : sequence.substr(1))
        point = (point << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
    return point;
}

bool prints(std::uint32_t point) {
    if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return false; // C0, DEL, C1
    // Line and paragraph separators, and the marks that turn the direction of writing round.
    if (point == 0x2028 || point == 0x2029 || (point >= 0x202A && point <= 0x202E)) return false;
    return point < 0x2066 || point > 0x2069;
}

} // namespace

std::size_t printable_prefix(std::string_view text) {
    auto const length = utf8_length(text);
    return length > 0 && prints(code_point(text.substr(0, length))) ? length : 0;
}

std::string escape_byte(char byte) {
    switch (byte) {
    case '\a': return "\\a";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    case '\v': return "\\v";
    default: return fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
}

} // namespace mitori::base::detail
