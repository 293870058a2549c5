// The units that are loaded and how they speak of each other.
//
// Units are named by a small index (UnitRef) that stays theirs for as long as the graph lives: edges, jobs and events
// hold no pointers and no strings. A name that some unit mentions has a node even if no file was found for it: its
// unit's load_state says so. An alias is a second name of one node.
//
// Every relation that a unit states is stored at both ends (Requires= here is required_by there), so that pulling in
// and propagating are both a walk over one node's edges. One rule needs both ends loaded, so the graph applies it: a
// target comes after what it pulls in, unless either has DefaultDependencies=no or the target is said to come first
// (systemd.target(5)). Else the graph makes no decision, and it holds no states.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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
    /// The node of a name that is live; aliases count. Loads nothing.
    [[nodiscard]] std::optional<UnitRef> find(std::string_view name) const;

    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] unit::Unit const& unit(UnitRef ref) const { return *nodes_[index(ref)].unit; }
    [[nodiscard]] unit::UnitPtr unit_ptr(UnitRef ref) const { return nodes_[index(ref)].unit; }
    [[nodiscard]] std::string const& name(UnitRef ref) const { return unit(ref).id; }
    /// Sorted by relation, then by the other's ref; each pair once, whoever of the two said it.
    [[nodiscard]] std::vector<Edge> const& edges(UnitRef ref) const { return nodes_[index(ref)].edges; }
    /// Those of one relation: a part of the above, valid as long as it.
    [[nodiscard]] std::span<Edge const> edges(UnitRef ref, unit::Relation relation) const;
    /// The others at the end of one relation.
    [[nodiscard]] std::vector<UnitRef> related(UnitRef ref, unit::Relation relation) const;

    /// daemon-reload: loads every node again under the same refs and remakes all edges. Nodes that nobody mentions any
    /// more and that `keep` does not hold become stubs that the lists leave out. A kept node whose name has become an
    /// alias of another unit stays as it was: what runs under it has to be ended by the settings it was started with.
    void reload(std::function<bool(UnitRef)> const& keep);
    /// Loads one unit again (its file has appeared, or changed and `start` asks for it): not-found and errors only.
    /// Returns its ref, which is another one if the name has become an alias.
    UnitRef retry(UnitRef ref);
    /// False for a stub that was dropped by reload.
    [[nodiscard]] bool live(UnitRef ref) const { return unit(ref).load_state != unit::LoadState::stub; }
    /// Changes whenever edges of nodes that were there before may have changed.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }

private:
    struct Node {
        unit::UnitPtr unit;
        std::vector<Edge> edges;
        std::uint32_t sorted = 0; ///< how many of the edges are in order already
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Names = std::unordered_map<std::string, UnitRef, Hash, std::equal_to<>>;

    UnitRef intern(std::string_view name);
    UnitRef place(unit::UnitPtr loaded);
    void name_aliases(UnitRef ref);
    void settle();
    void connect(UnitRef ref);
    void link(UnitRef from, unit::Relation relation, unit::Origin origin, UnitRef to);
    void push(UnitRef at, Edge edge);
    void order_targets();
    void sort_edges();
    void detach(UnitRef ref);
    void load_again(UnitRef ref);
    [[nodiscard]] bool has_edge(UnitRef ref, unit::Relation relation, UnitRef other) const;

    Load load_;
    std::vector<Node> nodes_;
    Names names_;
    // What settle() has still to do.
    std::vector<UnitRef> unconnected_;
    std::vector<UnitRef> unsorted_;
    std::vector<std::pair<UnitRef, UnitRef>> pulled_by_target_;
    std::uint64_t generation_ = 0;
};

/// The relation at the other end: requires_ -> required_by, before -> after …
[[nodiscard]] unit::Relation inverse(unit::Relation relation);

} // namespace mitori::manager
