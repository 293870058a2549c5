#include "run/env_file.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "exec/facts.hpp"
#include "unit/dotenv.hpp"

namespace mitori::run {
namespace {

using std::string_view;
using Failure = std::unexpected<std::string>;

/// Blanks as docker's own reader knows them at the beginning of a line (Go's unicode.IsSpace, of ASCII).
constexpr string_view blanks = " \t\v\f\r";

/// One line of docker's dialect. What it does with a line is what its command line does (parseKeyValueFile).
std::expected<void, std::string> read_docker_line(string_view line, unit::EnvironmentSetting const& own,
                                                  unit::EnvironmentSetting& into) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    if (line.empty() || line.front() == '#') return {};
    auto const equals = line.find('=');
    auto const name = line.substr(0, equals);
    if (name.empty()) return Failure("no name before \"=\"");
    if (name.find_first_of(blanks) != string_view::npos)
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
    std::string wrong;
    constexpr string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    for (unsigned number = 1; !text.empty(); ++number) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        auto read = line.contains('\0')    ? Failure("a NUL byte")
                    : !base::is_utf8(line) ? Failure("not UTF-8")
                                           : read_docker_line(line, own, file.entries);
        if (!read) wrong += fmt::format("{}{}:{}: {}", wrong.empty() ? "" : "\n", path, number, read.error());
    }
    if (!wrong.empty()) return Failure(wrong);
    return file;
}

std::expected<EnvFile, std::string> parse_dotenv(string_view text, std::string const& path) {
    auto read = unit::parse_dotenv(text, path);
    EnvFile file;
    unit::merge_environment(file.entries, read.entries);
    std::string wrong;
    for (auto const& found : read.diagnostics) {
        if (found.severity == unit::Severity::error)
            wrong += (wrong.empty() ? "" : "\n") + found.message();
        else
            file.remarks.push_back(found.message());
    }
    if (!wrong.empty()) return Failure(wrong);
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
    EnvFile file;
    unit::merge_environment(file.entries, exec::parse_environment_file(text, path, file.remarks));
    return file;
}

} // namespace mitori::run
