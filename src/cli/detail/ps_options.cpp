#include "cli/detail/ps_options.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/ps_values.hpp"

namespace mitori::cli::detail {
namespace {

enum class Takes { nothing, word, word_or_nothing };
using Take = PsError (*)(PsReading& reading, std::string const& word);

struct Letter {
    char letter;
    Takes takes;
    Take take;
};
struct Long {
    std::string_view name;
    std::string_view usage; ///< of its word; empty: it takes none
    Take take;
    std::string_view summary;
    Takes takes = Takes::word;
};

template <auto Member>
PsError select(PsReading& reading, std::string const&) {
    reading.options.selection.*Member = true;
    return std::nullopt;
}
template <auto Member>
PsError look(PsReading& reading, std::string const&) {
    reading.format.*Member = true;
    return std::nullopt;
}
template <auto Member>
PsError set(PsReading& reading, std::string const&) {
    reading.options.*Member = true;
    return std::nullopt;
}
template <auto Member, auto Read>
PsError list(PsReading& reading, std::string const& word) {
    return Read(reading.options.selection.*Member, word);
}
template <auto Member, auto Read>
PsError narrow(PsReading& reading, std::string const& word) {
    return Read(reading.options.filter.*Member, word);
}
PsError columns(PsReading& reading, std::string const& word) { return take_columns(reading.options, word); }
PsError sort(PsReading& reading, std::string const& word) { return take_sort(reading.options.sort, word); }
PsError sessions(PsReading& reading, std::string const& word) {
    return take_sessions_or_groups(reading.options.selection, word);
}
PsError widen(PsReading& reading, std::string const&) {
    ++reading.options.wide;
    return std::nullopt;
}
PsError no_headers(PsReading& reading, std::string const&) {
    reading.options.headers = false;
    return std::nullopt;
}
PsError full(PsReading& reading, std::string const&) {
    reading.format.full = true;
    return std::nullopt;
}
PsError thread_numbers(PsReading& reading, std::string const&) {
    reading.format.spid = true;
    reading.options.threads = true;
    return std::nullopt;
}
PsError watch(PsReading& reading, std::string const& word) {
    return take_watch(reading.options.watch, word.empty() ? "2" : word);
}
PsError runtime_dir(PsReading& reading, std::string const& word) {
    reading.options.runtime_dir = word;
    return std::nullopt;
}
PsError nothing(PsReading&, std::string const&) { return std::nullopt; }

using Selection = PsSelection;
using Filter = PsFilter;

/// Behind one dash.
constexpr auto unix_letters = std::to_array<Letter>({
    {'A', Takes::nothing, select<&Selection::every>},
    {'e', Takes::nothing, select<&Selection::every>},
    {'a', Takes::nothing, select<&Selection::on_terminals>},
    {'d', Takes::nothing, select<&Selection::no_leaders>},
    {'N', Takes::nothing, select<&Selection::negate>},
    {'p', Takes::word, list<&Selection::pids, take_numbers>},
    {'q', Takes::word, list<&Selection::pids, take_numbers>},
    {'u', Takes::word, list<&Selection::effective_users, take_users>},
    {'U', Takes::word, list<&Selection::real_users, take_users>},
    {'G', Takes::word, list<&Selection::real_groups, take_groups>},
    {'g', Takes::word, sessions},
    {'s', Takes::word, list<&Selection::sessions, take_numbers>},
    {'t', Takes::word, list<&Selection::terminals, take_terminals>},
    {'C', Takes::word, list<&Selection::names, take_words>},
    {'f', Takes::nothing, full},
    {'F', Takes::nothing, look<&PsFormat::extra>},
    {'l', Takes::nothing, look<&PsFormat::long_>},
    {'j', Takes::nothing, look<&PsFormat::jobs>},
    {'L', Takes::nothing, set<&PsOptions::threads>},
    {'T', Takes::nothing, thread_numbers},
    {'H', Takes::nothing, set<&PsOptions::forest>},
    {'o', Takes::word, columns},
    {'w', Takes::nothing, widen},
    {'h', Takes::nothing, set<&PsOptions::help>},
});

/// Without a dash.
constexpr auto bsd_letters = std::to_array<Letter>({
    {'a', Takes::nothing, select<&Selection::of_anybody>},
    {'x', Takes::nothing, select<&Selection::anywhere>},
    {'r', Takes::nothing, select<&Selection::running>},
    {'T', Takes::nothing, select<&Selection::here>},
    {'g', Takes::nothing, nothing}, // leaders were left out once
    {'u', Takes::nothing, look<&PsFormat::bsd_user>},
    {'l', Takes::nothing, look<&PsFormat::bsd_long>},
    {'j', Takes::nothing, look<&PsFormat::bsd_jobs>},
    {'s', Takes::nothing, look<&PsFormat::bsd_signals>},
    {'v', Takes::nothing, look<&PsFormat::bsd_memory>},
    {'f', Takes::nothing, set<&PsOptions::forest>},
    {'H', Takes::nothing, set<&PsOptions::threads>},
    {'h', Takes::nothing, no_headers},
    {'w', Takes::nothing, widen},
    {'L', Takes::nothing, set<&PsOptions::list_fields>},
    {'p', Takes::word, list<&Selection::pids, take_numbers>},
    {'q', Takes::word, list<&Selection::pids, take_numbers>},
    {'t', Takes::word, list<&Selection::terminals, take_terminals>},
    {'U', Takes::word, list<&Selection::effective_users, take_users>},
    {'o', Takes::word, columns},
    {'k', Takes::word, sort},
});

constexpr auto long_options = std::to_array<Long>({
    {"pid", "PID,…", list<&Selection::pids, take_numbers>, "Select by process number (-p)"},
    {"ppid", "PID,…", list<&Selection::parents, take_numbers>, "Select by parent"},
    {"sid", "SID,…", list<&Selection::sessions, take_numbers>, "Select by session (-s)"},
    {"tty", "TTY,…", list<&Selection::terminals, take_terminals>, "Select by terminal (-t)"},
    {"user", "USER,…", list<&Selection::effective_users, take_users>, "Select by effective user (-u)"},
    {"User", "USER,…", list<&Selection::real_users, take_users>, "Select by real user (-U)"},
    {"Group", "GROUP,…", list<&Selection::real_groups, take_groups>, "Select by real group (-G)"},
    {"command", "NAME,…", list<&Selection::names, take_words>, "Select by name (-C)"},
    {"deselect", "", select<&Selection::negate>, "Select all others (-N)"},
    {"tree", "PID,…", narrow<&Filter::trees, take_numbers>, "Only these processes and what is below them"},
    {"session", "SID,…", narrow<&Filter::sessions, take_numbers>, "Only these sessions"},
    {"group", "PGID,…", narrow<&Filter::groups, take_numbers>, "Only these process groups"},
    {"cgroup", "PATH,…", narrow<&Filter::cgroups, take_words>, "Only in these control groups, or below them"},
    {"unit", "UNIT,…", narrow<&Filter::units, take_words>, "Only of these units"},
    {"container", "ID,…", narrow<&Filter::containers, take_words>, "Only in these containers"},
    {"format", "FIELD,…", columns, "What to show (-o); json: as JSON"},
    {"sort", "[-]FIELD,…", sort, "In which order; a minus turns it round"},
    {"forest", "", set<&PsOptions::forest>, "Draw who is whose child (f, -H)"},
    {"threads", "", set<&PsOptions::threads>, "Show threads (-L, H)"},
    {"no-headers", "", no_headers, "No line of headers (h)"},
    {"no-heading", "", no_headers, "", Takes::nothing},
    {"headers", "", nothing, ""},
    {"json", "", set<&PsOptions::json>, "As JSON (-o json)"},
    {"watch", "SECONDS", watch, "Look again and again, every two seconds or so often", Takes::word_or_nothing},
    {"list-fields", "", set<&PsOptions::list_fields>, "Show the names of all fields (L)"},
    {"runtime-dir", "DIR", runtime_dir, "The folder of the manager's socket"},
    {"help", "", set<&PsOptions::help>, "Show this help"},
});

/// Walks over the words.
class Reader {
public:
    explicit Reader(std::vector<std::string> const& words) : words_(words) {}

