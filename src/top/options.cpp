#include "top/options.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "base/text.hpp"

namespace mitori::top {
namespace {

constexpr std::string_view text_of_help = R"(mitori top [OPTION…]

Show units, containers and processes as they run, in one tree.

  -d, --delay=SECONDS         Between two looks (2)
  -n, --iterations=COUNT      Leave after so many looks
  -p, --pid=PID,…             Only these processes
  -u, --user=USER             Only this effective user's (-U: real or effective)
      --unit=UNIT             Only the processes of this unit
  -o, --sort=[+|-]FIELD       Sort by cpu, mem, io, time, psi, restarts, pid, user, state, nice, threads, command,
                              or by one of top's titles; +: greatest first, -: least first
  -i, --no-idle               Only who used a processor since the look before
  -c, --names                 Names of commands without arguments
      --kernel                Threads of the kernel, too
      --tree, --flat          A tree, or processes alone (--flat with -b)
  -s, --secure                Send no signals
      --no-color              No colours
  -b, --batch                 Print one look after the other, for files and programs
  -w, --width=COLUMNS         With -b: as wide as that
  -o json, --json             With -b: as JSON, one line for each look
  -h, --help  -V, --version

Keys: ? shows them. See mitori-top(1).
)";

using Error = std::optional<std::string>;

enum class Option : std::uint8_t {
    delay,
    iterations,
    pid,
    user,
    any_user,
    unit,
    sort,
    no_idle,
    names,
    kernel,
    tree,
    flat,
    secure,
    no_colour,
    batch,
    width,
    json,
    help,
    version
};

struct Spelling {
    char letter; ///< 0: none
    std::string_view name;
    Option option;
    bool takes_word = false;
};
constexpr auto spellings = std::to_array<Spelling>({
    {'d', "delay", Option::delay, true},
    {'n', "iterations", Option::iterations, true},
    {'p', "pid", Option::pid, true},
    {'u', "user", Option::user, true},
    {'u', "filter-only-euser", Option::user, true},
    {'U', "filter-any-user", Option::any_user, true},
    {0, "unit", Option::unit, true},
    {'o', "sort", Option::sort, true},
    {'o', "sort-override", Option::sort, true},
    {'i', "no-idle", Option::no_idle},
    {'i', "idle-toggle", Option::no_idle},
    {'c', "names", Option::names},
    {'c', "cmdline-toggle", Option::names},
    {0, "kernel", Option::kernel},
    {0, "tree", Option::tree},
    {0, "flat", Option::flat},
    {'s', "secure", Option::secure},
    {'s', "secure-mode", Option::secure},
    {0, "no-color", Option::no_colour},
    {0, "no-colour", Option::no_colour},
    {'b', "batch", Option::batch},
    {'b', "batch-mode", Option::batch},
    {'w', "width", Option::width, true},
    {0, "json", Option::json},
    {'h', "help", Option::help},
    {'V', "version", Option::version},
});

/// Titles of top(1), and ps(1)'s names.
struct Title {
    std::string_view title;
    Sort sort;
};
constexpr auto titles = std::to_array<Title>({
    {"%CPU", Sort::cpu},
    {"PCPU", Sort::cpu},
    {"%MEM", Sort::memory},
    {"PMEM", Sort::memory},
    {"RES", Sort::memory},
    {"RSS", Sort::memory},
    {"MEMORY", Sort::memory},
    {"TIME+", Sort::time},
    {"S", Sort::state},
    {"NI", Sort::nice},
    {"nTH", Sort::threads},
    {"NLWP", Sort::threads},
    {"THR", Sort::threads},
    {"RST", Sort::restarts},
    {"COMM", Sort::command},
    {"NAME", Sort::command},
    {"CMD", Sort::command},
});

std::optional<Sort> sort_named(std::string_view text) {
    for (auto const& name : base::Names<Sort>::table)
        if (base::equal_ignoring_case(name.word, text)) return name.value;
    for (auto const& title : titles)
        if (base::equal_ignoring_case(title.title, text)) return title.sort;
    return std::nullopt;
}

class Reader {
public:
    explicit Reader(std::vector<std::string> const& words) : words_(words) {}

