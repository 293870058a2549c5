#include "journal/detail/conf_lines.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

#include "base/text.hpp"

namespace mitori::journal::detail {
namespace {

class Reader {
public:
    Reader(ConfText const& text, std::vector<ConfNote>& notes) : text_(text), notes_(notes) {}

    std::vector<Assignment> read() {
        std::string_view rest = text_.text;
        if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
        while (!rest.empty()) {
            auto const end = std::min(rest.find('\n'), rest.size());
            ++line_;
            take_line(base::trim(rest.substr(0, end)));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        // The file may end with a backslash.
        if (!joined_.empty()) take_whole(base::trim(joined_));
        return std::move(assignments_);
    }

private:
    void take_line(std::string_view line) {
        // A comment between continued lines is not part of them, and does not end them.
        if (line.starts_with('#') || line.starts_with(';')) return;
        if (joined_.empty()) begin_ = line_;
        bool const continued = line.ends_with('\\');
        if (continued) line.remove_suffix(1);
        joined_ += line;
        if (continued) {
            joined_ += ' ';
            return;
        }
        auto const whole = std::move(joined_);
        joined_.clear();
        take_whole(base::trim(whole));
    }

    void take_whole(std::string_view line) {
        if (line.empty()) return;
        if (line.starts_with('[')) return take_section(line);
        auto const equals = line.find('=');
        if (equals == line.npos) return note(fmt::format("Missing '=' in '{}'", base::printable(line)));
        auto const key = base::trim(line.substr(0, equals));
        if (section_ == Section::none)
            return note(fmt::format("'{}=' stands before any section, it is ignored", base::printable(key)));
        if (section_ == Section::other) return;
        assignments_.push_back(
            {std::string(key), std::string(base::trim(line.substr(equals + 1))), text_.path, begin_});
    }

    void take_section(std::string_view line) {
        section_ = line == "[Journal]" ? Section::journal : Section::other;
        // "X-" is for what other programs keep in the file.
        if (section_ == Section::other && !line.starts_with("[X-"))
            note(fmt::format("Unknown section '{}', it is ignored", base::printable(line)));
    }

    void note(std::string text) { notes_.push_back({text_.path, begin_, std::move(text)}); }

    enum class Section : std::uint8_t { none, journal, other };

    ConfText const& text_;
    std::vector<ConfNote>& notes_;
    std::vector<Assignment> assignments_;
    std::string joined_;
    std::size_t line_ = 0;
    std::size_t begin_ = 0;
    Section section_ = Section::none;
};

} // namespace

std::vector<Assignment> read_assignments(ConfText const& text, std::vector<ConfNote>& notes) {
    return Reader(text, notes).read();
}

} // namespace mitori::journal::detail
