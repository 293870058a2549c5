// Station 1 of the road: a unit file as lines. Continuations, comments and encodings are settled here, so that the
// parser sees logical lines only. systemd.syntax(7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "unit/unit.hpp"

namespace mitori::unit {

inline constexpr std::size_t longest_line = 1U << 20;

/// One logical line: not empty, no comment, continuations joined (each backslash became a space), valid UTF-8.
struct SourceLine {
    unsigned number = 0; ///< of the first physical line, from 1
    std::string text;    ///< with the white space at its start, so that columns count right
};

struct Source {
    std::string path;
    std::vector<SourceLine> lines;
    base::Usec modified{0};  ///< mtime; 0 for a text that is no file
    bool empty_file = false; ///< no byte in it, or /dev/null: a mask where it is a unit's main file
    /// What is odd in the bytes. An error here (a line of more than 1 MiB) means that the lines after it are missing.
    std::vector<Diagnostic> diagnostics;
};

/// Never blocks and has no effect on what it opens: anything but a regular file or /dev/null is refused (EISDIR for a
/// folder, EINVAL else), as is a file of more than 4 MiB (EFBIG).
[[nodiscard]] base::Result<Source> read_source(std::string const& path);
/// Lines of a text that is at hand; `path` is what diagnostics call it.
[[nodiscard]] Source split_source(std::string path, std::string_view text);

} // namespace mitori::unit