    PsError read() {
        while (at_ < words_.size()) {
            auto const& word = words_[at_++];
            if (auto wrong = read_word(word)) return wrong;
        }
        return std::nullopt;
    }
    PsReading take() { return std::move(reading_); }

private:
    PsError read_word(std::string const& word) {
        if (word.starts_with("--")) return read_long(std::string_view(word).substr(2));
        if (word.starts_with('-')) return read_letters(std::string_view(word).substr(1), unix_letters, "-");
        if (!word.empty() && word.find_first_not_of("0123456789, ") == word.npos)
            return take_numbers(reading_.options.selection.pids, word);
        reading_.options.selection.bsd = true;
        return read_letters(word, bsd_letters, "");
    }

    PsError read_letters(std::string_view letters, std::span<Letter const> known, std::string_view dash) {
        for (std::size_t i = 0; i < letters.size(); ++i) {
            auto const found = std::ranges::find(known, letters[i], &Letter::letter);
            if (found == known.end())
                return fmt::format("Unknown option '{}{}'.", dash, base::printable(letters.substr(i, 1)));
            if (found->takes == Takes::nothing) {
                if (auto wrong = found->take(reading_, "")) return wrong;
                continue;
            }
            // The rest of the word is its list, or the next word.
            std::string const rest(letters.substr(i + 1));
            if (!rest.empty()) return found->take(reading_, rest);
            if (at_ == words_.size()) return fmt::format("Option '{}{}' needs a list.", dash, found->letter);
            return found->take(reading_, words_[at_++]);
        }
        return std::nullopt;
    }

