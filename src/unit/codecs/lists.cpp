// Codecs of lists of texts.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/codecs/texts.hpp"
#include "unit/detail/accounts.hpp"
#include "unit/detail/paths.hpp"
#include "unit/variables.hpp"
#include "unit/words.hpp"

namespace mitori::unit {
namespace {

using base::quote;
using base::Result;

/// Reads word by word into `into`; a bad word is remarked on and left out, the others are kept.
template <class Read>
Result<void> append_each(std::vector<std::string>& into, std::string_view text, WordRules rules,
                         Specifiers const& specifiers, Read read) {
    auto const words = split_words(text, rules);
    if (!words) return lost(words.error());
    for (auto const& word : *words) {
        auto item = read(word);
        if (item)
            into.push_back(*std::move(item));
        else
            specifiers.remark(item.error().operation);
    }
    return {};
}

bool is_url(std::string_view text) {
    static constexpr auto schemes = std::to_array<std::string_view>({"http://", "https://", "file:/", "info:", "man:"});
    return std::ranges::any_of(schemes,
                               [&](auto scheme) { return text.starts_with(scheme) && text.size() > scheme.size(); });
}

} // namespace

status::Value ShownTexts::show(std::vector<std::string> const& value) {
    return status::List{.element = "s", .items = {value.begin(), value.end()}};
}

Result<void> RawWords::assign(std::vector<std::string>& value, std::string_view text, Specifiers const& specifiers) {
    return append_each(value, text, {}, specifiers, [](auto const& word) -> Result<std::string> { return word; });
}

Result<void> Urls::assign(std::vector<std::string>& value, std::string_view text, Specifiers const& specifiers) {
    return append_each(value, text, {}, specifiers, [&](auto const& word) -> Result<std::string> {
        std::string url = TRY(expanded(word, specifiers));
        if (!is_url(url))
            return lost(
                fmt::format("{} is no place of documentation: write man:, info:, file:, http: or https:", quote(url)));
        return url;
    });
}

Result<void> MountPaths::assign(std::vector<std::string>& value, std::string_view text, Specifiers const& specifiers) {
    if (text.empty()) return lost("an empty assignment clears nothing here: paths can only be added");
    return append_each(value, text, {}, specifiers, [&](auto const& word) -> Result<std::string> {
        return absolute_path(TRY(expanded(word, specifiers)));
    });
}

Result<void> AccountNames::assign(std::vector<std::string>& value, std::string_view text,
                                  Specifiers const& specifiers) {
    auto const words = split_words(text, {.quotes = Quotes::keep});
    if (!words) return refused(lost(words.error()).error().operation);
    std::vector<std::string> names;
    for (auto const& word : *words) {
        auto name = account_name(word, specifiers);
        // A group that is left out may be one that is denied something: no start without it.
        if (!name) return refused(name.error().operation);
        names.push_back(*std::move(name));
    }
    value.insert(value.end(), names.begin(), names.end());
    return {};
}

Result<void> VariableNames::assign(std::vector<std::string>& value, std::string_view text,
                                   Specifiers const& specifiers) {
    return append_each(value, text, {.escapes = Escapes::strip}, specifiers,
                       [&](auto const& word) -> Result<std::string> {
                           std::string name = TRY(expanded(word, specifiers));
                           if (!is_variable_name(name))
                               return lost(fmt::format("{} is no name of a variable", quote(name)));
                           return name;
                       });
}

Result<void> VariableMatches::assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers) {
    return append_each(value, text, {.escapes = Escapes::c}, specifiers, [&](auto const& word) -> Result<std::string> {
        std::string match = TRY(expanded(word, specifiers));
        if (!is_variable_name(match) && !split_variable(match))
            return lost(fmt::format("{} is neither NAME nor NAME=value", quote(match)));
        return match;
    });
}

} // namespace mitori::unit
