#include "procfs/lineage.hpp"

#include <algorithm>

namespace mitori::procfs {

Lineage::Lineage(std::span<Row const> rows) : rows_(rows), parents_(rows.size(), npos), first_(rows.size() + 1, 0) {
    by_pid_.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].thread == rows[i].pid) by_pid_.emplace(rows[i].pid, i);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const parent = find(rows[i].parent);
        // A pid may have come again between two reads: nobody is born before its parent.
        bool const believable = parent != npos && parent != i && rows[parent].start_ticks <= rows[i].start_ticks;
        if (!believable) {
            roots_.push_back(i);
            continue;
        }
        parents_[i] = parent;
        ++first_[parent + 1];
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        first_[i + 1] += first_[i];
    children_.resize(first_.back());
    auto next = first_;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (parents_[i] != npos) children_[next[parents_[i]]++] = i;
}

std::size_t Lineage::find(pid_t pid) const {
    auto const found = by_pid_.find(pid);
    return found == by_pid_.end() ? npos : found->second;
}

std::span<std::size_t const> Lineage::children(std::size_t row) const {
    return std::span(children_).subspan(first_[row], first_[row + 1] - first_[row]);
}

std::vector<std::size_t> Lineage::below(std::size_t row) const {
    std::vector<std::size_t> found{row};
    for (std::size_t next = 0; next < found.size() && found.size() <= rows_.size(); ++next)
        std::ranges::copy(children(found[next]), std::back_inserter(found));
    return found;
}

bool Lineage::is_below(std::size_t row, std::size_t above) const {
    for (std::size_t steps = 0; row != npos && steps <= rows_.size(); ++steps, row = parents_[row])
        if (row == above) return true;
    return false;
}

Descent Lineage::descent(std::size_t row) const {
    auto const& child = rows_[row];
    auto const above = parents_[row];
    if (above == npos || child.session == child.pid || rows_[above].session == child.session) return Descent::born;
    auto const& parent = rows_[above];
    auto const leader = find(child.session);
    bool const can_be_sibling = leader != npos && parents_[leader] == above && !rows_[leader].is_zombie();
    // Who left the session of its children leads another now, and none of those children can lead the old one.
    bool const parent_may_have_left = parent.session == parent.pid && leader != npos && is_below(above, leader);
    return can_be_sibling || parent_may_have_left ? Descent::unclear : Descent::adopted;
}

bool Lineage::is_subreaper(std::size_t row) const {
    auto const& inside = rows_[row].pids_inside;
    bool const is_init = rows_[row].pid == 1 || (inside.size() > 1 && inside.back() == 1);
    return !is_init && std::ranges::any_of(children(row), [this](auto i) { return descent(i) == Descent::adopted; });
}

bool is_orphaned_group(Lineage const& lineage, std::span<Row const> rows, pid_t group) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].group != group || rows[i].is_zombie()) continue;
        auto const parent = lineage.parent(i);
        if (parent == Lineage::npos) continue;
        if (rows[parent].session == rows[i].session && rows[parent].group != group) return false;
    }
    return true;
}

} // namespace mitori::procfs
