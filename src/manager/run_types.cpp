#include "manager/run_types.hpp"

#include <array>
#include <fmt/format.h>

#include "unit/unit_names.hpp"

namespace mitori::manager {
namespace {

struct Asking {
    unit::Relation relation;
    std::string_view directive;
};
constexpr auto askings = std::to_array<Asking>({
    {unit::Relation::requires_, "Requires="},
    {unit::Relation::binds_to, "BindsTo="},
    {unit::Relation::wants, "Wants="},
    {unit::Relation::upholds, "Upholds="},
});

} // namespace

std::string say_without(unit::Unit const& unit, unit::Unit const& other) {
    bool const opens = other.type == unit::Type::socket && unit.type == unit::Type::service;
    return fmt::format("{} units are not run yet; {} starts without it{}", base::word(other.type), unit.id,
                       opens ? " and has to open it itself" : "");
}

std::vector<exec::Shortfall> missing_units(Graph const& graph, UnitRef ref) {
    std::vector<exec::Shortfall> missing;
    for (auto const& [relation, directive] : askings)
        for (Edge const& edge : graph.edges(ref, relation)) {
            auto const& other = graph.unit(edge.other);
            if (!goes_without(other)) continue;
            auto text = fmt::format("{}: {}", other.id, say_without(graph.unit(ref), other));
            missing.push_back({exec::Grade::degraded, std::string(directive), std::move(text)});
        }
    return missing;
}

} // namespace mitori::manager
