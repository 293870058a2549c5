// plain_words(): commands that mean the same with and without a shell, which is most of the lines of Procfiles. What
// looks like more than words and variables is the shell's.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "unit/detail/shell_words.hpp"
#include "unit/dotenv.hpp"
#include "unit/procfile.hpp"
#include "unit/variables.hpp"

namespace mitori::unit {
namespace {

using std::string_view;

constexpr string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
constexpr string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+,:@%^=-";
/// Variables that a shell gives a value of its own, whatever the environment says.
constexpr auto of_the_shell = std::to_array<string_view>(
    {"IFS", "OPTIND", "OPTARG", "PPID", "PWD", "OLDPWD", "LINENO", "RANDOM", "SECONDS", "SHLVL", "UID", "EUID", "_"});

bool all_of(string_view text, string_view characters) {
    return text.find_first_not_of(characters) == string_view::npos;
}

/// $NAME or ${NAME} at the beginning of `text`, taken from it.
std::optional<string_view> take_name(string_view& text) {
    text.remove_prefix(1);
    bool const braced = text.starts_with('{');
    if (braced) text.remove_prefix(1);
    auto const length = std::min(text.find_first_not_of(name_characters), text.size());
    auto const name = text.substr(0, length);
    text.remove_prefix(length);
    if (braced) {
        if (!text.starts_with('}')) return std::nullopt;
        text.remove_prefix(1);
    }
    if (!is_variable_name(name) || std::ranges::find(of_the_shell, name) != of_the_shell.end()) return std::nullopt;
    return name;
}

std::optional<std::string> expand(string_view word, EnvironmentSetting const& environment) {
    std::string text;
    while (!word.empty()) {
        auto const dollar = std::min(word.find('$'), word.size());
        text += word.substr(0, dollar);
        word.remove_prefix(dollar);
        if (word.empty()) break;
        auto const name = take_name(word);
        auto const* const value = name ? find_value(environment, *name) : nullptr;
        if (value == nullptr) return std::nullopt;
        text += *value;
    }
    // Empty words, blanks and patterns are split, dropped and expanded by rules of the shell's own.
    if (text.empty() || !all_of(text, plain)) return std::nullopt;
    return text;
}

} // namespace

std::optional<std::vector<std::string>> plain_words(string_view command, EnvironmentSetting const& environment) {
    std::vector<std::string> words;
    for (auto const word : base::split(command, " \t")) {
        auto expanded = expand(word, environment);
        if (!expanded) return std::nullopt;
        words.push_back(*std::move(expanded));
    }
    if (words.empty() || words.front().contains('=') || detail::is_shell_word(words.front())) return std::nullopt;
    return words;
}

} // namespace mitori::unit
