// Codecs of Environment= and EnvironmentFile=.
#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/codecs/structures.hpp"
#include "unit/detail/paths.hpp"
#include "unit/variables.hpp"
#include "unit/words.hpp"

namespace mitori::unit {

using base::quote;
using base::Result;

Result<void> Codec<EnvironmentSetting>::assign(EnvironmentSetting& value, std::string_view text,
                                               Specifiers const& specifiers) {
    auto const words = split_words(text, {.escapes = Escapes::c});
    if (!words) return lost(words.error());
    for (auto const& word : *words) {
        auto const assignment = expanded(word, specifiers);
        auto entry = assignment ? split_variable(*assignment) : std::nullopt;
        if (!entry) {
            specifiers.remark(assignment ? fmt::format("{} is no assignment: write NAME=value", quote(word))
                                         : assignment.error().operation);
            continue;
        }
        auto const same = std::ranges::find(value, entry->name, &EnvironmentEntry::name);
        if (same != value.end())
            same->value = std::move(entry->value);
        else
            value.push_back(*std::move(entry));
    }
    return {};
}

status::Value Codec<EnvironmentSetting>::show(EnvironmentSetting const& value) {
    status::List list{.element = "s", .items = {}};
    for (auto const& [name, content] : value)
        list.items.emplace_back(name + "=" + content);
    return list;
}

Result<void> Codec<std::vector<OptionalPath>>::assign(std::vector<OptionalPath>& value, std::string_view text,
                                                      Specifiers const& specifiers) {
    std::string const path = TRY(expanded(text, specifiers));
    bool const optional = path.starts_with('-');
    value.push_back({TRY(absolute_path(std::string_view(path).substr(optional ? 1 : 0))), optional});
    return {};
}

status::Value Codec<std::vector<OptionalPath>>::show(std::vector<OptionalPath> const& value) {
    status::List list{.element = "(sb)", .items = {}};
    for (auto const& [path, optional] : value)
        list.items.emplace_back(status::Struct{.fields = {path, optional}});
    return list;
}

} // namespace mitori::unit
