// Bytes of a stream to lines, and a line to a message. Pure, without copies: every view points into the bytes that were
// handed in. What is not a whole line yet is the caller's: he keeps it where it is safe, and hands it in again in front
// of the bytes that follow. So the same bytes always become the same lines, however they came in pieces.
//
// The rules are journald's. A line ends at a newline or at a NUL byte; a longer one than LineMax= is cut there; at the
// end of the stream, or where another process begins to write, the rest is a line too. All but the newline are told in
// the field _LINE_BREAK= (systemd.journal-fields(7)). Whitespace at the end of a line is dropped, at its start it
// stays, and a line with nothing on it makes no entry.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/names.hpp"

namespace mitori::journal {

enum class LineBreak : std::uint8_t { newline, nul, line_max, eof, pid_change };

struct Line {
    std::string_view text; ///< without what ended it; whitespace at its end is still there
    LineBreak how = LineBreak::newline;
};

/// LineMax='s default, in bytes, the least and the most that it can be set to. The most is ours: an unfinished line is
/// kept in shared memory, where a crash does not reach it.
inline constexpr std::size_t default_line_max = 48 << 10;
inline constexpr std::size_t least_line_max = 79;
inline constexpr std::size_t most_line_max = 512 << 10;

struct LineRules {
    std::size_t line_max = default_line_max; ///< at least 1
    /// What to call the end of a rest that no break ends; nothing: the rest is not consumed.
    std::optional<LineBreak> rest = std::nullopt;
};

/// Calls `each(Line)` for every line of `bytes`, in order, and returns how many bytes were consumed: all of them, but
/// for an unfinished rest, which is always shorter than line_max.
template <class F>
std::size_t split(std::span<char const> bytes, LineRules const& rules, F&& each);

/// SyslogLevelPrefix=: whether "<N>" at the start of a line tells its priority (sd-daemon(3)).
enum class LevelPrefix : bool { off, on };

struct ServiceMessage {
    std::string_view text;
    std::uint8_t level = 6; ///< 0 emerg … 7 debug
};

/// What a line says: nothing for an empty one. `level` is that of lines without a prefix. As with journald, "<3>" and
/// "<03>" are prefixes, "<8>" (a facility) and "<3x>" are text.
[[nodiscard]] inline std::optional<ServiceMessage> read_message(std::string_view line, LevelPrefix prefix,
                                                                std::uint8_t level);

/// "_LINE_BREAK=nul" and so on; empty for a newline, of which nothing is told.
[[nodiscard]] constexpr std::string_view line_break_field(LineBreak how) {
    switch (how) {
    case LineBreak::newline: return {};
    case LineBreak::nul: return "_LINE_BREAK=nul";
    case LineBreak::line_max: return "_LINE_BREAK=line-max";
    case LineBreak::eof: return "_LINE_BREAK=eof";
    case LineBreak::pid_change: return "_LINE_BREAK=pid-change";
    }
    return {};
}

// -- inline, since it runs for every line of every service

template <class F>
std::size_t split(std::span<char const> bytes, LineRules const& rules, F&& each) {
    char const* const begin = bytes.data();
    char const* const end = begin + bytes.size();
    char const* at = begin;
    auto const find = [end](char const* from, int byte) {
        void const* const found = from == end ? nullptr : std::memchr(from, byte, static_cast<std::size_t>(end - from));
        return found == nullptr ? end : static_cast<char const*>(found);
    };
    // NUL bytes are rare: the next one is looked for once, not once for each line.
    char const* nul = find(at, '\0');
    while (at != end) {
        auto const left = static_cast<std::size_t>(end - at);
        std::size_t const most = std::min(left, rules.line_max);
        void const* const newline = std::memchr(at, '\n', most);
        char const* stop = newline == nullptr ? at + most : static_cast<char const*>(newline);
        if (nul < stop) {
            each(Line{{at, nul}, LineBreak::nul});
            at = nul + 1;
            nul = find(at, '\0');
        } else if (newline != nullptr) {
            each(Line{{at, stop}, LineBreak::newline});
            at = stop + 1;
        } else if (left >= rules.line_max) {
            each(Line{{at, stop}, LineBreak::line_max});
            at = stop;
        } else if (rules.rest) {
            each(Line{{at, stop}, *rules.rest});
            at = stop;
        } else {
            break;
        }
    }
    return static_cast<std::size_t>(at - begin);
}

namespace detail {

constexpr bool ends_line(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Without whitespace at its end, unless it is all that there is: journald does not touch a blank line.
constexpr std::string_view without_end(std::string_view line) {
    std::size_t length = line.size();
    while (length > 0 && ends_line(line[length - 1]))
        --length;
    return length == 0 ? line : line.substr(0, length);
}

/// Takes "<N>" (up to three digits, a value below 8) from the front of `text` into `level`.
constexpr void take_level(std::string_view& text, std::uint8_t& level) {
    std::size_t const close = text.substr(0, 5).find('>');
    if (text.empty() || text.front() != '<' || close == text.npos || close < 2) return;
    for (char const digit : text.substr(1, close - 2))
        if (digit != '0') return;
    char const last = text[close - 1];
    if (last < '0' || last > '7') return;
    level = static_cast<std::uint8_t>(last - '0');
    text.remove_prefix(close + 1);
}

} // namespace detail

inline std::optional<ServiceMessage> read_message(std::string_view line, LevelPrefix prefix, std::uint8_t level) {
    if (!line.empty() && detail::ends_line(line.back())) line = detail::without_end(line);
    if (prefix == LevelPrefix::on) detail::take_level(line, level);
    if (line.empty()) return std::nullopt;
    return ServiceMessage{line, level};
}

} // namespace mitori::journal
