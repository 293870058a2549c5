// What every unit depends on without saying so: systemd.service(5), systemd.target(5), systemd.slice(5) … each under
// "AUTOMATIC DEPENDENCIES".
#include <algorithm>
#include <fmt/format.h>

#include "unit/load.hpp"
#include "unit/name.hpp"

namespace mitori::unit {
namespace {

bool has(Unit const& unit, Relation relation, std::string_view other) {
    return std::ranges::any_of(*unit.info.dependencies, [&](Dependency const& dependency) {
        return dependency.relation == relation && dependency.unit == other;
    });
}

void add(Unit& unit, Origin origin, std::initializer_list<Relation> relations, std::string_view other) {
    if (unit.id == other) return;
    for (auto const relation : relations)
        if (!has(unit, relation, other))
            unit.info.dependencies.edit().push_back({relation, origin, std::string(other)});
}

bool is_shutdown_target(Unit const& unit) { return unit.id == "shutdown.target"; }

void stop_at_shutdown(Unit& unit) {
    if (!is_shutdown_target(unit))
        add(unit, Origin::default_, {Relation::before, Relation::conflicts}, "shutdown.target");
}

/// What runs in the base system needs it up. A user's manager has no sysinit.target.
void start_after_base(Unit& unit, Scope scope) {
    auto const* const base = scope == Scope::system ? "sysinit.target" : "basic.target";
    add(unit, Origin::default_, {Relation::after, Relation::requires_}, base);
}

void add_optional(Unit& unit, Scope scope) {
    switch (unit.type) {
    case Type::service:
        start_after_base(unit, scope);
        add(unit, Origin::default_, {Relation::after}, "basic.target");
        break;
    case Type::target: break; // its order after what it pulls in needs both ends: manager::Graph
    case Type::socket:
        add(unit, Origin::default_, {Relation::before}, "sockets.target");
        if (scope == Scope::system) start_after_base(unit, scope);
        break;
    case Type::timer:
        add(unit, Origin::default_, {Relation::before}, "timers.target");
        if (scope == Scope::system) start_after_base(unit, scope);
        break;
    case Type::path:
        add(unit, Origin::default_, {Relation::before}, "paths.target");
        if (scope == Scope::system) start_after_base(unit, scope);
        break;
    case Type::slice: break;
    default: return; // mounts, swaps, devices and scopes are the kernel's or another program's
    }
    stop_at_shutdown(unit);
}

/// "a-b.slice" lies in "a.slice", that in "-.slice".
std::string parent_of_slice(std::string_view name) {
    auto const prefix = name.substr(0, name.rfind('.'));
    auto const dash = prefix.rfind('-');
    return dash == std::string_view::npos ? "-.slice" : std::string(prefix.substr(0, dash)) + ".slice";
}

std::string default_slice(Unit const& unit, Scope scope) {
    if (unit.type == Type::slice) return unit.id == "-.slice" ? std::string() : parent_of_slice(unit.id);
    auto const* const root = scope == Scope::system ? "system" : "app";
    auto const parts = parse_name(unit.id);
    if (!parts || !parts->instance) return fmt::format("{}.slice", root);
    return fmt::format("{}-{}.slice", root, escape(parts->prefix));
}

bool lives_in_slice(Type type) {
    return type == Type::service || type == Type::slice || type == Type::socket || type == Type::mount ||
           type == Type::swap || type == Type::scope;
}

} // namespace

void add_default_dependencies(Unit& unit, Scope scope) {
    if (unit.type == Type::slice || (lives_in_slice(unit.type) && unit.slice.empty()))
        unit.slice = default_slice(unit, scope);
    if (!unit.slice.empty()) {
        auto const origin = unit.type == Type::slice ? Origin::implicit : Origin::file;
        add(unit, origin, {Relation::after, Relation::requires_}, unit.slice);
    }
    if (unit.info.default_dependencies) add_optional(unit, scope);
}

} // namespace mitori::unit
