// What is shown, and in which order.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/names.hpp"

namespace mitori::top {

enum class Sort : std::uint8_t { cpu, memory, io, time, pressure, restarts, pid, user, state, nice, threads, command };
enum class Order : std::uint8_t { falling, rising };
enum class Shape : std::uint8_t { tree, flat };

/// Names a row for as long as what it shows lives: a process, or a group by its name.
struct Identity {
    std::string group; ///< "" for a process
    pid_t pid = 0;
    std::uint64_t start_ticks = 0;
    friend auto operator<=>(Identity const&, Identity const&) = default;
};

struct Choice {
    Sort sort = Sort::cpu;
    Order order = Order::falling;
    Shape shape = Shape::tree;
    bool kernel_threads = false;
    bool idle = true;                 ///< false: only who used a processor since the look before
    bool arguments = true;            ///< false: the name of the command only
    std::string filter;               ///< a part of the command, the user, the unit or the number, in any case; "": all
    std::vector<pid_t> pids;          ///< empty: all, as what follows
    std::vector<std::uint32_t> users; ///< effective
    std::vector<std::uint32_t> any_users; ///< real or effective
    std::string unit;
    std::set<Identity> folded;
};

/// Greatest first for figures; in their own order for numbers of processes, names and the like.
[[nodiscard]] Order natural_order(Sort sort);
[[nodiscard]] Sort next_sort(Sort sort);
[[nodiscard]] Sort previous_sort(Sort sort);

} // namespace mitori::top

template <>
struct mitori::base::Names<mitori::top::Sort> {
    using Sort = mitori::top::Sort;
    static constexpr auto table = std::to_array<Name<Sort>>({
        {Sort::cpu, "cpu"},
        {Sort::memory, "mem"},
        {Sort::io, "io"},
        {Sort::time, "time"},
        {Sort::pressure, "psi"},
        {Sort::restarts, "restarts"},
        {Sort::pid, "pid"},
        {Sort::user, "user"},
        {Sort::state, "state"},
        {Sort::nice, "nice"},
        {Sort::threads, "threads"},
        {Sort::command, "command"},
    });
};
