#include "top/detail/planting.hpp"

#include <algorithm>
#include <numeric>

namespace mitori::top {
namespace {

/// -1, 0, 1
template <class T>
int compare(T const& a, T const& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

std::string_view shown(Process const& process) { return process.command.empty() ? process.name : process.command; }

int compare(Sort sort, Board const& board, Process const& a, Process const& b) {
    switch (sort) {
    case Sort::cpu: return compare(a.cpu, b.cpu);
    case Sort::memory: return compare(a.resident, b.resident);
    case Sort::io: return compare(a.io.value_or(-1), b.io.value_or(-1));
    case Sort::time: return compare(a.cpu_ticks, b.cpu_ticks);
    case Sort::user: return compare(board.user_of(a), board.user_of(b));
    case Sort::state: return compare(a.state, b.state);
    case Sort::nice: return compare(a.nice, b.nice);
    case Sort::threads: return compare(a.threads, b.threads);
    case Sort::command: return compare(shown(a), shown(b));
    case Sort::pid:
    case Sort::pressure:
    case Sort::restarts: break; // a process has neither of the two
    }
    return sort == Sort::pid ? compare(a.pid, b.pid) : 0;
}

double pressure_of(GroupTotals const& group) {
    return group.told != nullptr ? group.told->pressure.most().value_or(-1) : -1;
}

double restarts_of(GroupTotals const& group) {
    if (group.told == nullptr || !group.told->restarts) return -1;
    return static_cast<double>(*group.told->restarts);
}

int compare(Sort sort, GroupTotals const& a, GroupTotals const& b) {
    switch (sort) {
    case Sort::cpu: return compare(a.cpu, b.cpu);
    case Sort::memory: return compare(a.memory, b.memory);
    case Sort::io: return compare(a.io.value_or(-1), b.io.value_or(-1));
    case Sort::time: return compare(a.cpu_ticks, b.cpu_ticks);
    case Sort::threads: return compare(a.threads, b.threads);
    case Sort::pressure: return compare(pressure_of(a), pressure_of(b));
    case Sort::restarts: return compare(restarts_of(a), restarts_of(b));
    case Sort::pid:
    case Sort::user:
    case Sort::state:
    case Sort::nice:
    case Sort::command: break; // by name
    }
    return sort == Sort::command ? compare(a.name, b.name) : 0;
}

} // namespace

Planting::Planting(Board const& board, Choice const& choice) : board_(board), choice_(choice) {}

bool Planting::is_selected(Process const& process) const {
    auto const is_among = [](auto const& list, auto const& value) {
        return list.empty() || std::ranges::find(list, value) != list.end();
    };
    if (process.is_kernel && !choice_.kernel_threads) return false;
    if (!choice_.idle && process.cpu <= 0) return false;
    if (!is_among(choice_.pids, process.pid)) return false;
    if (!is_among(choice_.users, process.user.value_or(0))) return false;
    if (!is_among(choice_.any_users, process.user.value_or(0)) &&
        !is_among(choice_.any_users, process.real_user.value_or(0)))
        return false;
    return choice_.unit.empty() || process.unit == choice_.unit;
}

bool Planting::is_wanted(std::size_t index) const {
    if (!is_selected(process(index))) return false;
    if (choice_.filter.empty()) return true;
    Row const row{.kind = Kind::process, .index = index};
    Row const around{.kind = Kind::unit, .index = board_.group_of_[index]};
    return board_.matches(row, choice_.filter) || board_.matches(around, choice_.filter);
}

bool Planting::is_group_wanted(GroupTotals const& group) const {
    bool const anybody = choice_.pids.empty() && choice_.users.empty() && choice_.any_users.empty() && choice_.idle;
    if (group.processes != 0 || !anybody) return false; // those stand by their processes
    if (!choice_.unit.empty() && group.name != choice_.unit) return false;
    Row const row{.kind = Kind::unit, .index = static_cast<std::size_t>(&group - board_.groups_.data())};
    return board_.matches(row, choice_.filter);
}

bool Planting::hangs_below_parent(std::size_t index) const {
    auto const parent = board_.parent_of_[index];
    return parent != detail::nobody && parent != index && board_.group_of_[parent] == board_.group_of_[index];
}

void Planting::mark_wanted() {
    auto const count = board_.look_.processes.size();
    wanted_.assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        if (!is_wanted(i)) continue;
        // What is above it is shown, too, but by a filter that would be no filter in a flat list.
        std::size_t at = i;
        while (wanted_[at] == 0) {
            wanted_[at] = 1;
            if (choice_.shape == Shape::flat || !hangs_below_parent(at)) break;
            at = board_.parent_of_[at];
        }
    }
}

bool Planting::comes_first(std::size_t a, std::size_t b) const {
    auto const order = compare(choice_.sort, board_, process(a), process(b));
    if (order != 0) return choice_.order == Order::falling ? order > 0 : order < 0;
    return process(a).pid < process(b).pid;
}

bool Planting::group_comes_first(std::size_t a, std::size_t b) const {
    auto const& one = board_.groups_[a];
    auto const& other = board_.groups_[b];
    auto const order = compare(choice_.sort, one, other);
    if (order != 0) return choice_.order == Order::falling ? order > 0 : order < 0;
    return one.name < other.name;
}

void Planting::plant() {
    auto const count = board_.look_.processes.size();
    children_.assign(count, {});
    roots_.assign(board_.groups_.size(), {});
    for (std::size_t i = 0; i < count; ++i) {
        if (wanted_[i] == 0) continue;
        auto& place = hangs_below_parent(i) ? children_[board_.parent_of_[i]] : roots_[board_.group_of_[i]];
        place.push_back(i);
    }
    auto const order = [this](std::vector<std::size_t>& list) {
        std::ranges::sort(list, [this](auto a, auto b) { return comes_first(a, b); });
    };
    std::ranges::for_each(children_, order);
    std::ranges::for_each(roots_, order);
}

void Planting::emit_below(std::vector<std::size_t> const& roots) {
    std::vector<Spot> open;
    auto const push = [&open](std::vector<std::size_t> const& siblings, unsigned depth, std::uint64_t branches) {
        for (auto at = siblings.size(); at-- > 0;)
            open.push_back({siblings[at], depth, branches, at + 1 == siblings.size()});
    };
    push(roots, 1, 0);
    while (!open.empty()) {
        auto const spot = open.back();
        open.pop_back();
        Row row{.kind = Kind::process,
                .index = spot.process,
                .depth = spot.depth,
                .branches = spot.branches,
                .is_last = spot.is_last,
                .has_children = !children_[spot.process].empty()};
        row.is_folded = row.has_children && choice_.folded.contains(board_.identity_of(row));
        made_.push_back(row);
        constexpr unsigned deepest = 63;
        auto const mine = std::uint64_t{spot.is_last ? 0U : 1U} << std::min(spot.depth, deepest);
        if (!row.is_folded) push(children_[spot.process], spot.depth + 1, spot.branches | mine);
    }
}

void Planting::emit_group(std::size_t index) {
    auto const& group = board_.groups_[index];
    Row row{.kind = group.kind, .index = index, .has_children = !roots_[index].empty()};
    row.is_folded = row.has_children && choice_.folded.contains(board_.identity_of(row));
    made_.push_back(row);
    if (!row.is_folded) emit_below(roots_[index]);
}

std::vector<Row> Planting::flat() const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < wanted_.size(); ++i)
        if (wanted_[i] != 0) order.push_back(i);
    std::ranges::sort(order, [this](auto a, auto b) { return comes_first(a, b); });
    std::vector<Row> rows;
    rows.reserve(order.size());
    for (auto const index : order)
        rows.push_back({.kind = Kind::process, .index = index});
    return rows;
}

std::vector<Row> Planting::rows() {
    mark_wanted();
    if (choice_.shape == Shape::flat) return flat();
    plant();
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < board_.groups_.size(); ++i)
        if (!roots_[i].empty() || is_group_wanted(board_.groups_[i])) order.push_back(i);
    std::ranges::sort(order, [this](auto a, auto b) { return group_comes_first(a, b); });
    for (auto const index : order)
        emit_group(index);
    return std::move(made_);
}

} // namespace mitori::top
