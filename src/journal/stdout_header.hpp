// What a client of /run/systemd/journal/stdout says before it becomes a stream of lines (systemd-cat(1), libsystemd's
// sd_journal_stream_fd(3)): seven lines, each ended by a newline.
//
//     identifier, or empty          SYSLOG_IDENTIFIER=
//     unit, or empty                believed only of a peer that is root
//     priority                      of lines without a prefix, with a facility in the higher bits
//     level prefix                  0 or 1, as are the next three
//     forward to syslog
//     forward to kmsg
//     forward to console
//
// Pure, and without memory of its own: the caller looks at the bytes that are there (MSG_PEEK), and takes them from the
// socket when the header is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "journal/lines.hpp"

namespace mitori::journal {

struct StdoutHeader {
    std::string identifier;
    std::string unit;
    std::uint8_t level = 6;
    std::uint8_t facility = 0; ///< 0: none was told, and no SYSLOG_FACILITY= is written
    LevelPrefix level_prefix = LevelPrefix::off;
    bool to_syslog = false;
    bool to_kernel = false;
    bool to_console = false;
    std::size_t bytes = 0; ///< how long the header was
};

/// One line of the header may be that long, its newline not counted: as with journald, whose longest one is a unit's
/// name.
inline constexpr std::size_t stdout_header_line_max = 254;
/// The header as a whole, so that a caller knows how much he has to look at.
inline constexpr std::size_t stdout_header_max = 7 * (stdout_header_line_max + 1);

/// Nothing while lines are still missing. Errors: a line that cannot be what its place demands; the connection is to be
/// closed then. `bytes` begins with the stream's first byte, and may go on behind the header.
[[nodiscard]] base::Result<std::optional<StdoutHeader>> parse_stdout_header(std::string_view bytes);

} // namespace mitori::journal
