// The model: looks go in, rows come out. Units, containers and processes stand in one tree:
//
//     nginx.service                 a group: what a manager or the control group's path calls one
//       812 nginx: master           those of its processes whose parent is not in the group
//         813 nginx: worker
//     docker:0123456789ab
//     (no unit)                     all others; (kernel) for the kernel's threads
//
// A process in a container stands under the container, whatever unit that is in. A group's figures are the sums over
// its processes. Failed units stand there without any. Pure: no clock, no /proc, no terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "top/choice.hpp"
#include "top/graph.hpp"
#include "top/look.hpp"

namespace mitori::top {

enum class Kind : std::uint8_t { unit, container, loose, kernel, process };

using LongHistory = History<64>;
using ShortHistory = History<8>;
constexpr std::size_t short_room = 8;

struct GroupHistory {
    ShortHistory cpu, memory, io, pressure, restarts;
};
struct ProcessHistory {
    ShortHistory cpu, memory, io;
};
struct MachineHistory {
    LongHistory cpu, memory, io, cpu_pressure, memory_pressure, io_pressure;
};

/// One group of the look that was taken last.
struct GroupTotals {
    Kind kind = Kind::unit;
    std::string name;
    Group const* told = nullptr; ///< nothing where nobody knows more than its processes show
    double cpu = 0;
    std::uint64_t memory = 0;
    std::uint64_t cpu_ticks = 0;
    std::optional<double> io; ///< of those that tell
    std::uint32_t threads = 0;
    std::size_t processes = 0;
};

/// One row. `branches` says how the lines before it run: bit n is set where, at depth n, more siblings follow.
struct Row {
    Kind kind = Kind::process;
    std::size_t index = 0; ///< into processes() or groups()
    unsigned depth = 0;
    std::uint64_t branches = 0;
    bool is_last = true; ///< of its siblings
    bool has_children = false;
    bool is_folded = false;
};

class Board {
public:
    /// The name of a user; without one the numbers are shown.
    using UserName = std::function<std::string(std::uint32_t)>;
    explicit Board(UserName user_name = {}) : user_name_(std::move(user_name)) {}
    Board(Board&&) = default; // a copy would point into the other's look
    Board& operator=(Board&&) = default;
    ~Board() = default;

    /// Histories grow when the look has another number than the one before.
    void take(Look look);
    [[nodiscard]] std::vector<Row> rows(Choice const& choice) const;

    [[nodiscard]] Look const& look() const { return look_; }
    [[nodiscard]] Process const& process(Row const& row) const { return look_.processes[row.index]; }
    [[nodiscard]] GroupTotals const& group(Row const& row) const { return groups_[row.index]; }
    [[nodiscard]] std::vector<GroupTotals> const& groups() const { return groups_; }
    /// Of the process, or of its group where it is the row of one.
    [[nodiscard]] ProcessHistory const& process_history(Row const& row) const;
    [[nodiscard]] GroupHistory const& group_history(Row const& row) const;
    [[nodiscard]] MachineHistory const& machine_history() const { return machine_; }
    [[nodiscard]] Identity identity_of(Row const& row) const;
    /// The group that the row stands for or in.
    [[nodiscard]] GroupTotals const& group_around(Row const& row) const;
    [[nodiscard]] std::string user_of(Process const& process) const;
    /// Whether a part of what the row says is the text, in any case.
    [[nodiscard]] bool matches(Row const& row, std::string_view text) const;

private:
    friend class Planting;
    struct ProcessMemory {
        std::uint64_t start_ticks = 0;
        std::uint64_t seen = 0;
        ProcessHistory history;
    };
    struct GroupMemory {
        std::uint64_t seen = 0;
        std::optional<std::uint64_t> restarts;
        GroupHistory history;
    };
    void add_up();
    void remember();
    void remember_processes();
    void remember_groups();

    UserName user_name_;
    Look look_;
    std::uint64_t taken_ = 0; ///< number of the look that histories have grown by last; 0: none
    std::vector<GroupTotals> groups_;
    std::vector<std::size_t> group_of_;  ///< by process
    std::vector<std::size_t> parent_of_; ///< by process: index of its parent, or npos
    std::unordered_map<pid_t, ProcessMemory> processes_;
    std::map<std::string, GroupMemory> group_memories_;
    MachineHistory machine_;
    mutable std::unordered_map<std::uint32_t, std::string> users_;
};

constexpr std::string_view loose_name = "(no unit)";
constexpr std::string_view kernel_name = "(kernel)";

} // namespace mitori::top
