#include "manager/graph.hpp"

#include <algorithm>
#include <tuple>

namespace mitori::manager {

using unit::Origin;
using unit::Relation;

namespace {

/// As many as a unit has that is no hub. Those have all their edges at once; a hub's grow in many turns.
constexpr std::size_t few_edges = 64;

auto key(Edge const& edge) { return std::tuple(edge.relation, edge.other, edge.origin); }

bool same_edge(Edge const& a, Edge const& b) { return a.relation == b.relation && a.other == b.other; }

/// A node that stands for nothing any more: it only keeps its name and its ref.
unit::UnitPtr make_stub(unit::Unit const& of) {
    auto stub = std::make_shared<unit::Unit>();
    stub->id = of.id;
    stub->type = of.type;
    stub->load_state = unit::LoadState::stub;
    return stub;
}

bool pulls_in(Relation relation) {
    return relation == Relation::requires_ || relation == Relation::wants || relation == Relation::requisite ||
           relation == Relation::binds_to || relation == Relation::upholds;
}

bool takes_default_order(unit::Unit const& unit) {
    return unit.load_state == unit::LoadState::loaded && unit.info.default_dependencies;
}

} // namespace

Relation inverse(Relation relation) {
    switch (relation) {
    case Relation::requires_: return Relation::required_by;
    case Relation::requisite: return Relation::requisite_of;
    case Relation::wants: return Relation::wanted_by;
    case Relation::binds_to: return Relation::bound_by;
    case Relation::part_of: return Relation::consists_of;
    case Relation::upholds: return Relation::upheld_by;
    case Relation::conflicts: return Relation::conflicted_by;
    case Relation::before: return Relation::after;
    case Relation::after: return Relation::before;
    case Relation::on_failure: return Relation::on_failure_of;
    case Relation::on_success: return Relation::on_success_of;
    case Relation::propagates_reload_to: return Relation::reload_propagated_from;
    case Relation::reload_propagated_from: return Relation::propagates_reload_to;
    case Relation::propagates_stop_to: return Relation::stop_propagated_from;
    case Relation::stop_propagated_from: return Relation::propagates_stop_to;
    case Relation::joins_namespace_of: return Relation::joins_namespace_of;
    case Relation::required_by: return Relation::requires_;
    case Relation::requisite_of: return Relation::requisite;
    case Relation::wanted_by: return Relation::wants;
    case Relation::bound_by: return Relation::binds_to;
    case Relation::consists_of: return Relation::part_of;
    case Relation::upheld_by: return Relation::upholds;
    case Relation::conflicted_by: return Relation::conflicts;
    case Relation::on_failure_of: return Relation::on_failure;
    case Relation::on_success_of: return Relation::on_success;
    }
    return relation;
}

UnitRef Graph::add(std::string_view name) {
    UnitRef const ref = intern(name);
    settle();
    return ref;
}

std::optional<UnitRef> Graph::find(std::string_view name) const {
    auto const known = names_.find(name);
    if (known == names_.end() || !live(known->second)) return std::nullopt;
    return known->second;
}

std::span<Edge const> Graph::edges(UnitRef ref, Relation relation) const {
    auto const& all = edges(ref);
    auto const [first, last] = std::ranges::equal_range(all, relation, {}, &Edge::relation);
    return {first, last};
}

std::vector<UnitRef> Graph::related(UnitRef ref, Relation relation) const {
    std::vector<UnitRef> others;
    for (Edge const& edge : edges(ref, relation))
        others.push_back(edge.other);
    return others;
}

/// The live node of a name. A new one is loaded, and connected by the next settle().
UnitRef Graph::intern(std::string_view name) {
    auto const known = names_.find(name);
    if (known != names_.end() && live(known->second)) return known->second;
    UnitRef const ref = place(load_(name));
    // Where the loader has followed an alias it may not list this one among the unit's names.
    names_.insert_or_assign(std::string(name), ref);
    return ref;
}

UnitRef Graph::place(unit::UnitPtr loaded) {
    auto const [at, is_new] = names_.try_emplace(loaded->id, static_cast<UnitRef>(nodes_.size()));
    UnitRef const ref = at->second;
    if (is_new) nodes_.emplace_back();
    Node& node = nodes_[index(ref)];
    if (is_new || !live(ref)) {
        node.unit = loaded;
        unconnected_.push_back(ref);
        ++generation_;
    } else if (loaded->names.size() > node.unit->names.size()) {
        node.unit = loaded; // the same unit, found by an alias that was not known of
    }
    name_aliases(ref);
    return ref;
}

void Graph::name_aliases(UnitRef ref) {
    for (auto const& alias : unit(ref).names) {
        auto const [at, is_new] = names_.try_emplace(alias, ref);
        if (!is_new && !live(at->second)) at->second = ref;
    }
}

/// Connects what was interned, and what that interns, until all edges are there.
void Graph::settle() {
    for (std::size_t next = 0; next < unconnected_.size(); ++next)
        connect(unconnected_[next]);
    unconnected_.clear();
    sort_edges();
    order_targets();
    sort_edges();
}

void Graph::connect(UnitRef ref) {
    unit::UnitPtr const stated = unit_ptr(ref); // interning may move the nodes
    for (auto const& dependency : *stated->info.dependencies)
        link(ref, dependency.relation, dependency.origin, intern(dependency.unit));
}

void Graph::link(UnitRef from, Relation relation, Origin origin, UnitRef to) {
    if (from == to) return;
    push(from, {relation, origin, to});
    push(to, {inverse(relation), origin, from});
    if (unit(from).type == unit::Type::target && pulls_in(relation)) pulled_by_target_.emplace_back(from, to);
}

void Graph::push(UnitRef at, Edge edge) {
    Node& node = nodes_[index(at)];
    if (node.sorted == node.edges.size()) unsorted_.push_back(at);
    node.edges.push_back(edge);
}

void Graph::order_targets() {
    for (auto const& [target, pulled] : std::exchange(pulled_by_target_, {})) {
        if (!takes_default_order(unit(target)) || !takes_default_order(unit(pulled))) continue;
        if (has_edge(target, Relation::before, pulled)) continue;
        link(target, Relation::after, Origin::default_, pulled);
    }
}

void Graph::sort_edges() {
    if (!unsorted_.empty()) ++generation_;
    for (UnitRef const ref : std::exchange(unsorted_, {})) {
        auto& [unit, edges, sorted] = nodes_[index(ref)];
        auto const middle = edges.begin() + sorted;
        std::ranges::sort(middle, edges.end(), {}, key);
        std::ranges::inplace_merge(edges, middle, {}, key);
        auto const surplus = std::ranges::unique(edges, same_edge);
        edges.erase(surplus.begin(), surplus.end());
        sorted = static_cast<std::uint32_t>(edges.size());
        if (edges.size() <= few_edges) edges.shrink_to_fit();
    }
}

bool Graph::has_edge(UnitRef ref, Relation relation, UnitRef other) const {
    auto const some = edges(ref, relation);
    return std::ranges::binary_search(some, other, {}, &Edge::other);
}

void Graph::reload(std::function<bool(UnitRef)> const& keep) {
    std::vector<std::pair<UnitRef, unit::UnitPtr>> kept;
    std::erase_if(names_, [this](auto const& entry) { return name(entry.second) != entry.first; });
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        auto const ref = static_cast<UnitRef>(i);
        if (live(ref) && keep(ref)) kept.emplace_back(ref, unit_ptr(ref));
        nodes_[i] = {make_stub(unit(ref)), {}, 0};
    }
    for (auto const& [ref, before] : kept) {
        auto loaded = load_(before->id);
        nodes_[index(ref)].unit = loaded->id == before->id ? loaded : before;
        unconnected_.push_back(ref);
    }
    for (auto const& [ref, before] : kept)
        name_aliases(ref);
    ++generation_;
    settle();
}

