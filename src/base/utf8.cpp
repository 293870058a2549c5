#include "base/utf8.hpp"

#include <cstdint>

namespace mitori::base {

std::size_t utf8_length(std::string_view text) {
    // Beyond the end stands a byte that continues nothing.
    auto const byte_at = [text](std::size_t at) {
        return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
    };
    auto const first = byte_at(0);
    if (first < 0x80) return text.empty() ? 0 : 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    std::size_t const length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    // The second byte's range depends on the first: that is what forbids overlong forms, surrogates and what lies
    // beyond the last plane.
    std::uint8_t const least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    std::uint8_t const most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte_at(1) < least || byte_at(1) > most) return 0;
    for (std::size_t at = 2; at < length; ++at)
        if (byte_at(at) < 0x80 || byte_at(at) > 0xBF) return 0;
    return length;
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        auto const length = utf8_length(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return std::nullopt;
}

} // namespace mitori::base
