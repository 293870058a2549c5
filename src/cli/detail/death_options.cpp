#include "cli/detail/death_options.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <getopt.h>

#include "base/signal.hpp"
#include "base/text.hpp"
#include "cli/detail/unit_names.hpp"

namespace mitori::cli::detail {
namespace {

using Wrong = std::optional<std::string>;
using Options = DeathOptions;

/// One option: a row, from which parsing and help come.
struct Row {
    char short_name = 0;
    char const* name;
    int argument = no_argument;
    char const* word; ///< what the argument is called
    char const* summary;
    enum class Of : std::uint8_t { deaths, both } of;
    Wrong (*take)(Options& options, char const* argument, base::Usec now);
};

template <auto Member>
Wrong take_moment(Options& options, char const* argument, base::Usec now) {
    auto const words = std::string_view(argument);
    auto moment = base::parse_timestamp(words, now);
    // "1h" is a while ago here, for what else could it be?
    if (auto const span = base::parse_span(words); !moment && span) moment = now - *span;
    if (!moment) return fmt::format("\"{}\" is no time: {}", argument, moment.error().message());
    options.filter.*Member = *moment;
    return {};
}
template <auto Member>
Wrong take_pid(Options& options, char const* argument, base::Usec) {
    auto const pid = base::parse_integer<pid_t>(argument);
    if (!pid || *pid <= 0) return fmt::format("\"{}\" is no process number", argument);
    options.filter.*Member = *pid;
    return {};
}
template <auto Member>
Wrong set(Options& options, char const*, base::Usec) {
    options.filter.*Member = true;
    return {};
}
template <Options::Action What>
Wrong act(Options& options, char const*, base::Usec) {
    options.action = What;
    return {};
}
Wrong take_unit(Options& options, char const* argument, base::Usec) {
    options.filter.unit = unit_name(argument);
    return {};
}
Wrong take_signal(Options& options, char const* argument, base::Usec) {
    options.filter.any_signal = true;
    if (argument == nullptr) return {};
    auto const signal = base::parse_signal(argument);
    if (!signal) return fmt::format("\"{}\" is no signal", argument);
    options.filter.signal = signal->number;
    return {};
}
Wrong take_comm(Options& options, char const* argument, base::Usec) {
    options.filter.comm = argument;
    return {};
}
Wrong take_lines(Options& options, char const* argument, base::Usec) {
    auto const count = base::parse_integer<std::uint64_t>(argument);
    if (!count) return fmt::format("\"{}\" is no number", argument);
    options.filter.limit = *count;
    return {};
}
Wrong take_output(Options& options, char const* argument, base::Usec) {
    std::string_view const word = argument;
    using enum Options::Format;
    if (word == "json")
        options.format = json;
    else if (word == "csv")
        options.format = csv;
    else if (word == "table" || word == "text")
        options.format = table;
    else
        return fmt::format("\"{}\" is no format: table, json or csv", argument);
    return {};
}
Wrong take_sql(Options& options, char const* argument, base::Usec) {
    options.action = Options::Action::sql;
    options.sql = argument;
    return {};
}
Wrong take_acct(Options& options, char const* argument, base::Usec) {
    options.action = Options::Action::acct;
    options.acct_file = argument;
    return {};
}
template <auto Member>
Wrong take_path(Options& options, char const* argument, base::Usec) {
    options.*Member = argument;
    return {};
}
Wrong take_follow(Options& options, char const*, base::Usec) {
    options.follow = true;
    return {};
}
Wrong take_no_legend(Options& options, char const*, base::Usec) {
    options.legend = false;
    return {};
}
Wrong take_no_pager(Options&, char const*, base::Usec) { return {}; } // there is none

using Filter = status::DeathFilter;
using enum Row::Of;
using Action = Options::Action;

constexpr auto rows = std::to_array<Row>({
    {'S', "since", required_argument, "TIME", "Deaths from then on: \"1h\", \"today\", \"2026-11-22 12:00\"", deaths,
     take_moment<&Filter::since>},
    {'U', "until", required_argument, "TIME", "Deaths up to then", deaths, take_moment<&Filter::until>},
    {'u', "unit", required_argument, "UNIT", "Deaths of processes of the unit", deaths, take_unit},
    {'p', "pid", required_argument, "PID", "Deaths of processes that had this number", deaths, take_pid<&Filter::pid>},
    {0, "signal", optional_argument, "SIGNAL", "Deaths by a signal, or by this one", deaths, take_signal},
    {0, "oom", no_argument, nullptr, "Deaths for want of memory", deaths, set<&Filter::oom>},
    {0, "failed", no_argument, nullptr, "Deaths other than by exit(0)", deaths, set<&Filter::failed>},
    {'c', "comm", required_argument, "NAME", "Deaths of processes of this name", deaths, take_comm},
    {0, "tree", required_argument, "PID", "Deaths of the process and of what is known to descend from it", deaths,
     take_pid<&Filter::tree>},
    {'n', "lines", required_argument, "COUNT", "Only the last so many", deaths, take_lines},
    {'f', "follow", no_argument, nullptr, "Go on with deaths as they come", deaths, take_follow},
    {0, "top", no_argument, nullptr, "Who dies most, lives shortest, throws most CPU time away", deaths,
     act<Action::top>},
    {0, "by-unit", no_argument, nullptr, "One line for each unit: deaths, restarts, CPU time", deaths,
     act<Action::by_unit>},
    {0, "sql", required_argument, "SELECT…", "Ask in SQL; the ledger is only read", deaths, take_sql},
    {0, "acct", required_argument, "FILE", "Write the deaths as process accounting, for lastcomm and sa", deaths,
     take_acct},
    {'o', "output", required_argument, "FORMAT", "table, json or csv", both, take_output},
    {0, "ledger", required_argument, "FILE", "Read this file", both, take_path<&Options::ledger>},
    {0, "runtime-dir", required_argument, "DIR", "Of the manager with this runtime folder", both,
     take_path<&Options::runtime_dir>},
    {0, "no-legend", no_argument, nullptr, "Without the header", deaths, take_no_legend},
    {0, "no-pager", no_argument, nullptr, "Understood: there is no pager", both, take_no_pager},
    {'h', "help", no_argument, nullptr, "Show this help", both, act<Action::help>},
});

struct ForGetopt {
    std::string letters;
    std::vector<option> longs;
};

ForGetopt for_getopt(DeathProgram program) {
    ForGetopt all;
    all.letters = ":";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const& row = rows.at(i);
        if (program == DeathProgram::why && row.of == deaths) continue;
        all.longs.push_back({row.name, row.argument, nullptr, static_cast<int>(256 + i)});
        if (row.short_name == 0) continue;
        all.letters += row.short_name;
        if (row.argument == required_argument) all.letters += ':';
    }
    all.longs.push_back({});
    return all;
}

Row const& row_of(int found) {
    if (found >= 256) return rows.at(static_cast<std::size_t>(found - 256));
    return *std::ranges::find(rows, static_cast<char>(found), &Row::short_name);
}

/// What does not go together.
Wrong check(Options const& options) {
    bool const lists = options.action == Options::Action::list;
    if (options.follow && !lists) return "--follow goes with a list of deaths only";
    if (options.follow && options.filter.until) return "--follow has no --until";
    return {};
}

} // namespace

