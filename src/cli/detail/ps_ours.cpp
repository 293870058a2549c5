#include "cli/detail/ps_ours.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "procfs/origin.hpp"

namespace mitori::cli::detail {
namespace {

std::string or_dash(std::string text) { return text.empty() ? "-" : std::move(text); }

std::optional<procfs::MemoryLimit> const& limit_of(PsCell const& cell) {
    return cell.desk.limits().memory(cell.row.cgroup, cell.row.memory_cgroup);
}

/// Whether it is the first one in a pid namespace below ours.
bool begins_namespace(PsCell const& cell) {
    auto const& inside = cell.row.pids_inside;
    return inside.size() > 1 && inside.back() == 1;
}

std::string zombie_mark(PsCell const& cell, std::size_t index) {
    auto const above = index == procfs::Lineage::npos ? index : cell.desk.lineage().parent(index);
    if (above == procfs::Lineage::npos) return "zombie";
    auto const& parent = cell.desk.rows()[above];
    return fmt::format("zombie, {} ({}) does not wait", parent.pid, base::printable(parent.comm));
}

} // namespace

std::string show_unit(PsCell const& cell) { return or_dash(base::printable(cell.desk.membership(cell.row).unit)); }

std::string show_container(PsCell const& cell) {
    auto const container = procfs::container_of_cgroup(cell.row.cgroup);
    return container ? fmt::format("{}:{}", container->engine, base::printable(container->id)) : "-";
}

std::string show_cgroup(PsCell const& cell) { return or_dash(base::printable(cell.row.cgroup)); }

std::string show_leader(PsCell const& cell) {
    auto const index = cell.desk.lineage().find(cell.row.session);
    return index == procfs::Lineage::npos ? "-" : base::printable(cell.desk.rows()[index].comm);
}

std::string show_marks(PsCell const& cell) { return or_dash(base::join(marks_of(cell), "; ")); }

std::string show_memory_limit(PsCell const& cell) {
    auto const& limit = limit_of(cell);
    return limit ? base::show_size(limit->most) : "-";
}

double memory_limit(PsCell const& cell) {
    auto const& limit = limit_of(cell);
    return limit ? static_cast<double>(limit->most) : 0;
}

double memory_share(PsCell const& cell) {
    auto const& limit = limit_of(cell);
    if (!limit || limit->most == 0) return 0;
    return static_cast<double>(limit->used) * 100 / static_cast<double>(limit->most);
}

std::string show_memory_share(PsCell const& cell) {
    return limit_of(cell) ? fmt::format("{:.1f}", memory_share(cell)) : "-";
}

std::vector<std::string> marks_of(PsCell const& cell) {
    std::vector<std::string> marks;
    auto const& row = cell.row;
    auto const& lineage = cell.desk.lineage();
    auto const index = lineage.find(row.pid);
    if (row.is_zombie()) marks.push_back(zombie_mark(cell, index));
    if (row.is_stopped()) marks.emplace_back(row.state == 't' ? "traced" : "stopped");
    if (row.is_kernel_thread()) marks.emplace_back("kernel thread");
    if (index != procfs::Lineage::npos) {
        auto const descent = lineage.descent(index);
        if (descent == procfs::Descent::adopted) marks.emplace_back("orphan");
        if (descent == procfs::Descent::unclear) marks.emplace_back("orphan or sibling");
        if (lineage.is_subreaper(index)) marks.emplace_back("subreaper");
    }
    if (begins_namespace(cell)) marks.emplace_back("pid namespace");
    return marks;
}

} // namespace mitori::cli::detail
