#include "cli/detail/log_text.hpp"

#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"

namespace mitori::cli::detail {
namespace {

/// Takes one code point from the front; nothing where there is no valid UTF-8.
std::optional<char32_t> take_character(std::string_view& rest) {
    auto const first = static_cast<unsigned char>(rest.front());
    std::size_t const length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    if (length == 0 || rest.size() < length) return std::nullopt;
    constexpr unsigned leads[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t character = first & leads[length];
    for (std::size_t i = 1; i < length; ++i) {
        auto const next = static_cast<unsigned char>(rest[i]);
        if ((next & 0xC0U) != 0x80U) return std::nullopt;
        character = (character << 6U) | (next & 0x3FU);
    }
    bool const overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
    if (overlong || (character >= 0xD800 && character < 0xE000) || character > 0x10FFFF) return std::nullopt;
    rest.remove_prefix(length);
    return character;
}

bool is_control(char32_t c) { return c < U' ' || (c >= 0x7F && c < 0xA0); }

constexpr char escape = '\x1b';

/// The length of a sequence at the front that only looks: CSI … m, or OSC … BEL. 0 where there is none.
std::size_t look_sequence(std::string_view text) {
    if (text.size() < 2 || text[0] != escape) return 0;
    if (text[1] == '[') {
        auto const end = text.find_first_not_of("0123456789;", 2);
        return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
    }
    if (text[1] != ']') return 0;
    for (std::size_t i = 2; i < text.size(); ++i) {
        if (text[i] == '\a') return i + 1;
        if (text[i] < ' ' || text[i] > '~') return 0;
    }
    return 0;
}

/// How many carriage returns stand at the front before the end of a line.
std::size_t returns_before_end(std::string_view text) {
    auto const end = text.find_first_not_of('\r');
    if (end == std::string_view::npos) return text.size();
    return text[end] == '\n' ? end : 0;
}

} // namespace

bool is_printable(std::string_view text, Newlines newlines) {
    while (!text.empty()) {
        auto const character = take_character(text);
        if (!character) return false;
        bool const newline = *character == U'\n' && newlines == Newlines::allowed;
        if (is_control(*character) && *character != U'\t' && !newline) return false;
    }
    return true;
}

std::string without_colours(std::string_view text, status::LogEntry::Span& found) {
    constexpr std::string_view tab = "        ";
    std::string clean;
    clean.reserve(text.size());
    auto moved = found;
    for (std::size_t i = 0; i <= text.size();) {
        if (i <= found.begin) moved.begin = clean.size();
        if (i <= found.end) moved.end = clean.size();
        if (i == text.size()) break;
        auto const rest = text.substr(i);
        auto const skipped = text[i] == '\r' ? returns_before_end(rest) : look_sequence(rest);
        if (skipped != 0) {
            i += skipped;
            continue;
        }
        if (text[i] == '\t')
            clean += tab;
        else
            clean += text[i];
        ++i;
    }
    found = moved;
    return clean;
}

std::string blob_words(std::size_t bytes) { return fmt::format("[{} blob data]", base::show_size(bytes)); }

std::string ellipsized(std::string_view text, std::size_t width, unsigned percent) {
    auto const columns = base::columns(text);
    if (columns <= width) return std::string(text);
    if (width == 0) return {};
    auto const front = ((width - 1) * percent + 50) / 100;
    auto const back = width - 1 - front;
    auto const bytes_of = [&](std::size_t characters) {
        std::size_t at = 0;
        for (std::size_t i = 0; i < characters; ++i)
            for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;)
                ++at;
        return at;
    };
    return std::string(text.substr(0, bytes_of(front))) + "…" + std::string(text.substr(bytes_of(columns - back)));
}

std::string json_escaped(std::string_view text) {
    std::string escaped;
    for (char const c : text) {
        switch (c) {
        case '"': escaped += "\\\""; break;
        case '\\': escaped += "\\\\"; break;
        case '\b': escaped += "\\b"; break;
        case '\f': escaped += "\\f"; break;
        case '\n': escaped += "\\n"; break;
        case '\r': escaped += "\\r"; break;
        case '\t': escaped += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
                escaped += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
            else
                escaped += c;
        }
    }
    return escaped;
}

} // namespace mitori::cli::detail