    Error read() {
        while (at_ < words_.size()) {
            auto const& word = words_[at_++];
            auto wrong = word.starts_with("--")                     ? read_long(std::string_view(word).substr(2))
                         : word.size() > 1 && word.starts_with('-') ? read_letters(std::string_view(word).substr(1))
                                                                    : unknown("argument", word);
            if (wrong) return wrong;
        }
        if (options.json && !options.batch) return "--json goes with -b.";
        if (options.batch && !shape_said_) options.choice.shape = Shape::flat;
        return std::nullopt;
    }
    Options options;

private:
    static Error unknown(std::string_view what, std::string_view word) {
        return fmt::format("Unknown {} '{}'.", what, base::printable(word));
    }
    Error read_long(std::string_view word) {
        auto const equals = word.find('=');
        auto const name = word.substr(0, equals);
        auto const* const found = std::ranges::find(spellings, name, &Spelling::name);
        if (found == spellings.end()) return unknown("option", "--" + std::string(name));
        if (!found->takes_word && equals != word.npos) return fmt::format("Option '--{}' takes no word.", name);
        if (!found->takes_word) return take(found->option, "");
        if (equals != word.npos) return take(found->option, std::string(word.substr(equals + 1)));
        return take_next(*found, "--" + std::string(name));
    }
    Error read_letters(std::string_view letters) {
        for (std::size_t i = 0; i < letters.size(); ++i) {
            auto const* const found = std::ranges::find(spellings, letters[i], &Spelling::letter);
            if (letters[i] == '\0' || found == spellings.end()) return unknown("option", std::string("-") + letters[i]);
            if (!found->takes_word) {
                if (auto wrong = take(found->option, "")) return wrong;
                continue;
            }
            auto const rest = letters.substr(i + 1);
            return rest.empty() ? take_next(*found, std::string("-") + letters[i])
                                : take(found->option, std::string(rest));
        }
        return std::nullopt;
    }
    Error take_next(Spelling const& spelling, std::string const& said) {
        if (at_ == words_.size()) return fmt::format("Option '{}' needs a word.", said);
        return take(spelling.option, words_[at_++]);
    }

    Error take(Option option, std::string const& word) {
        switch (option) {
        case Option::delay: return take_delay(word);
        case Option::iterations: return take_number(options.looks.emplace(), word);
        case Option::width: return take_number(options.width, word);
        case Option::pid: return take_pids(word);
        case Option::user: return take_user(options.choice.users, word);
        case Option::any_user: return take_user(options.choice.any_users, word);
        case Option::sort: return take_sort(word);
        case Option::unit: options.choice.unit = word.find('.') == word.npos ? word + ".service" : word; break;
        case Option::no_idle: options.choice.idle = false; break;
        case Option::names: options.choice.arguments = false; break;
        case Option::kernel: options.choice.kernel_threads = true; break;
        case Option::tree:
            shape_said_ = true;
            options.choice.shape = Shape::tree;
            break;
        case Option::flat:
            shape_said_ = true;
            options.choice.shape = Shape::flat;
            break;
        case Option::secure: options.is_secure = true; break;
        case Option::no_colour: options.no_colour = true; break;
        case Option::batch: options.batch = true; break;
        case Option::json: options.json = true; break;
        case Option::help: options.help = true; break;
        case Option::version: options.version = true; break;
        }
        return std::nullopt;
    }
    Error take_delay(std::string const& word) {
        auto const span = base::parse_span(word);
        constexpr base::Usec most = std::chrono::hours(24);
        constexpr base::Usec least = std::chrono::milliseconds(100);
        if (!span || span->count() < 0 || *span > most) return unknown("span of time", word);
        options.interval = std::max(*span, least);
        return std::nullopt;
    }
    template <class Number>
    static Error take_number(Number& into, std::string const& word) {
        auto const number = base::parse_integer<Number>(word);
        if (!number || *number < 1) return fmt::format("'{}' is no number of at least one.", base::printable(word));
        into = *number;
        return std::nullopt;
    }
    Error take_pids(std::string const& word) {
        for (auto const part : base::split(word, ", ")) {
            auto const pid = base::parse_integer<pid_t>(part);
            if (!pid || *pid < 0) return fmt::format("'{}' is no process number.", base::printable(part));
            options.choice.pids.push_back(*pid == 0 ? ::getpid() : *pid);
        }
        return options.choice.pids.empty() ? Error("A list of process numbers is missing.") : std::nullopt;
    }
    static Error take_user(std::vector<std::uint32_t>& into, std::string const& word) {
        auto id = base::parse_integer<std::uint32_t>(word);
        if (!id)
            if (passwd const* const entry = ::getpwnam(word.c_str())) id = entry->pw_uid;
        if (!id) return unknown("user", word);
        into.push_back(*id);
        return std::nullopt;
    }
    Error take_sort(std::string const& word) {
        if (word == "json") {
            options.json = true;
            return std::nullopt;
        }
        bool const is_signed = word.starts_with('+') || word.starts_with('-');
        auto const sort = sort_named(std::string_view(word).substr(is_signed ? 1 : 0));
        if (!sort) return unknown("field", word);
        options.choice.sort = *sort;
        options.choice.order = word.starts_with('+')   ? Order::falling
                               : word.starts_with('-') ? Order::rising
                                                       : natural_order(*sort);
        return std::nullopt;
    }

    std::vector<std::string> const& words_;
    std::size_t at_ = 0;
    bool shape_said_ = false;
};

} // namespace

std::expected<Options, std::string> parse_options(std::vector<std::string> const& words) {
    Reader reader(words);
    if (auto wrong = reader.read()) return std::unexpected(std::move(*wrong));
    return std::move(reader.options);
}

std::string_view help_text() { return text_of_help; }

} // namespace mitori::top
