// The units that are loaded and how they speak of each other.
//
// Units are named by a small index (UnitRef) that stays theirs for as long as the graph lives: edges, jobs and events
// hold no pointers and no strings. A name that some unit mentions has a node even if no file was found for it: its
// unit's load_state says so. An alias is a second name of one node.
//
// Every relation that a unit states is stored at both ends (Requires= here is required_by there), so that pulling in
// and propagating are both a walk over one node's edges. The graph holds no states and makes no decision.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "unit/unit.hpp"

namespace mitori::manager {

enum class UnitRef : std::uint32_t {};
[[nodiscard]] constexpr std::size_t index(UnitRef ref) { return static_cast<std::size_t>(ref); }

struct Edge {
    unit::Relation relation;
    unit::Origin origin;
    UnitRef other;
};

class Graph {
public:
    /// How a name becomes a unit: unit::Loader::load, or a table in tests.
    using Load = std::function<unit::UnitPtr(std::string_view)>;
    explicit Graph(Load load) : load_(std::move(load)) {}

    /// The node of a name, loading it, and everything it mentions, if need be. Iterative: a chain of a million
    /// dependencies does not end the manager.
    UnitRef add(std::string_view name);
    [[nodiscard]] std::optional<UnitRef> find(std::string_view name) const;

    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] unit::Unit const& unit(UnitRef ref) const { return *nodes_[index(ref)].unit; }
    [[nodiscard]] unit::UnitPtr unit_ptr(UnitRef ref) const { return nodes_[index(ref)].unit; }
    [[nodiscard]] std::string const& name(UnitRef ref) const { return unit(ref).id; }
    [[nodiscard]] std::vector<Edge> const& edges(UnitRef ref) const { return nodes_[index(ref)].edges; }
    /// The others at the end of one relation.
    [[nodiscard]] std::vector<UnitRef> related(UnitRef ref, unit::Relation relation) const;

    /// daemon-reload: loads every node again under the same refs and remakes all edges. Nodes that nobody mentions any
    /// more and that `keep` does not hold become stubs that the lists leave out.
    void reload(std::function<bool(UnitRef)> const& keep);
    /// Loads one unit again (its file has appeared, or changed and `start` asks for it): not-found and errors only.
    void retry(UnitRef ref);
    /// False for a stub that was dropped by reload.
    [[nodiscard]] bool live(UnitRef ref) const;

private:
    struct Node {
        unit::UnitPtr unit;
        std::vector<Edge> edges;
    };
    UnitRef intern(std::string_view name);
    void connect(UnitRef ref);
    void link(UnitRef from, unit::Relation relation, unit::Origin origin, UnitRef to);

    Load load_;
    std::vector<Node> nodes_;
    std::unordered_map<std::string, UnitRef> names_;
    std::vector<UnitRef> unconnected_;
};

/// The relation at the other end: requires_ -> required_by, before -> after …
[[nodiscard]] unit::Relation inverse(unit::Relation relation);

} // namespace mitori::manager
