#include "top/board.hpp"

#include <algorithm>
#include <ranges>

#include "top/detail/planting.hpp"

namespace mitori::top {
namespace {

std::string const& group_name(Process const& process) {
    static std::string const loose(loose_name);
    static std::string const kernel(kernel_name);
    if (process.is_kernel) return kernel;
    if (!process.container.empty()) return process.container;
    return process.unit.empty() ? loose : process.unit;
}

Kind group_kind(Process const& process) {
    if (process.is_kernel) return Kind::kernel;
    if (!process.container.empty()) return Kind::container;
    return process.unit.empty() ? Kind::loose : Kind::unit;
}

void add(GroupTotals& group, Process const& process) {
    group.cpu += process.cpu;
    group.memory += process.resident;
    group.cpu_ticks += process.cpu_ticks;
    group.threads += process.threads;
    ++group.processes;
    if (process.io) group.io = group.io.value_or(0) + *process.io;
}

bool is_worth_a_row(Group const& group) {
    return group.active_state == "failed" || group.active_state == "activating" || group.active_state == "deactivating";
}

} // namespace

Order natural_order(Sort sort) {
    bool const rises =
        sort == Sort::pid || sort == Sort::user || sort == Sort::nice || sort == Sort::state || sort == Sort::command;
    return rises ? Order::rising : Order::falling;
}

Sort next_sort(Sort sort) { return sort == Sort::command ? Sort::cpu : static_cast<Sort>(static_cast<int>(sort) + 1); }

Sort previous_sort(Sort sort) {
    return sort == Sort::cpu ? Sort::command : static_cast<Sort>(static_cast<int>(sort) - 1);
}

void Board::take(Look look) {
    look_ = std::move(look);
    add_up();
    if (look_.number == taken_) return;
    taken_ = look_.number;
    remember();
}

void Board::add_up() {
    groups_.clear();
    group_of_.clear();
    std::unordered_map<std::string_view, std::size_t> by_name;
    auto const place_of = [&](std::string const& name, Kind kind) {
        auto const [found, is_new] = by_name.try_emplace(name, groups_.size());
        if (is_new) groups_.push_back({.kind = kind, .name = name});
        return found->second;
    };
    for (auto const& process : look_.processes) {
        auto const index = place_of(group_name(process), group_kind(process));
        add(groups_[index], process);
        group_of_.push_back(index);
    }
    for (auto const& told : look_.groups) {
        auto const found = by_name.find(told.name);
        if (found != by_name.end())
            groups_[found->second].told = &told;
        else if (is_worth_a_row(told))
            groups_[place_of(told.name, Kind::unit)].told = &told;
    }
    std::unordered_map<pid_t, std::size_t> by_pid;
    for (std::size_t i = 0; i < look_.processes.size(); ++i)
        by_pid.emplace(look_.processes[i].pid, i);
    parent_of_.clear();
    for (auto const& process : look_.processes) {
        auto const found = by_pid.find(process.parent);
        parent_of_.push_back(found == by_pid.end() ? detail::nobody : found->second);
    }
}

void Board::remember() {
    auto const& machine = look_.machine;
    machine_.cpu.push(machine.busy);
    if (machine.memory != 0)
        machine_.memory.push(static_cast<double>(machine.memory_used) / static_cast<double>(machine.memory));
    if (machine.read_bytes) machine_.io.push(*machine.read_bytes + machine.written_bytes.value_or(0));
    auto const& pressure = machine.pressure;
    if (pressure.cpu) machine_.cpu_pressure.push(*pressure.cpu);
    if (pressure.memory) machine_.memory_pressure.push(*pressure.memory);
    if (pressure.io) machine_.io_pressure.push(*pressure.io);
    remember_processes();
    remember_groups();
}

void Board::remember_processes() {
    for (auto const& process : look_.processes) {
        auto& known = processes_[process.pid];
        if (known.start_ticks != process.start_ticks) known = {.start_ticks = process.start_ticks};
        known.seen = taken_;
        known.history.cpu.push(process.cpu);
        known.history.memory.push(static_cast<double>(process.resident));
        if (process.io) known.history.io.push(*process.io);
    }
    std::erase_if(processes_, [this](auto const& entry) { return entry.second.seen != taken_; });
}

void Board::remember_groups() {
    for (auto const& group : groups_) {
        auto& known = group_memories_[group.name];
        known.seen = taken_;
        known.history.cpu.push(group.cpu);
        known.history.memory.push(static_cast<double>(group.memory));
        if (group.io) known.history.io.push(*group.io);
        if (group.told == nullptr) continue;
        if (auto const pressure = group.told->pressure.most()) known.history.pressure.push(*pressure);
        auto const restarts = group.told->restarts;
        if (restarts && known.restarts)
            known.history.restarts.push(*restarts > *known.restarts ? static_cast<double>(*restarts - *known.restarts)
                                                                    : 0);
        known.restarts = restarts;
    }
    std::erase_if(group_memories_, [this](auto const& entry) { return entry.second.seen != taken_; });
}

std::vector<Row> Board::rows(Choice const& choice) const { return Planting(*this, choice).rows(); }

ProcessHistory const& Board::process_history(Row const& row) const {
    static ProcessHistory const none;
    auto const found = processes_.find(process(row).pid);
    return found == processes_.end() ? none : found->second.history;
}

GroupHistory const& Board::group_history(Row const& row) const {
    static GroupHistory const none;
    auto const found = group_memories_.find(group(row).name);
    return found == group_memories_.end() ? none : found->second.history;
}

Identity Board::identity_of(Row const& row) const {
    if (row.kind != Kind::process) return {.group = group(row).name};
    return {.group = {}, .pid = process(row).pid, .start_ticks = process(row).start_ticks};
}

GroupTotals const& Board::group_around(Row const& row) const {
    return row.kind == Kind::process ? groups_[group_of_[row.index]] : group(row);
}

std::string Board::user_of(Process const& process) const {
    if (!process.user) return process.is_kernel ? "root" : "-";
    auto const [found, is_new] = users_.try_emplace(*process.user);
    if (is_new) found->second = user_name_ ? user_name_(*process.user) : std::to_string(*process.user);
    return found->second;
}

bool Board::matches(Row const& row, std::string_view text) const {
    auto const holds = [text](std::string_view whole) {
        auto const same = [](char a, char b) {
            auto const small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
            return small(a) == small(b);
        };
        return !std::ranges::search(whole, text, same).empty();
    };
    if (text.empty()) return true;
    if (row.kind != Kind::process) return holds(group(row).name);
    auto const& found = process(row);
    return holds(found.command) || holds(found.name) || holds(user_of(found)) || std::to_string(found.pid) == text;
}

} // namespace mitori::top
