#include "journal/stdout_header.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>

#include "base/text.hpp"

namespace mitori::journal {
namespace {

std::unexpected<base::Error> refuse(std::string_view what, std::string_view text) {
    return base::make_error(EINVAL, fmt::format("read the stream's {}", what), base::printable(text));
}

/// The next line without whitespace around it; nothing where it has not ended yet.
base::Result<std::optional<std::string_view>> take_line(std::string_view& rest) {
    auto const end = rest.substr(0, stdout_header_line_max + 1).find_first_of(std::string_view("\n\0", 2));
    if (end == rest.npos) {
        if (rest.size() > stdout_header_line_max) return refuse("header", rest.substr(0, 64));
        return std::nullopt;
    }
    auto const line = rest.substr(0, end);
    if (rest[end] == '\0') return refuse("header", rest.substr(0, end + 1));
    rest.remove_prefix(end + 1);
    return base::trim(line);
}

/// As strtol(3) with base 0 would have it: decimal, 0x for hexadecimal, 0 for octal, and a sign.
std::optional<int> parse_priority(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.starts_with("0x") || text.starts_with("0X")) return base::parse_integer<int>(text.substr(2), 16);
    if (text.starts_with("0o")) return base::parse_integer<int>(text.substr(2), 8);
    if (text.size() > 1 && text.front() == '0') return base::parse_integer<int>(text, 8);
    return base::parse_integer<int>(text);
}

base::Result<void> read_priority(std::string_view line, StdoutHeader& header) {
    constexpr int most = 999;
    auto const value = parse_priority(line);
    if (!value || *value < 0 || *value > most) return refuse("priority", line);
    header.level = static_cast<std::uint8_t>(*value & 7);
    header.facility = static_cast<std::uint8_t>(*value >> 3);
    return {};
}

base::Result<bool> read_flag(std::string_view what, std::string_view line) {
    auto const value = base::parse_boolean(line);
    if (!value) return refuse(what, line);
    return *value;
}

} // namespace

base::Result<std::optional<StdoutHeader>> parse_stdout_header(std::string_view bytes) {
    std::array<std::string_view, 7> lines;
    std::string_view rest = bytes;
    std::size_t known = 0;
    for (; known < lines.size(); ++known) {
        auto const line = TRY(take_line(rest));
        if (!line) break;
        lines[known] = *line;
    }
    StdoutHeader header;
    header.identifier = lines[0];
    header.unit = lines[1];
    // What is there already can be wrong already: the connection need not wait for the rest then.
    if (known > 2) TRY(read_priority(lines[2], header));
    constexpr std::array<std::string_view, 4> names{"level prefix", "syslog flag", "kernel flag", "console flag"};
    std::array<bool, names.size()> flags{};
    for (std::size_t n = 0; n < names.size() && n + 3 < known; ++n)
        flags[n] = TRY(read_flag(names[n], lines[n + 3]));
    if (known < lines.size()) return std::nullopt;
    header.level_prefix = flags[0] ? LevelPrefix::on : LevelPrefix::off;
    header.to_syslog = flags[1];
    header.to_kernel = flags[2];
    header.to_console = flags[3];
    header.bytes = bytes.size() - rest.size();
    return header;
}

} // namespace mitori::journal
