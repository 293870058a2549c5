#include "run/env_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "exec/facts.hpp"
#include "unit/dotenv.hpp"

namespace mitori::run {
namespace {

using std::string_view;
using Failure = std::unexpected<std::string>;

/// What is said of a file: the first few lines, each with its place, and how many more there are. A file of another
/// kind given by mistake is wrong in every one of its lines, and a line of it can have any length.
class Findings {
public:
    explicit Findings(std::string const& path) : path_(path) {}

    void add(std::string_view finding) {
        constexpr std::size_t shown = 5;
        if (++count_ <= shown) lines_.push_back(shorten(finding));
    }
    [[nodiscard]] bool none() const { return count_ == 0; }
    [[nodiscard]] std::vector<std::string> lines() const {
        auto all = lines_;
        if (count_ > lines_.size()) all.push_back(fmt::format("{}: and {} more", path_, count_ - lines_.size()));
        return all;
    }
    [[nodiscard]] std::string text() const { return fmt::format("{}", fmt::join(lines(), "\n")); }

private:
    /// The middle goes: the place stands at the beginning, the hint at the end.
    static std::string shorten(std::string_view finding) {
        constexpr std::size_t before = 160;
        constexpr std::size_t behind = 80;
        if (finding.size() <= before + behind) return std::string(finding);
        auto const is_inside = [&](std::size_t at) {
            return (static_cast<unsigned char>(finding[at]) & 0xC0U) == 0x80U;
        };
        std::size_t left = before;
        std::size_t right = finding.size() - behind;
        while (left > 0 && is_inside(left))
            --left;
        while (right < finding.size() && is_inside(right))
            ++right;
        return fmt::format("{}…{}", finding.substr(0, left), finding.substr(right));
    }

    std::string const& path_;
    std::vector<std::string> lines_;
    std::size_t count_ = 0;
};

/// The length of the white space at the beginning, as docker's client leaves it out (Go's unicode.IsSpace).
std::size_t white_length(string_view text) {
    constexpr auto white =
        std::to_array<string_view>({"\t",     "\v",     "\f",     "\r",     " ",      "\u0085", "\u00A0", "\u1680",
                                    "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
                                    "\u2008", "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"});
    for (auto const one : white)
        if (text.starts_with(one)) return one.size();
    return 0;
}

/// One line of docker's dialect. What it does with a line is what docker's client does.
std::expected<void, std::string> read_docker_line(string_view line, unit::EnvironmentSetting const& own,
                                                  unit::EnvironmentSetting& into) {
    while (auto const white = white_length(line))
        line.remove_prefix(white);
    if (line.empty() || line.front() == '#') return {};
    auto const equals = line.find('=');
    auto const name = line.substr(0, equals);
    if (name.empty()) return Failure("no name before \"=\"");
    if (name.find_first_of(" \t") != string_view::npos)
        return Failure(fmt::format("\"{}\": a blank in the name; write NAME=value", base::printable(name)));
    if (equals != string_view::npos) {
        unit::merge_environment(into, {{std::string(name), std::string(line.substr(equals + 1))}});
    } else if (auto const* const value = unit::find_value(own, name)) {
        unit::merge_environment(into, {{std::string(name), *value}});
    }
    return {};
}

std::expected<EnvFile, std::string> parse_docker(string_view text, std::string const& path,
                                                 unit::EnvironmentSetting const& own) {
    EnvFile file;
    Findings wrong(path);
    constexpr string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    for (unsigned number = 1; !text.empty(); ++number) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        auto read = line.contains('\0')    ? Failure("a NUL byte")
                    : !base::is_utf8(line) ? Failure("not UTF-8")
                                           : read_docker_line(line, own, file.entries);
        if (!read) wrong.add(fmt::format("{}:{}: {}", path, number, read.error()));
    }
    if (!wrong.none()) return Failure(wrong.text());
    return file;
}

std::expected<EnvFile, std::string> parse_dotenv(string_view text, std::string const& path) {
    auto read = unit::parse_dotenv(text, path);
    EnvFile file;
    unit::merge_environment(file.entries, read.entries);
    Findings wrong(path);
    Findings odd(path);
    for (auto const& found : read.diagnostics)
        (found.severity == unit::Severity::error ? wrong : odd).add(found.message());
    if (!wrong.none()) return Failure(wrong.text());
    file.remarks = odd.lines();
    return file;
}

EnvFile parse_systemd(string_view text, std::string const& path) {
    EnvFile file;
    std::vector<std::string> notes;
    unit::merge_environment(file.entries, exec::parse_environment_file(text, path, notes));
    Findings odd(path);
    for (auto const& note : notes)
        odd.add(note);
    file.remarks = odd.lines();
    return file;
}

} // namespace

std::expected<EnvFile, std::string> parse_env_file(Dialect dialect, string_view text, std::string const& path,
                                                   unit::EnvironmentSetting const& own) {
    switch (dialect) {
    case Dialect::docker: return parse_docker(text, path, own);
    case Dialect::dotenv: return parse_dotenv(text, path);
    case Dialect::systemd: break;
    }
    return parse_systemd(text, path);
}

} // namespace mitori::run
