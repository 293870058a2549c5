#include "exec/detail/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace mitori::exec {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
    return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

/// The bytes of the character at the start; 0 where there is none. The second byte's range depends on the first: that
/// is what forbids overlong forms, surrogates and what lies beyond the last plane.
std::size_t character_length(std::string_view text) {
    auto const first = byte_at(text, 0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    std::size_t const length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    std::uint8_t const least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    std::uint8_t const most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte_at(text, 1) < least || byte_at(text, 1) > most) return 0;
    for (std::size_t at = 2; at < length; ++at)
        if (byte_at(text, at) < 0x80 || byte_at(text, at) > 0xBF) return 0;
    return length;
}

} // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        std::size_t const length = character_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

} // namespace mitori::exec
