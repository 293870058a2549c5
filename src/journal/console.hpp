// An entry as text for the container's stdout, or for the terminal of `mitori up`. Pure: it appends to a string.
//
//     raw      the message as it was written
//     prefix   "17:45:05 web.1     | message", foreman's look; the time is left out where none is given
//     json     one object a line, with the names of `journalctl -o json`
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/names.hpp"
#include "journal/store.hpp"

namespace mitori::journal {

enum class ConsoleFormat : std::uint8_t { raw, prefix, json };

/// The colour of a tag, one of six that stay the same for the same tag; `none` writes no escapes.
enum class TagColour : std::uint8_t { none, cyan, yellow, green, magenta, red, blue };

/// The colour of the n-th tag: they come round again after the sixth.
[[nodiscard]] TagColour colour_of_tag(std::size_t n);

struct ConsoleLine {
    std::string_view tag;  ///< "web.1", "nginx[12]"
    std::string_view time; ///< "17:45:05"; empty: none
    std::string_view message;
    std::size_t tag_width = 0; ///< shorter tags are padded to it
    TagColour colour = TagColour::none;
};

/// The bytes as they came, and a newline.
void append_raw(std::string_view message, std::string& into);

/// Each line of the message gets the prefix. Control characters other than tab are shown as escapes, except that
/// escape sequences which set colours (ESC [ … m) pass; where one did, the line ends with a reset.
void append_prefixed(ConsoleLine const& line, std::string& into);

/// A value that is no UTF-8, or holds control characters other than tab and newline, is an array of bytes; a name that
/// comes several times has an array of values; as journalctl(1) does it.
void append_json(Entry const& entry, std::string& into);

/// "nginx[12]" of an entry: its SYSLOG_IDENTIFIER, or else _COMM, and its SYSLOG_PID, or else _PID.
[[nodiscard]] std::string tag_of(Entry const& entry);
/// The value of the first field of that name, the entry's own before the label's; empty: none.
[[nodiscard]] std::string_view field_of(Entry const& entry, std::string_view name);

} // namespace mitori::journal

namespace mitori::base {

template <>
struct Names<journal::ConsoleFormat> {
    static constexpr auto table = std::to_array<Name<journal::ConsoleFormat>>({
        {journal::ConsoleFormat::raw, "raw"},
        {journal::ConsoleFormat::prefix, "prefix"},
        {journal::ConsoleFormat::json, "json"},
    });
};

} // namespace mitori::base
