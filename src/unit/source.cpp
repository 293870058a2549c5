#include "unit/source.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <span>
#include <sys/sysmacros.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

namespace mitori::unit {
namespace {

using base::make_error;
using base::Result;
namespace sys = base::sys;

constexpr std::size_t longest_file = 4U << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Cuts a text into logical lines. A line ends at "\n", "\r", NUL or one of each kind in a row ("\r\n"), as systemd
/// reads it.
class Splitter {
public:
    Splitter(Source& source, std::string_view text) : source_(source), text_(text) {}

    void run() {
        if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
        while (at_ < text_.size() && !too_long_)
            take(next_physical_line());
        if (continued_) finish(std::move(joined_));
    }

private:
    std::string_view next_physical_line() {
        auto const end = std::min(text_.find_first_of(std::string_view("\n\r\0", 3), at_), text_.size());
        auto const line = text_.substr(at_, end - at_);
        ++number_;
        at_ = end;
        bool newline = false;
        bool carriage_return = false;
        bool nul = false;
        while (at_ < text_.size()) {
            bool& met = text_[at_] == '\n' ? newline : text_[at_] == '\r' ? carriage_return : nul;
            bool const ends_line = text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\0';
            if (!ends_line || met) break;
            met = true;
            ++at_;
        }
        if (nul) say(Severity::warning, "NUL byte in the file, taken as the end of the line");
        if (carriage_return && !told_of_carriage_return_) {
            told_of_carriage_return_ = true;
            say(Severity::notice, "lines end in a carriage return");
        }
        return line;
    }

    void take(std::string_view line) {
        auto const bare = base::trim(line);
        if (!bare.empty() && (bare[0] == '#' || bare[0] == ';')) return; // also amid a continuation
        if (!continued_) first_number_ = number_;
        joined_ += line;
        if (joined_.size() > longest_line) {
            too_long_ = true;
            continued_ = false;
            say(Severity::error, "line is longer than 1 MiB, reading ends here");
            return;
        }
        continued_ = ends_in_backslash();
        if (continued_)
            joined_.back() = ' ';
        else
            finish(std::move(joined_));
        if (!continued_) joined_.clear();
    }

    /// A backslash that no other backslash escapes.
    [[nodiscard]] bool ends_in_backslash() const {
        auto const last = joined_.find_last_not_of('\\');
        auto const count = last == std::string::npos ? joined_.size() : joined_.size() - last - 1;
        return count % 2 == 1;
    }

    void finish(std::string text) {
        if (base::trim(text).empty()) return;
        if (auto const bad = base::first_invalid_utf8(text)) {
            source_.diagnostics.push_back({.severity = Severity::warning,
                                           .file = source_.path,
                                           .line = first_number_,
                                           .column = static_cast<unsigned>(*bad) + 1,
                                           .text = "line is not valid UTF-8, it is ignored"});
            return;
        }
        source_.lines.push_back({first_number_, std::move(text)});
    }

    void say(Severity severity, std::string text) {
        source_.diagnostics.push_back(
            {.severity = severity, .file = source_.path, .line = number_, .text = std::move(text)});
    }

    Source& source_;
    std::string_view text_;
    std::size_t at_ = 0;
    unsigned number_ = 0;
    unsigned first_number_ = 0;
    std::string joined_;
    bool continued_ = false;
    bool too_long_ = false;
    bool told_of_carriage_return_ = false;
};

base::Usec modification_time(struct stat const& status) {
    return std::chrono::duration_cast<base::Usec>(std::chrono::seconds(status.st_mtim.tv_sec) +
                                                  std::chrono::nanoseconds(status.st_mtim.tv_nsec));
}

/// Read without blocking: between stat and open a FIFO may have taken the file's place.
Result<std::string> read_text(std::string const& path) {
    auto const file = TRY(sys::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
    std::string text;
    std::array<char, 16384> buffer;
    while (true) {
        auto const count = TRY(sys::read(file.get(), std::as_writable_bytes(std::span(buffer))));
        if (count == 0) return text;
        text.append(buffer.data(), count);
        if (text.size() > longest_file) return make_error(EFBIG, "read", path);
    }
}

} // namespace

Source split_source(std::string path, std::string_view text) {
    Source source{.path = std::move(path)};
    Splitter(source, text).run();
    return source;
}

Result<Source> read_source(std::string const& path) {
    auto const status = TRY(sys::stat(path));
    if (S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)) return Source{.path = path, .empty_file = true};
    if (S_ISDIR(status.st_mode)) return make_error(EISDIR, "read", path);
    if (!S_ISREG(status.st_mode)) return make_error(EINVAL, "read (not a regular file)", path);
    auto const text = TRY(read_text(path));
    auto source = split_source(path, text);
    source.modified = modification_time(status);
    source.empty_file = text.empty();
    return source;
}

} // namespace mitori::unit
