#include "cli/detail/flags.hpp"

#include <algorithm>
#include <fmt/ostream.h>
#include <ostream>

#include "base/text.hpp"

namespace mitori::cli::detail {
namespace {

/// What follows "-o", "--output", in whichever way it is written. Nothing where the word is none of these.
std::optional<std::string> format_in(std::vector<std::string> const& words, std::size_t& at) {
    std::string_view const word = words[at];
    if (word == "--json") return "json";
    if (word == "-o" || word == "--output") return at + 1 < words.size() ? words[++at] : std::string();
    for (std::string_view const begin : {"--output=", "-o"})
        if (word.starts_with(begin)) return std::string(word.substr(begin.size()));
    return std::nullopt;
}

} // namespace

std::optional<Flags> parse_flags(ProcessCall const& call, std::string_view program, std::span<Flag const> own) {
    Flags flags;
    auto const refuse = [&](std::string const& what) {
        fmt::print(call.err, "mitori {0}: {1}.\nTry 'mitori {0} --help'.\n", program, what);
        return std::nullopt;
    };
    std::vector<Flag> known{{"-l", "--full", &flags.full}, {"-h", "--help", &flags.help}};
    known.insert(known.end(), own.begin(), own.end());
    for (std::size_t at = 0; at < call.words.size(); ++at) {
        auto const& word = call.words[at];
        if (!word.starts_with('-')) {
            flags.words.push_back(word);
            continue;
        }
        auto const flag = std::ranges::find_if(known, [&word](Flag const& one) {
            return word == one.name || (!one.letter.empty() && word == one.letter);
        });
        if (flag != known.end()) {
            *flag->told = true;
        } else if (auto const format = format_in(call.words, at)) {
            if (*format != "json" && *format != "text" && *format != "table")
                return refuse(fmt::format("'{}' is no format: table or json", base::printable(*format)));
            flags.json = *format == "json";
        } else {
            return refuse(fmt::format("Unknown option '{}'", base::printable(word)));
        }
    }
    return flags;
}

std::optional<procfs::Scanner> open_scanner(ProcessCall const& call, std::string_view program) {
    auto scanner = procfs::Scanner::open();
    if (scanner) return *std::move(scanner);
    fmt::print(call.err, "mitori {}: {}\n", program, scanner.error().message());
    return std::nullopt;
}

} // namespace mitori::cli::detail
