#include "cli/detail/log_options.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <getopt.h>

#include "base/text.hpp"
#include "cli/detail/log_option_values.hpp"
#include "cli/detail/unit_names.hpp"

namespace mitori::cli::detail {
namespace {

using Wrong = std::optional<std::string>;

/// One option: a row, from which parsing, help and completion come.
struct Row {
    char short_name = 0;
    char const* name;
    int argument = no_argument;
    char const* word;    ///< what the argument is called
    char const* summary; ///< empty: understood, and said nowhere
    Wrong (*take)(LogOptions& options, char const* argument);
};

template <auto Member>
Wrong set(LogOptions& options, char const*) {
    options.*Member = true;
    return {};
}
template <auto Member>
Wrong set_look(LogOptions& options, char const*) {
    options.look.*Member = true;
    return {};
}
template <auto Member>
Wrong set_query(LogOptions& options, char const*) {
    options.query.*Member = true;
    return {};
}
template <LogOptions::Action What>
Wrong act(LogOptions& options, char const*) {
    options.action = What;
    return {};
}
template <auto Member>
Wrong put(LogOptions& options, char const* argument) {
    options.query.*Member = argument;
    return {};
}
template <auto Member>
Wrong add(LogOptions& options, char const* argument) {
    (options.query.*Member).emplace_back(argument);
    return {};
}
template <auto Member>
Wrong add_unit(LogOptions& options, char const* argument) {
    (options.query.*Member).push_back(unit_name(argument));
    return {};
}
Wrong take_system(LogOptions& options, char const*) {
    options.query.whose = control::LogQuery::Whose::system;
    return {};
}
Wrong take_rotate(LogOptions& options, char const*) {
    options.rotate = true;
    if (options.action != LogOptions::Action::vacuum) options.action = LogOptions::Action::rotate;
    return {};
}

// -- what journalctl has and we have not, said plainly
Wrong refuse_machine(LogOptions&, char const*) {
    return "Logs of running containers cannot be asked for: -D names the folder with their files.";
}
Wrong refuse_namespace(LogOptions&, char const*) {
    return "There is one log for all, no namespaces: -D names the folder of a namespace of systemd's.";
}
Wrong refuse_image(LogOptions&, char const*) {
    return "Disk images are not opened: mount it, and name its folder with --root.";
}
Wrong refuse_sealing(LogOptions&, char const*) { return "Journal files are not sealed: there are no keys for them."; }
Wrong refuse_catalog(LogOptions&, char const*) {
    return "The catalog of messages is systemd's: `journalctl` of systemd lists and builds it.";
}
Wrong refuse_verify(LogOptions&, char const*) {
    return "Files are not checked here: `journalctl --verify` of systemd does it, with -D or --file.";
}
Wrong refuse_relinquish(LogOptions&, char const*) { return "The recorder does not give up its folder while it runs."; }

using control::LogQuery;
using Action = LogOptions::Action;

constexpr auto rows = std::to_array<Row>({
    {'u', "unit", required_argument, "UNIT", "Show logs of the unit", add_unit<&LogQuery::units>},
    {0, "user-unit", required_argument, "UNIT", "Show logs of the user's unit", add_unit<&LogQuery::user_units>},
    {'t', "identifier", required_argument, "STRING", "Show entries with the syslog identifier",
     add<&LogQuery::identifiers>},
    {'p', "priority", required_argument, "RANGE", "Show entries of these priorities", take_priority},
    {0, "facility", required_argument, "FACILITY…", "Show entries of these facilities", take_facilities},
    {'g', "grep", required_argument, "PATTERN", "Show entries whose message matches the expression",
     put<&LogQuery::grep>},
    {0, "case-sensitive", optional_argument, "BOOL", "Whether the case of letters counts for that", take_case},
    {'S', "since", required_argument, "DATE", "Show entries not older than the date", take_since},
    {'U', "until", required_argument, "DATE", "Show entries not newer than the date", take_until},
    {'c', "cursor", required_argument, "CURSOR", "Start at the cursor", put<&LogQuery::cursor>},
    {0, "after-cursor", required_argument, "CURSOR", "Start behind the cursor", put<&LogQuery::after_cursor>},
    {0, "cursor-file", required_argument, "FILE", "Start behind the cursor in FILE, and keep the last one there",
     take_cursor_file},
    {'b', "boot", optional_argument, "ID", "Show this boot, or the one that is named", take_boot},
    {'k', "dmesg", no_argument, nullptr, "Show the kernel's messages of this boot", take_kernel},
    {'n', "lines", optional_argument, "COUNT", "How many entries to show, the last ones", take_lines},
    {'r', "reverse", no_argument, nullptr, "Show the newest entries first", set_query<&LogQuery::reverse>},
    {'f', "follow", no_argument, nullptr, "Go on with entries as they come", set_query<&LogQuery::follow>},
    {0, "no-tail", no_argument, nullptr, "Show all entries, with --follow too", take_no_tail},
    {'o', "output", required_argument, "FORMAT", "The format of entries", take_output},
    {0, "output-fields", required_argument, "LIST", "Which fields to show, in formats that show all", take_fields},
    {'x', "catalog", no_argument, nullptr, "Add explanations where there are some", take_explain},
    {0, "utc", no_argument, nullptr, "Show times in UTC", set_look<&LogLook::utc>},
    {0, "no-hostname", no_argument, nullptr, "Leave out the name of the host", take_no_hostname},
    {'l', "full", no_argument, nullptr, "", take_full},
    {0, "no-full", no_argument, nullptr, "Cut lines to the terminal's width", take_no_full},
    {'a', "all", no_argument, nullptr, "Show all fields, long and unprintable ones too", set_look<&LogLook::all>},
    {0, "show-cursor", no_argument, nullptr, "Show the last entry's cursor", set<&LogOptions::show_cursor>},
    {'q', "quiet", no_argument, nullptr, "Show entries alone, no hints", set<&LogOptions::quiet>},
    {0, "no-pager", no_argument, nullptr, "Do not show through a pager", take_no_pager},
    {'e', "pager-end", no_argument, nullptr, "Begin at the pager's end", take_pager_end},
    {'D', "directory", required_argument, "PATH", "Show the files in the folder", put<&LogQuery::folder>},
    {0, "file", required_argument, "GLOB", "Show these files", add<&LogQuery::files>},
    {0, "runtime-dir", required_argument, "DIR", "Show the log of the manager whose runtime folder it is",
     take_runtime_dir},
    {'m', "merge", no_argument, nullptr, "Do not part boots", set<&LogOptions::merge>},
    {0, "system", no_argument, nullptr, "Show the system's log alone", take_system},
    {0, "user", no_argument, nullptr, "Show the user's log alone, and take --unit as units of the user",
     set<&LogOptions::user>},
    {0, "root", required_argument, "PATH", "Show the files of the system below the folder", put<&LogQuery::root>},
    {'M', "machine", required_argument, nullptr, "", refuse_machine},
    {0, "namespace", required_argument, nullptr, "", refuse_namespace},
    {0, "image", required_argument, nullptr, "", refuse_image},
    {0, "verify", no_argument, nullptr, "", refuse_verify},
    {0, "setup-keys", no_argument, nullptr, "", refuse_sealing},
    {0, "verify-key", required_argument, nullptr, "", refuse_sealing},
    {0, "interval", required_argument, nullptr, "", refuse_sealing},
    {0, "list-catalog", no_argument, nullptr, "", refuse_catalog},
    {0, "dump-catalog", no_argument, nullptr, "", refuse_catalog},
    {0, "update-catalog", no_argument, nullptr, "", refuse_catalog},
    {0, "relinquish-var", no_argument, nullptr, "", refuse_relinquish},
    {0, "smart-relinquish-var", no_argument, nullptr, "", refuse_relinquish},
    {'N', "fields", no_argument, nullptr, "List all names of fields", act<Action::names>},
    {'F', "field", required_argument, "FIELD", "List all values of the field", take_field},
    {0, "list-boots", no_argument, nullptr, "List the boots that have entries", act<Action::boots>},
    {0, "disk-usage", no_argument, nullptr, "Show how large all files are", act<Action::usage>},
    {0, "header", no_argument, nullptr, "Show what the files say of themselves", act<Action::heads>},
    {0, "sync", no_argument, nullptr, "Have the recorder write everything through", act<Action::sync>},
    {0, "flush", no_argument, nullptr, "Nothing: all is in its lasting place from the beginning", act<Action::flush>},
    {0, "rotate", no_argument, nullptr, "Have the recorder begin a new file", take_rotate},
    {0, "vacuum-size", required_argument, "BYTES", "Remove old files above this size", take_vacuum_size},
    {0, "vacuum-files", required_argument, "COUNT", "Remove old files above this count", take_vacuum_files},
    {0, "vacuum-time", required_argument, "TIME", "Remove files older than this", take_vacuum_time},
    {'h', "help", no_argument, nullptr, "Show this help", act<Action::help>},
    {0, "version", no_argument, nullptr, "Show the version", act<Action::version>},
});

/// What follows an option with an argument of its own choice, where getopt(3) leaves it among the words: "-n 5".
bool belongs_to(Row const& row, char const* word) {
    std::string_view const text(word);
    if (row.short_name == 'n') return text == "all" || base::parse_integer<std::uint64_t>(text).has_value();
    return row.short_name == 'b' && (text == "all" || parse_boot(text).has_value());
}

struct Table {
    std::string letters = ":"; // a missing argument is told apart from an unknown option
    std::vector<option> names;
};

Table getopt_table() {
    Table table;
    constexpr int first = 256; // above every letter
    for (std::size_t i = 0; i < rows.size(); ++i) {
        table.names.push_back({rows[i].name, rows[i].argument, nullptr, first + static_cast<int>(i)});
        if (rows[i].short_name == 0) continue;
        table.letters += rows[i].short_name;
        table.letters += std::string(static_cast<std::size_t>(rows[i].argument), ':');
    }
    table.names.push_back({});
    return table;
}

Row const* find_row(int found) {
    if (found >= 256) return &rows.at(static_cast<std::size_t>(found - 256));
    auto const* const row = std::ranges::find(rows, static_cast<char>(found), &Row::short_name);
    return row == rows.end() ? nullptr : &*row;
}

std::string wrong_option(int found, char const* word) {
    if (found == ':') return fmt::format("Option '{}' needs an argument.", word);
    if (optopt != 0 && optopt < 256) return fmt::format("Unknown option '-{}'.", static_cast<char>(optopt));
    return fmt::format("Unknown option '{}'.", word);
}

Wrong take_all(LogOptions& options, std::vector<char*>& words) {
    auto const table = getopt_table();
    auto const count = static_cast<int>(words.size()) - 1;
    optind = 0;
    opterr = 0;
    for (int found = 0;
         (found = ::getopt_long(count, words.data(), table.letters.c_str(), table.names.data(), nullptr)) != -1;) {
        if (found == '?' || found == ':') return wrong_option(found, words[static_cast<std::size_t>(optind - 1)]);
        auto const* const row = find_row(found);
        char const* argument = optarg;
        bool const may_follow = argument == nullptr && row->argument == optional_argument && optind < count;
        if (may_follow && belongs_to(*row, words[static_cast<std::size_t>(optind)]))
            argument = words[static_cast<std::size_t>(optind++)];
        if (auto wrong = row->take(options, argument)) return wrong;
    }
    for (auto i = static_cast<std::size_t>(optind); i + 1 < words.size(); ++i)
        options.query.matches.emplace_back(words[i]);
    return {};
}

/// What one option means for another.
Wrong settle(LogOptions& options) {
    auto& query = options.query;
    if (query.follow && query.reverse) return "Please specify either --reverse= or --follow=, not both.";
    if (query.cursor && query.after_cursor) return "Please specify only one of --cursor= and --after-cursor=.";
    if (query.since && query.until && *query.since > *query.until) return "--since= must be before --until=.";
    bool const placed = (query.cursor && !query.cursor->empty()) || query.after_cursor;
    if (placed && query.since) return "Please specify only one of --since=, --cursor=, and --after-cursor.";
    if (!query.files.empty() + query.folder.has_value() + query.root.has_value() > 1)
        return "Please specify only one of --directory=, --file= and --root=.";
    if (options.boot && options.merge) return "Using --boot or --list-boots with --merge is not supported.";
    constexpr std::uint64_t usual = 10;
    if (query.follow && !query.lines && options.tail && !query.since && !placed) query.lines = usual;
    constexpr std::uint64_t pages = 1000;
    if (options.pager_end && !query.lines && !query.follow) query.lines = pages;
    // How far to go back for so many that match is not known beforehand.
    if (!query.grep.empty() && query.lines && !query.follow) query.reverse = true;
    if (options.user) query.user_units.insert(query.user_units.end(), query.units.begin(), query.units.end());
    if (options.user) query.units.clear();
    if (options.user) query.whose = LogQuery::Whose::user;
    query.merge_all = options.merge;
    query.explain = options.look.explain;
    return {};
}

} // namespace

std::expected<LogOptions, std::string> parse_log_options(std::vector<std::string> const& words, base::Usec now) {
    LogOptions options;
    options.now = now;
    std::vector<std::string> copies{"logs"};
    copies.insert(copies.end(), words.begin(), words.end());
    std::vector<char*> pointers;
    for (auto& word : copies)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    if (auto wrong = take_all(options, pointers)) return std::unexpected(std::move(*wrong));
    if (auto wrong = settle(options)) return std::unexpected(std::move(*wrong));
    return options;
}

std::vector<std::string> log_option_words() {
    std::vector<std::string> words;
    for (auto const& row : rows) {
        if (*row.summary == '\0') continue;
        if (row.short_name != 0) words.push_back(fmt::format("-{}", row.short_name));
        words.push_back(fmt::format("--{}", row.name));
    }
    return words;
}

std::string log_help(std::string const& program) {
    auto text = fmt::format("{} [OPTION…] [FIELD=VALUE…]\n\nShow entries of the log.\n\n", program);
    for (auto const& row : rows) {
        if (*row.summary == '\0') continue;
        auto const letter = row.short_name != 0 ? fmt::format("-{}", row.short_name) : std::string("  ");
        auto argument = row.word == nullptr ? std::string() : fmt::format("={}", row.word);
        if (row.argument == optional_argument) argument = fmt::format("[{}]", argument);
        auto const left = fmt::format("  {} --{}{}", letter, row.name, argument);
        constexpr std::size_t column = 30;
        auto const used = base::columns(left);
        text += fmt::format("{}{}{}\n", left, std::string(used < column ? column - used : 1, ' '), row.summary);
    }
    return text + "\nSee mitori-logs(1).\n";
}

} // namespace mitori::cli::detail
