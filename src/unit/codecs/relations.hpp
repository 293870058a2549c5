// Codecs of dependencies and conditions: many directives, one member. See codec.hpp.
#pragma once

#include <string_view>
#include <vector>

#include "unit/codec.hpp"

namespace mitori::unit {

[[nodiscard]] base::Result<void> add_dependencies(Dependencies& dependencies, Relation relation, std::string_view text,
                                                  Specifiers const& specifiers);
[[nodiscard]] status::Value show_dependencies(Dependencies const& dependencies, Relation relation);

/// Names of units. Cannot be cleared: systemd.unit(5).
template <Relation Kind>
struct DependencyOf {
    static constexpr bool reads_empty = true;
    static base::Result<void> assign(Shared<Dependencies>& dependencies, std::string_view text,
                                     Specifiers const& specifiers) {
        return add_dependencies(dependencies.edit(), Kind, text, specifiers);
    }
    static status::Value show(Shared<Dependencies> const& dependencies) {
        return show_dependencies(*dependencies, Kind);
    }
};

/// What a condition's parameter is.
enum class Parameter : std::uint8_t { text, path };
/// The empty text clears the conditions of every kind.
[[nodiscard]] base::Result<void> add_condition(std::vector<Condition>& conditions, ConditionKind kind,
                                               Parameter parameter, std::string_view text,
                                               Specifiers const& specifiers);

template <ConditionKind Kind, Parameter What>
struct ConditionOf {
    static base::Result<void> assign(std::vector<Condition>& conditions, std::string_view text,
                                     Specifiers const& specifiers) {
        return add_condition(conditions, Kind, What, text, specifiers);
    }
};

} // namespace mitori::unit
