// Codecs of dependencies and of conditions: many directives fill one member.
#include "unit/codecs/relations.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/detail/paths.hpp"
#include "unit/directive.hpp"
#include "unit/name.hpp"
#include "unit/words.hpp"

namespace mitori::unit {

using base::quote;
using base::Result;

Result<void> add_dependencies(Dependencies& dependencies, Relation relation, std::string_view text,
                              Specifiers const& specifiers) {
    if (text.empty()) return lost("an empty assignment clears nothing here: dependencies can only be added");
    auto const words = split_words(text, {.quotes = Quotes::keep});
    if (!words) return lost(words.error());
    for (auto const& word : *words) {
        auto name = expanded(word, specifiers);
        if (name && !parse_name(*name))
            name = lost(fmt::format("{} is no name of a unit: write one as name.service", quote(*name)));
        if (!name) {
            specifiers.remark(name.error().operation);
            continue;
        }
        // A template is meant for the same instance as this unit's, or for this unit.
        if (is_template(*name))
            name = instantiate(*name, specifiers.instance.empty() ? specifiers.prefix : specifiers.instance);
        Dependency dependency{.relation = relation, .origin = Origin::file, .unit = *std::move(name)};
        if (std::ranges::find(dependencies, dependency) == dependencies.end())
            dependencies.push_back(std::move(dependency));
    }
    return {};
}

status::Value show_dependencies(Dependencies const& dependencies, Relation relation) {
    status::List list{.element = "s", .items = {}};
    for (auto const& dependency : dependencies)
        if (dependency.relation == relation) list.items.emplace_back(dependency.unit);
    return list;
}

Result<void> add_condition(std::vector<Condition>& conditions, ConditionKind kind, Parameter parameter,
                           std::string_view text, Specifiers const& specifiers) {
    Condition condition{.kind = kind, .parameter = {}};
    // White space may follow the signs, but not before a path: so systemd has it.
    auto const take = [&](char sign) {
        if (!text.starts_with(sign)) return false;
        text.remove_prefix(1);
        if (parameter == Parameter::text) text = base::trim(text);
        return true;
    };
    condition.trigger = take('|');
    condition.negate = take('!');
    condition.parameter = TRY(expanded(text, specifiers));
    if (parameter == Parameter::path) condition.parameter = TRY(absolute_path(condition.parameter));
    conditions.push_back(std::move(condition));
    return {};
}

status::Value show_conditions(std::span<Condition const> conditions, std::string_view prefix,
                              std::span<std::int32_t const> results) {
    status::List list{.element = "(sbbsi)", .items = {}};
    // systemd shows the last one first.
    for (std::size_t i = conditions.size(); i-- > 0;) {
        auto const& condition = conditions[i];
        std::int32_t const result = i < results.size() ? results[i] : 0;
        list.items.emplace_back(
            status::Struct{.fields = {std::string(prefix) + std::string(base::word(condition.kind)), condition.trigger,
                                      condition.negate, condition.parameter, result}});
    }
    return list;
}

} // namespace mitori::unit
