// Any bytes as a message on the terminal: nothing but colours, tabs and newlines drives it, and JSON stays one line.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "journal/console.hpp"

namespace {

using namespace mitori::journal;

void must(bool holds) {
    if (!holds) std::abort();
}

void check_shown(std::string_view text) {
    must(mitori::base::is_utf8(text));
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const byte = static_cast<unsigned char>(text[at]);
        must(byte >= 0x20 || byte == '\t' || byte == '\n' || byte == 0x1b);
        if (byte == 0x1b) {
            must(text.substr(at).starts_with("\033["));
            auto const end = text.find_first_not_of("0123456789;:", at + 2);
            must(end != text.npos && text[end] == 'm');
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const message(reinterpret_cast<char const*>(data), size);
    std::string shown;
    append_prefixed({.tag = message.substr(0, size / 4), .message = message, .colour = TagColour::red}, shown);
    must(shown.ends_with('\n'));
    check_shown(shown);

    auto const field = "MESSAGE=" + std::string(message);
    std::array<std::string_view, 3> const fields{field, "A=1", field};
    std::string json;
    append_json({.at = {}, .label = nullptr, .fields = fields}, json);
    must(json.find('\n') == json.size() - 1 && mitori::base::is_utf8(json));
    return 0;
}
