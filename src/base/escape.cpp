#include "base/detail/escape.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace mitori::base::detail {
namespace {

struct Sequence {
    std::size_t length;    ///< bytes, 0 for a byte that begins none
    std::uint32_t start;   ///< the bits of the first byte
    std::uint32_t minimum; ///< below this the sequence is overlong
};

Sequence sequence_of(unsigned char lead) {
    if (lead < 0x80) return {1, lead, 0};
    if (lead >= 0xC2 && lead < 0xE0) return {2, lead & 0x1FU, 0x80};
    if (lead >= 0xE0 && lead < 0xF0) return {3, lead & 0x0FU, 0x800};
    if (lead >= 0xF0 && lead < 0xF5) return {4, lead & 0x07U, 0x10000};
    return {0, 0, 0};
}

bool prints(std::uint32_t point) {
    if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return false; // C0, DEL, C1
    if (point >= 0xD800 && point < 0xE000) return false;               // surrogates
    // Line and paragraph separators, and the marks that turn the direction of writing round.
    if (point == 0x2028 || point == 0x2029 || (point >= 0x202A && point <= 0x202E)) return false;
    return point <= 0x10FFFF && (point < 0x2066 || point > 0x2069);
}

} // namespace

std::size_t printable_prefix(std::string_view text) {
    if (text.empty()) return 0;
    auto const sequence = sequence_of(static_cast<unsigned char>(text.front()));
    if (sequence.length == 0 || text.size() < sequence.length) return 0;
    std::uint32_t point = sequence.start;
    for (std::size_t i = 1; i < sequence.length; ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0U) != 0x80U) return 0;
        point = (point << 6U) | (byte & 0x3FU);
    }
    return point >= sequence.minimum && prints(point) ? sequence.length : 0;
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
