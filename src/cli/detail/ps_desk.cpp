#include "cli/detail/ps_desk.hpp"

#include <algorithm>
#include <array>
#include <grp.h>
#include <pwd.h>

#include "base/text.hpp"
#include "procfs/origin.hpp"

namespace mitori::cli::detail {

std::string const& Names::user(std::uint32_t id) {
    auto const [place, is_new] = users_.try_emplace(id);
    if (!is_new) return place->second;
    passwd const* const entry = ::getpwuid(id);
    return place->second = entry != nullptr ? base::printable(entry->pw_name) : std::to_string(id);
}

std::string const& Names::group(std::uint32_t id) {
    auto const [place, is_new] = groups_.try_emplace(id);
    if (!is_new) return place->second;
    ::group const* const entry = ::getgrgid(id);
    return place->second = entry != nullptr ? base::printable(entry->gr_name) : std::to_string(id);
}

void PsDesk::lay_out(std::span<procfs::Row const> rows) {
    lineage_.reset();
    rates_.clear();
    memberships_.clear();
    asked_ = false;
    rows_ = rows;
}

void PsDesk::lay_out(std::span<procfs::Row const> rows, std::span<procfs::Row const> before, double seconds) {
    lay_out(rows);
    machine_ = procfs::read_machine();
    rates_ = procfs::rates_between(before, rows, seconds, machine_);
}

procfs::Lineage const& PsDesk::lineage() {
    if (!lineage_) lineage_.emplace(rows_);
    return *lineage_;
}

procfs::Rates const* PsDesk::rates(procfs::Row const& row) const {
    auto const index = static_cast<std::size_t>(&row - rows_.data());
    return index < rates_.size() ? &rates_[index] : nullptr;
}

void PsDesk::ask_manager() {
    asked_ = true;
    auto const connection = connect_ ? connect_() : nullptr;
    if (!connection) return;
    auto& query = connection->faces().query;
    auto const units =
        query.list_units({.states = {"active", "reloading", "activating", "deactivating"}, .patterns = {}});
    if (!units) return;
    for (auto const& unit : *units) {
        if (unit.name.ends_with(".target") || unit.name.ends_with(".slice")) continue;
        auto const processes = query.unit_processes(unit.name);
        if (!processes || processes->empty()) continue;
        for (auto const& process : *processes)
            memberships_[static_cast<pid_t>(process.pid)] = {unit.name, false};
        auto const properties = query.unit_properties(unit.name);
        auto const main = properties ? properties->get("MainPID").number() : 0;
        if (main != 0) memberships_[static_cast<pid_t>(main)] = {unit.name, true};
    }
}

Membership PsDesk::membership(procfs::Row const& row) {
    if (!asked_) ask_manager();
    auto const found = memberships_.find(row.pid);
    if (found != memberships_.end()) return found->second;
    return {procfs::unit_of_cgroup(row.cgroup), false};
}

} // namespace mitori::cli::detail
