#include "base/octal.hpp"

#include <algorithm>

namespace mitori::base {
namespace {

constexpr bool is_octal(char c) { return c >= '0' && c <= '7'; }

} // namespace

std::string read_octal_escapes(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const code = text.substr(i, 4);
        if (code.size() == 4 && code[0] == '\\' && std::ranges::all_of(code.substr(1), is_octal)) {
            plain += static_cast<char>((code[1] - '0') * 64 + (code[2] - '0') * 8 + (code[3] - '0'));
            i += 3;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

} // namespace mitori::base
