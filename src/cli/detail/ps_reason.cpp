// Why a process is there, as far as anybody can tell: what started it, or what keeps it.
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/ps_fields.hpp"
#include "procfs/origin.hpp"

namespace mitori::cli::detail {
namespace {

std::string_view variable(std::string_view environment, std::string_view name) {
    while (!environment.empty()) {
        auto const entry = environment.substr(0, environment.find('\0'));
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
            return entry.substr(name.size() + 1);
        environment.remove_prefix(std::min(entry.size() + 1, environment.size()));
    }
    return {};
}

/// A manager tells each process that it starts which one it is: systemd.exec(5), SYSTEMD_EXEC_PID.
bool was_started_by_a_manager(procfs::Row const& row) {
    return variable(row.environment, "SYSTEMD_EXEC_PID") == std::to_string(row.pid);
}

std::string of_parent(PsCell const& cell, std::size_t index) {
    auto const& lineage = cell.desk.lineage();
    auto const above = lineage.parent(index);
    if (above == procfs::Lineage::npos) return "";
    auto const& parent = cell.desk.rows()[above];
    auto const who = fmt::format("{} ({})", parent.pid, base::printable(parent.comm));
    switch (lineage.descent(index)) {
    case procfs::Descent::adopted: return "orphan, adopted by " + who;
    case procfs::Descent::unclear: return "orphan of, or made a child of, " + who;
    case procfs::Descent::born: break;
    }
    return "child of " + who;
}

} // namespace

std::string reason_of(PsCell const& cell) {
    auto const& row = cell.row;
    if (row.pid == 1) return "first process";
    if (row.is_kernel_thread()) return "kernel thread";
    auto const index = cell.desk.lineage().find(row.pid);
    bool const is_first_inside = row.pids_inside.size() > 1 && row.pids_inside.back() == 1;
    if (is_first_inside) {
        auto const container = procfs::container_of_cgroup(row.cgroup);
        return container ? fmt::format("first process of {} container {}", container->engine, container->id)
                         : "first process of a pid namespace";
    }
    auto const membership = cell.desk.membership(row);
    auto const unit = base::printable(membership.unit);
    if (membership.is_main) return "main process of " + unit;
    if (was_started_by_a_manager(row)) return unit.empty() ? "started by a manager" : "started for " + unit;
    auto const parent = index == procfs::Lineage::npos ? "" : of_parent(cell, index);
    return unit.empty() || parent.empty() ? parent : fmt::format("{} in {}", parent, unit);
}

} // namespace mitori::cli::detail