UnitRef Graph::retry(UnitRef ref) {
    auto const state = unit(ref).load_state;
    using unit::LoadState;
    if (state != LoadState::not_found && state != LoadState::bad_setting && state != LoadState::error) return ref;
    load_again(ref);
    UnitRef const now = names_.find(name(ref))->second;
    settle();
    return now;
}

/// Loads the node's unit anew. Its edges are made anew too: those that it states by itself, those that others state of
/// it by connecting the others once more (edges that are there already fall together).
void Graph::load_again(UnitRef ref) {
    unit::UnitPtr const before = unit_ptr(ref);
    for (Edge const& edge : edges(ref))
        if (std::ranges::find(unconnected_, edge.other) == unconnected_.end()) unconnected_.push_back(edge.other);
    detach(ref);
    nodes_[index(ref)].unit = make_stub(*before);
    UnitRef const now = place(load_(before->id));
    names_.insert_or_assign(before->id, now);
}

void Graph::detach(UnitRef ref) {
    for (Edge const& edge : std::exchange(nodes_[index(ref)].edges, {})) {
        Node& other = nodes_[index(edge.other)];
        std::erase_if(other.edges, [ref](Edge const& back) { return back.other == ref; });
        other.sorted = static_cast<std::uint32_t>(other.edges.size());
    }
    nodes_[index(ref)].sorted = 0;
}

} // namespace mitori::manager