    PsError read_long(std::string_view text) {
        auto const equals = text.find('=');
        auto const name = text.substr(0, equals);
        auto const found = std::ranges::find(long_options, name, &Long::name);
        if (found == long_options.end()) return fmt::format("Unknown option '--{}'.", base::printable(name));
        if (found->usage.empty())
            return equals == text.npos ? found->take(reading_, "") : fmt::format("Option '--{}' takes no word.", name);
        if (equals != text.npos) return found->take(reading_, std::string(text.substr(equals + 1)));
        if (found->takes == Takes::word_or_nothing) {
            bool const number =
                at_ < words_.size() && words_[at_].find_first_not_of("0123456789.") == std::string::npos;
            return found->take(reading_, number ? words_[at_++] : "");
        }
        if (at_ == words_.size()) return fmt::format("Option '--{}' needs {}.", name, found->usage);
        return found->take(reading_, words_[at_++]);
    }

    std::vector<std::string> const& words_;
    std::size_t at_ = 0;
    PsReading reading_;
};

} // namespace

std::expected<PsOptions, std::string> parse_ps_options(std::vector<std::string> const& words) {
    Reader reader(words);
    if (auto wrong = reader.read()) return std::unexpected(std::move(*wrong));
    auto reading = reader.take();
    if (reading.options.columns.empty()) reading.options.columns = columns_of(reading);
    return std::move(reading.options);
}

std::string ps_help() {
    std::string text = "mitori ps [OPTION…]\n\nShow processes, as ps does: aux, -ef, -o pid,ppid,…, --sort=-%cpu.\n\n";
    for (auto const& option : long_options) {
        if (option.summary.empty()) continue;
        auto const left = fmt::format("  --{}{}{}", option.name, option.usage.empty() ? "" : "=", option.usage);
        text += left + std::string(left.size() < 28 ? 30 - base::columns(left) : 2, ' ');
        text += std::string(option.summary) + "\n";
    }
    return text + "\nSee mitori-ps(1).\n";
}

std::vector<std::string> ps_option_words() {
    std::vector<std::string> words;
    for (auto const& option : long_options)
        words.push_back("--" + std::string(option.name));
    return words;
}

} // namespace mitori::cli::detail
