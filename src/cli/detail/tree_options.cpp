#include "cli/detail/tree_options.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"

namespace mitori::cli::detail {
namespace {

struct Option {
    char letter; ///< '\0': none
    std::string_view name;
    std::string_view word; ///< of what it takes; empty: nothing
    void (*take)(TreeOptions& options, std::string const& word);
    std::string_view summary;
    bool about_processes = false;
};

void highlight(TreeOptions& options, std::string const& word) {
    options.look.highlighted = base::parse_integer<pid_t>(word).value_or(-1);
}

constexpr auto options = std::to_array<Option>({
    {'p', "show-pids", "", [](TreeOptions& o, std::string const&) { o.look.pids = true; }, "Show process numbers",
     true},
    {'a', "arguments", "", [](TreeOptions& o, std::string const&) { o.look.arguments = true; }, "Show arguments", true},
    {'u', "uid-changes", "", [](TreeOptions& o, std::string const&) { o.look.users = true; },
     "Show the user where it is another than the parent's", true},
    {'g', "show-pgids", "", [](TreeOptions& o, std::string const&) { o.look.groups = true; }, "Show process groups",
     true},
    {'S', "ns-changes", "", [](TreeOptions& o, std::string const&) { o.look.namespaces = true; },
     "Show which namespaces are others than the parent's", true},
    {'t', "threads", "", [](TreeOptions& o, std::string const&) { o.look.threads = true; }, "Show threads", true},
    {'T', "hide-threads", "", [](TreeOptions& o, std::string const&) { o.look.threads = false; },
     "Show no threads (so it is unless -t)", true},
    {'c', "compact-not", "", [](TreeOptions& o, std::string const&) { o.look.compact = false; },
     "Draw what looks the same each time", true},
    {'s', "show-parents", "", [](TreeOptions& o, std::string const&) { o.parents = true; }, "Show what is above, too",
     true},
    {'k', "kernel", "", [](TreeOptions& o, std::string const&) { o.kernel_threads = true; }, "Show kernel threads, too",
     true},
    {'h', "highlight-all", "", [](TreeOptions& o, std::string const&) { o.highlight_self = true; },
     "Mark the way to this process", true},
    {'H', "highlight-pid", "PID", highlight, "Mark the way to that process", true},
    {'l', "full", "", [](TreeOptions& o, std::string const&) { o.full = true; }, "Do not cut lines"},
    {'\0', "long", "", [](TreeOptions& o, std::string const&) { o.full = true; }, ""},
    {'\0', "processes", "", [](TreeOptions&, std::string const&) {}, "Processes, also where a manager answers", true},
    {'\0', "all", "", [](TreeOptions& o, std::string const&) { o.all_units = true; }, "Inactive units, too"},
    {'\0', "json", "", [](TreeOptions& o, std::string const&) { o.json = true; }, ""},
    {'o', "output", "json", [](TreeOptions& o, std::string const&) { o.json = true; }, "As JSON"},
    {'\0', "no-pager", "", [](TreeOptions& o, std::string const&) { o.pager = false; }, "Not through a pager"},
    {'\0', "runtime-dir", "DIR", [](TreeOptions& o, std::string const& word) { o.runtime_dir = word; },
     "The folder of the manager's socket"},
    {'\0', "system", "", [](TreeOptions& o, std::string const&) { o.scope = Scope::system; },
     "Units of the system's manager"},
    {'\0', "user", "", [](TreeOptions& o, std::string const&) { o.scope = Scope::user; },
     "Units of this user's manager"},
    {'\0', "help", "", [](TreeOptions& o, std::string const&) { o.help = true; }, "Show this help"},
});

using Error = std::optional<std::string>;

class Reader {
public:
    explicit Reader(std::vector<std::string> const& words) : words_(words) {}

    Error read() {
        while (at_ < words_.size()) {
            auto const& word = words_[at_++];
            Error wrong;
            if (word.starts_with("--"))
                wrong = read_long(std::string_view(word).substr(2));
            else if (word.starts_with('-') && word.size() > 1)
                wrong = read_letters(std::string_view(word).substr(1));
            else
                read_.words.push_back(word);
            if (wrong) return wrong;
        }
        auto const is_number = [](std::string const& word) { return base::parse_integer<pid_t>(word).has_value(); };
        read_.processes = read_.processes || std::ranges::any_of(read_.words, is_number);
        read_.look.compact = read_.look.compact && !read_.look.pids && !read_.look.groups;
        return std::nullopt;
    }
    TreeOptions take() { return std::move(read_); }

private:
    Error apply(Option const& option, std::optional<std::string> word) {
        if (!option.word.empty() && !word) {
            if (at_ == words_.size()) return fmt::format("Option '--{}' needs {}.", option.name, option.word);
            word = words_[at_++];
        }
        if (option.name == "output" && *word != "json")
            return fmt::format("Unknown output format '{}'.", base::printable(*word));
        if (option.name == "highlight-pid" && !base::parse_integer<pid_t>(*word))
            return fmt::format("'{}' is no process number.", base::printable(*word));
        option.take(read_, word.value_or(""));
        read_.processes = read_.processes || option.about_processes;
        return std::nullopt;
    }
    Error read_long(std::string_view text) {
        auto const equals = text.find('=');
        auto const found = std::ranges::find(options, text.substr(0, equals), &Option::name);
        if (found == options.end())
            return fmt::format("Unknown option '--{}'.", base::printable(text.substr(0, equals)));
        if (equals == text.npos) return apply(*found, std::nullopt);
        if (found->word.empty()) return fmt::format("Option '--{}' takes no word.", found->name);
        return apply(*found, std::string(text.substr(equals + 1)));
    }
    Error read_letters(std::string_view letters) {
        for (std::size_t i = 0; i < letters.size(); ++i) {
            auto const found = std::ranges::find(options, letters[i], &Option::letter);
            if (found == options.end())
                return fmt::format("Unknown option '-{}'.", base::printable(letters.substr(i, 1)));
            auto const rest = letters.substr(i + 1);
            if (!found->word.empty() && !rest.empty()) return apply(*found, std::string(rest));
            if (auto wrong = apply(*found, std::nullopt)) return wrong;
            if (!found->word.empty()) return std::nullopt;
        }
        return std::nullopt;
    }

    std::vector<std::string> const& words_;
    std::size_t at_ = 0;
    TreeOptions read_;
};

} // namespace

std::expected<TreeOptions, std::string> parse_tree_options(std::vector<std::string> const& words) {
    Reader reader(words);
    if (auto wrong = reader.read()) return std::unexpected(std::move(*wrong));
    return reader.take();
}

std::string tree_help() {
    std::string text = "mitori tree [OPTION…] [PID…|UNIT…]\n\n"
                       "Show units with their processes; or processes as a tree, where no manager answers, or a\n"
                       "PID or an option about processes is given.\n\n";
    for (auto const& option : options) {
        if (option.summary.empty()) continue;
        auto const letter = option.letter == '\0' ? std::string("    ") : fmt::format("-{}, ", option.letter);
        auto const left = fmt::format("  {}--{}{}{}", letter, option.name, option.word.empty() ? "" : "=", option.word);
        text += fmt::format("{:<30}{}\n", left, option.summary);
    }
    return text + "\nSee mitori-tree(1).\n";
}

} // namespace mitori::cli::detail