std::expected<DeathOptions, std::string> parse_death_options(DeathProgram program,
                                                             std::vector<std::string> const& words, base::Usec now) {
    auto const known = for_getopt(program);
    std::vector<std::string> copies{"mitori"};
    copies.insert(copies.end(), words.begin(), words.end());
    std::vector<char*> arguments;
    for (auto& word : copies)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int const count = static_cast<int>(copies.size());

    DeathOptions options;
    optind = 0;
    opterr = 0;
    for (int found = 0;
         (found = ::getopt_long(count, arguments.data(), known.letters.c_str(), known.longs.data(), nullptr)) != -1;) {
        auto const* const said = arguments[static_cast<std::size_t>(std::max(optind - 1, 0))];
        if (found == ':') return std::unexpected(fmt::format("{} needs an argument", said));
        if (found == '?') return std::unexpected(fmt::format("there is no option {}", said));
        if (auto wrong = row_of(found).take(options, optarg, now)) return std::unexpected(*wrong);
    }
    for (int i = optind; i < count; ++i)
        options.words.emplace_back(arguments[static_cast<std::size_t>(i)]);
    if (auto wrong = check(options)) return std::unexpected(*wrong);
    return options;
}

std::string death_help(DeathProgram program) {
    std::string text =
        program == DeathProgram::why
            ? "mitori why UNIT|PID|JOB|last…\n\nSays in words why a process died: of a unit the last one "
              "of its main process. Of a job (job/17; nginx/start: the last of its starts) what "
              "became of it,\nand which death made it fail.\n\n"
            : "mitori deaths [OPTION…]\n\nShows the deaths in the ledger.\n\n";
    for (auto const& row : rows) {
        if (program == DeathProgram::why && row.of == deaths) continue;
        std::string name = row.short_name != 0 ? fmt::format("-{}, --{}", row.short_name, row.name)
                                               : fmt::format("    --{}", row.name);
        if (row.word != nullptr)
            name += row.argument == optional_argument ? fmt::format("[={}]", row.word) : fmt::format("={}", row.word);
        text += fmt::format("  {:<24} {}\n", name, row.summary);
    }
    return text;
}

} // namespace mitori::cli::detail
