// Foreign text in log lines: what may go to a terminal as it is, what is taken out, and what is only counted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "status/log_entry.hpp"

namespace mitori::cli::detail {

/// Valid UTF-8 without control characters; a tab may be in it, a newline where that is said.
enum class Newlines { allowed, forbidden };
[[nodiscard]] bool is_printable(std::string_view text, Newlines newlines = Newlines::allowed);

/// Tabs become eight spaces; sequences that only colour or link go, carriage returns at ends of lines too. Everything
/// else stays: is_printable() has the last word. `found` moves along with the text that it marks.
[[nodiscard]] std::string without_colours(std::string_view text, status::LogEntry::Span& found);

/// "[12B blob data]".
[[nodiscard]] std::string blob_words(std::size_t bytes);

/// At most `width` columns: the text, or its beginning, "…" and its end, of which `percent` is beginning.
[[nodiscard]] std::string ellipsized(std::string_view text, std::size_t width, unsigned percent);

/// A string as JSON: quotes, backslash and control characters escaped. The text is UTF-8.
[[nodiscard]] std::string json_escaped(std::string_view text);

} // namespace mitori::cli::detail
