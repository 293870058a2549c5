#include "top/units.hpp"

namespace mitori::top {
namespace {

/// Looks between two attempts to find a manager.
constexpr int patience = 5;

bool has_processes(std::string const& name) {
    return name.ends_with(".service") || name.ends_with(".scope") || name.ends_with(".socket") ||
           name.ends_with(".mount");
}

bool is_up(std::string const& active_state) { return active_state != "inactive" && active_state != "failed"; }

} // namespace

void Units::refresh() {
    if (rest_ > 0) {
        --rest_;
        return;
    }
    auto* const query = place_ == nullptr ? nullptr : place_->query();
    if (query != nullptr && ask(*query) == Answered::yes) {
        has_manager_ = true;
        return;
    }
    if (query != nullptr) place_->drop();
    has_manager_ = false;
    units_.clear();
    by_pid_.clear();
    rest_ = patience;
}

Units::Answered Units::ask(control::Query& query) {
    auto const rows = query.list_units({});
    if (!rows) return Answered::no;
    std::map<std::string, KnownUnit> found;
    by_pid_.clear();
    for (auto const& row : *rows) {
        if (!has_processes(row.name) || row.active_state == "inactive") continue;
        auto const before = units_.find(row.name);
        KnownUnit unit{.active_state = row.active_state, .sub_state = row.sub_state, .restarts = {}, .pids = {}};
        if (is_up(row.active_state)) ask_for_processes(query, row.name, unit);
        bool const is_same = before != units_.end() && before->second.active_state == unit.active_state &&
                             before->second.sub_state == unit.sub_state && before->second.pids == unit.pids;
        if (is_same)
            unit.restarts = before->second.restarts;
        else if (auto const properties = query.unit_properties(row.name))
            if (auto const* const restarts = properties->find("NRestarts")) unit.restarts = restarts->number();
        for (auto const pid : unit.pids)
            by_pid_[pid] = row.name;
        found.emplace(row.name, std::move(unit));
    }
    units_ = std::move(found);
    return Answered::yes;
}

void Units::ask_for_processes(control::Query& query, std::string const& name, KnownUnit& unit) {
    auto const processes = query.unit_processes(name);
    if (!processes) return;
    for (auto const& process : *processes)
        unit.pids.push_back(static_cast<pid_t>(process.pid));
}

std::string Units::unit_of(pid_t pid) const {
    auto const found = by_pid_.find(pid);
    return found == by_pid_.end() ? std::string() : found->second;
}

} // namespace mitori::top
